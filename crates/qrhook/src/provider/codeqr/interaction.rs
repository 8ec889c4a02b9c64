//! Clicks, scans and views.

use super::{Link, Page, QrCode};
use crate::{event::object::object, time::Timestamp};

object! {
    /// A click on a link.
    pub struct LinkClicked {
        /// A fixed label: `Link clicked`. Present in the samples, optional in the schema.
        "eventName" => event_name: String;
        /// The click. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The link.
        "link" => link: Box<Link>;
    }
}

object! {
    /// A scan of a QR code.
    pub struct QrCodeScanned {
        /// A fixed label: `QR code scanned`. Present in the samples, optional in the schema.
        "eventName" => event_name: String;
        /// The scan. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The QR code. The vendor's page promises the full resource, but the sample has only eight fields of it.
        "qrcode" => qr_code: Box<QrCode>;
    }
}

object! {
    /// A view of a page.
    pub struct PageVisited {
        /// A fixed label: `Page visited`. Present in the samples, optional in the schema.
        "eventName" => event_name: String;
        /// The view. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The page. The vendor documents it as optional even for this event.
        "page" => page: Box<Page>;
    }
}

object! {
    /// A click, scan or view.
    ///
    /// The vendor's page and its samples use camelCase; the schema lists the raw record of the analytics store in
    /// snake_case. Both are accepted. "Schema only" marks fields that none of the samples shows. Assumed: the camelCase
    /// names of fields that the samples lack, by analogy with the other fields.
    pub struct Interaction {
        /// The id of the click, scan or view: opaque, 16 characters in the samples. Called `id` in the samples of leads
        /// and sales, and `click_id` in the schema.
        "clickId" | "id" | "click_id" => click_id: String;
        /// The time of the click, scan or view, ISO 8601; without a zone it is UTC. Not in the samples of leads and
        /// sales. Assumed: the form without a zone, because Dub's code shows that the analytics store returns it.
        "timestamp" => timestamp: Timestamp;
        /// The resource's id. Schema only.
        "link_id" | "linkId" => link_id: String;
        /// The destination URL.
        "url" => url: String;
        /// The visitor's IP address, v4 or v6.
        "ip" => ip: String, masked;
        /// Continent, two letters. `NA` means North America or unknown, because it is the schema's default.
        "continent" => continent: String;
        /// Country, ISO 3166-1 alpha-2, or `Unknown`. Assumed: the value `Unknown`, from Dub's code.
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
        /// Device model. Schema only.
        "device_model" | "deviceModel" => device_model: String;
        /// Device maker. Schema only.
        "device_vendor" | "deviceVendor" => device_vendor: String;
        /// Browser, or `Unknown`. Assumed: the value `Unknown`, from Dub's code.
        "browser" => browser: String;
        /// Browser version. Schema only.
        "browser_version" | "browserVersion" => browser_version: String;
        /// Operating system.
        "os" => os: String;
        /// Version of the operating system. Schema only.
        "os_version" | "osVersion" => os_version: String;
        /// Browser engine. Schema only.
        "engine" => engine: String;
        /// Version of the browser engine. Schema only.
        "engine_version" | "engineVersion" => engine_version: String;
        /// CPU architecture. Schema only.
        "cpu_architecture" | "cpuArchitecture" => cpu_architecture: String;
        /// The raw user agent. Not in the samples of scans and views.
        "ua" => ua: String, masked;
        /// Whether the vendor considers the visitor a bot. In the schema a number, 0 or 1.
        "bot" => bot: bool;
        /// Whether the visitor came through a QR code. Unreliable: `false` even in the sample of a scan. Samples only.
        "qr" => qr: bool;
        /// Probably the kind of the resource; the values are not published. Schema only. Assumed: it takes the place of
        /// Dub's `qr`.
        "type" => kind: String;
        /// The name of a tracked event. Schema only.
        "event_name" | "eventName" => event_name: String;
        /// Host name of the referring site, or `(direct)`.
        "referer" => referer: String;
        /// URL of the referring page, or `(direct)`. Schema only. The vendor's events API and Dub use camelCase.
        "referer_url" | "refererUrl" => referer_url: String;
    }
}
