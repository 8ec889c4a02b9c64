//! Clicks, scans and views.

use super::{Link, Page, QrCode};
use crate::{event::object::object, time::Timestamp};

object! {
    /// A link was clicked.
    pub struct LinkClicked {
        /// A fixed label: `Link clicked`. In the samples; optional in the schema.
        "eventName" => event_name: String;
        /// The click. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The link.
        "link" => link: Box<Link>;
    }
}

object! {
    /// A QR code was scanned.
    pub struct QrCodeScanned {
        /// A fixed label: `QR code scanned`. In the samples; optional in the schema.
        "eventName" => event_name: String;
        /// The scan. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The QR code. The page promises all of it; the sample holds eight members.
        "qrcode" => qr_code: Box<QrCode>;
    }
}

object! {
    /// A page was viewed.
    pub struct PageVisited {
        /// A fixed label: `Page visited`. In the samples; optional in the schema.
        "eventName" => event_name: String;
        /// The view. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The page, which the vendor calls optional even here.
        "page" => page: Box<Page>;
    }
}

object! {
    /// A click, scan or view.
    ///
    /// The page and its samples write camelCase, the schema lists the raw record of the analytics store in snake_case;
    /// both are read (that what the samples lack could also come in camelCase is assumed). "Schema only" marks what
    /// none of the samples shows.
    pub struct Interaction {
        /// Its id, opaque, 16 characters in the samples. `id` in the samples of leads and sales, `click_id` in the
        /// schema.
        "clickId" | "id" | "click_id" => click_id: String;
        /// When it happened: ISO 8601, or without a zone, which means UTC (the analytics store answers so, according
        /// to Dub's code). Not in the samples of leads and sales.
        "timestamp" => timestamp: Timestamp;
        /// The resource's id. Schema only.
        "link_id" | "linkId" => link_id: String;
        /// The destination URL.
        "url" => url: String;
        /// The visitor's address, IPv4 or IPv6.
        "ip" => ip: String, masked;
        /// Continent, two letters. `NA` may be North America or unknown: it is the schema's default.
        "continent" => continent: String;
        /// Country, ISO 3166-1 alpha-2. `Unknown` is possible, according to Dub's code.
        "country" => country: String;
        /// Region. Schema only.
        "region" => region: String;
        /// City.
        "city" => city: String;
        /// Latitude in decimal degrees, as text. Schema only.
        "latitude" => latitude: String, masked;
        /// Longitude in decimal degrees, as text. Schema only.
        "longitude" => longitude: String, masked;
        /// Class of the device: `Desktop`, `Mobile` and others.
        "device" => device: String;
        /// Model of the device. Schema only.
        "device_model" | "deviceModel" => device_model: String;
        /// Maker of the device. Schema only.
        "device_vendor" | "deviceVendor" => device_vendor: String;
        /// Browser. `Unknown` is possible, according to Dub's code.
        "browser" => browser: String;
        /// Version of the browser. Schema only.
        "browser_version" | "browserVersion" => browser_version: String;
        /// Operating system.
        "os" => os: String;
        /// Version of the operating system. Schema only.
        "os_version" | "osVersion" => os_version: String;
        /// Browser engine. Schema only.
        "engine" => engine: String;
        /// Version of the engine. Schema only.
        "engine_version" | "engineVersion" => engine_version: String;
        /// Architecture of the processor. Schema only.
        "cpu_architecture" | "cpuArchitecture" => cpu_architecture: String;
        /// The user agent as it was sent. Not in the samples of scans and views.
        "ua" => ua: String, masked;
        /// Whether the vendor takes the visitor for a bot. A number in the schema: 0 or 1.
        "bot" => bot: bool;
        /// Whether it came through a QR code. Do not rely on it: `false` even in the sample of a scan. Samples only.
        "qr" => qr: bool;
        /// Probably the resource's kind (assumed: it stands where Dub has `qr`); no values are published. Schema only.
        "type" => kind: String;
        /// Name of a tracked event. Schema only.
        "event_name" | "eventName" => event_name: String;
        /// Host name of the referring site, or `(direct)`.
        "referer" => referer: String;
        /// URL of the referring page, or `(direct)`. Schema only; in camelCase in the vendor's events API and at Dub.
        "referer_url" | "refererUrl" => referer_url: String;
    }
}
