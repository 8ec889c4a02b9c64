//! Clicks, scans and views.

use super::{Link, Page, QrCode};
use crate::{event::object::object, time::Timestamp};

object! {
    /// A click on a link.
    pub struct LinkClicked {
        /// A fixed label: `Link clicked`. In the samples, but optional in the schema.
        "eventName" => event_name: String;
        /// The click; called `click` at Dub, and in the vendor's pages until February 2026.
        "interaction" | "click" => interaction: Interaction;
        /// The link.
        "link" => link: Box<Link>;
    }
}

object! {
    /// A scan of a QR code.
    pub struct QrCodeScanned {
        /// A fixed label: `QR code scanned`. In the samples, but optional in the schema.
        "eventName" => event_name: String;
        /// The scan; called `click` at Dub, and in the vendor's pages until February 2026.
        "interaction" | "click" => interaction: Interaction;
        /// The QR code: complete according to the page, only eight members in the sample.
        "qrcode" => qr_code: Box<QrCode>;
    }
}

object! {
    /// A view of a page.
    pub struct PageVisited {
        /// A fixed label: `Page visited`. In the samples, but optional in the schema.
        "eventName" => event_name: String;
        /// The view; called `click` at Dub, and in the vendor's pages until February 2026.
        "interaction" | "click" => interaction: Interaction;
        /// The page, which is optional even here.
        "page" => page: Box<Page>;
    }
}

object! {
    /// A click, scan or view.
    ///
    /// The page and its samples use camelCase; the schema lists the raw snake_case record of the analytics store. Both
    /// are read. "Schema only" marks members that no sample shows. Assumed: camelCase names of such members, because
    /// the samples of interactions use camelCase.
    pub struct Interaction {
        /// Id of the click, scan or view: opaque, 16 characters in the samples. Named `id` in the samples of leads and
        /// sales, `click_id` in the schema.
        "clickId" | "id" | "click_id" => click_id: String;
        /// Time of the interaction: ISO 8601, or without a zone, which means UTC. Not in the samples of leads and
        /// sales. Assumed: the form without a zone, from Dub's code.
        "timestamp" => timestamp: Timestamp;
        /// Id of the resource. Schema only. Assumed: the camelCase name.
        "link_id" | "linkId" => link_id: String;
        /// The destination URL.
        "url" => url: String;
        /// The visitor's IP address, IPv4 or IPv6.
        "ip" => ip: String, masked;
        /// Continent, two letters. `NA` means North America or unknown: it is the schema's default.
        "continent" => continent: String;
        /// Country, ISO 3166-1 alpha-2, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "country" => country: String;
        /// Region. Schema only.
        "region" => region: String;
        /// City.
        "city" => city: String;
        /// Latitude in decimal degrees, as a string. Schema only.
        "latitude" => latitude: String, masked;
        /// Longitude in decimal degrees, as a string. Schema only.
        "longitude" => longitude: String, masked;
        /// Device class: `Desktop`, `Mobile` and others.
        "device" => device: String;
        /// Device model. Schema only. Assumed: the camelCase name.
        "device_model" | "deviceModel" => device_model: String;
        /// Device maker. Schema only. Assumed: the camelCase name.
        "device_vendor" | "deviceVendor" => device_vendor: String;
        /// Browser, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "browser" => browser: String;
        /// Browser version. Schema only. Assumed: the camelCase name.
        "browser_version" | "browserVersion" => browser_version: String;
        /// Operating system.
        "os" => os: String;
        /// Version of the operating system. Schema only. Assumed: the camelCase name.
        "os_version" | "osVersion" => os_version: String;
        /// Browser engine. Schema only.
        "engine" => engine: String;
        /// Engine version. Schema only. Assumed: the camelCase name.
        "engine_version" | "engineVersion" => engine_version: String;
        /// Processor architecture. Schema only. Assumed: the camelCase name.
        "cpu_architecture" | "cpuArchitecture" => cpu_architecture: String;
        /// The user agent, unchanged. Not in the samples of scans and views.
        "ua" => ua: String, masked;
        /// Whether the vendor classifies the visitor as a bot; a number in the schema: 0 or 1.
        "bot" => bot: bool;
        /// Whether it came through a QR code. Unreliable: `false` even in the sample of a scan. Samples only. Assumed: 0 and 1 are read too, from Dub's code.
        "qr" => qr: bool;
        /// Kind of the resource; no values are published. Schema only. Assumed: it stands where Dub has `qr`.
        "type" => kind: String;
        /// Name of a tracked event. Schema only. Assumed: the camelCase name.
        "event_name" | "eventName" => event_name: String;
        /// Host name of the referring site, or `(direct)`.
        "referer" => referer: String;
        /// URL of the referring page, or `(direct)`. Schema only. Assumed: the camelCase name, from the events API and
        /// Dub.
        "referer_url" | "refererUrl" => referer_url: String;
    }
}
