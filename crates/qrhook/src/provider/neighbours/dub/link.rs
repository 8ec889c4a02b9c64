//! Links and clicks.

use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A click on a link.
    pub struct LinkClicked {
        /// The click.
        "click" => click: Click;
        /// The link.
        "link" => link: Box<Link>;
    }
}

object! {
    /// A click, or a scan of the link's QR code.
    pub struct Click {
        /// Id of the click, 16 letters and digits in the samples.
        "id" => id: String;
        /// Time of the click, ISO 8601. The event can be created up to a minute later.
        "timestamp" => timestamp: Timestamp;
        /// The destination URL that was visited.
        "url" => url: String;
        /// Country, two letters, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "country" => country: String;
        /// City, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "city" => city: String;
        /// Region or its code, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "region" => region: String;
        /// Continent, two letters.
        "continent" => continent: String;
        /// Kind of the device: `Desktop`, `Mobile`, or another value.
        "device" => device: String;
        /// Browser, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "browser" => browser: String;
        /// Operating system, or `Unknown`. Assumed: `Unknown`, from Dub's code.
        "os" => os: String;
        /// The user agent, unchanged.
        "ua" => ua: String, masked;
        /// Host name of the referring site, or `(direct)`.
        "referer" => referer: String;
        /// URL of the referring page, or `(direct)`.
        "refererUrl" => referer_url: String;
        /// Whether the click came from a scan of a QR code.
        "qr" => qr: bool;
        /// The visitor's IP address; empty for visitors from the EU. Assumed: it is empty then, from Dub's code.
        "ip" => ip: String, masked;
        /// The cause of the click. Assumed: it is optional and a string, from Dub's code; no page lists it.
        "trigger" => trigger: String;
    }
}

object! {
    /// A link.
    ///
    /// "Sample only" marks members that the samples show and no list of members does. Assumed: the types of those that
    /// are `null` in every sample, from CodeQR, which is a fork of Dub.
    pub struct Link {
        /// Id of the link.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash.
        "key" => key: String;
        /// The destination URL.
        "url" => url: String;
        /// Whether conversions are tracked. Sample only.
        "trackConversion" => track_conversion: bool;
        /// The customer's own id for the link. Sample only.
        "externalId" => external_id: String;
        /// The customer's own id for its tenant. Sample only.
        "tenantId" => tenant_id: String;
        /// Id of the partner whose link it is. Sample only.
        "partnerId" => partner_id: String;
        /// Id of the partner program. Sample only.
        "programId" => program_id: String;
        /// Whether the link is archived. Sample only.
        "archived" => archived: bool;
        /// Expiry time. Sample only.
        "expiresAt" => expires_at: Timestamp;
        /// Destination URL after expiry. Sample only.
        "expiredUrl" => expired_url: String;
        /// Time when the link was disabled. Sample only.
        "disabledAt" => disabled_at: Timestamp;
        /// Password that visitors must enter. Sample only.
        "password" => password: String, masked;
        /// Whether the preview is customised. Sample only.
        "proxy" => proxy: bool;
        /// Title of the preview. Sample only.
        "title" => title: String;
        /// Text of the preview. Sample only.
        "description" => description: String;
        /// URL of the preview image. Sample only.
        "image" => image: String;
        /// URL of the preview video. Sample only.
        "video" => video: String;
        /// Whether the short URL cloaks the destination. Sample only.
        "rewrite" => rewrite: bool;
        /// Whether search engines may index the link. Sample only.
        "doIndex" => do_index: bool;
        /// Destination URL on iOS. Sample only.
        "ios" => ios: String;
        /// Destination URL on Android. Sample only.
        "android" => android: String;
        /// Destination URLs by country, unparsed. Sample only.
        "geo" => geo: RawJson;
        /// Whether the statistics are public. Sample only.
        "publicStats" => public_stats: bool;
        /// Id of the folder. Sample only.
        "folderId" => folder_id: String;
        /// Id of the first tag. Sample only.
        "tagId" => tag_id: String;
        /// The tags, unparsed: the list is empty in the samples. Sample only.
        "tags" => tags: Vec<RawJson>;
        /// Ids of the hooks that are bound to this link. Sample only.
        "webhookIds" => webhook_ids: Vec<String>;
        /// An internal note. Sample only.
        "comments" => comments: String;
        /// The full short URL.
        "shortLink" => short_link: String;
        /// Image URL of the link's QR code.
        "qrCode" => qr_code: String;
        /// UTM source. Sample only.
        "utm_source" => utm_source: String;
        /// UTM medium. Sample only.
        "utm_medium" => utm_medium: String;
        /// UTM campaign. Sample only.
        "utm_campaign" => utm_campaign: String;
        /// UTM term. Sample only.
        "utm_term" => utm_term: String;
        /// UTM content. Sample only.
        "utm_content" => utm_content: String;
        /// Id of the user who created the link.
        "userId" => user_id: String;
        /// Id of the workspace.
        "workspaceId" => workspace_id: String;
        /// Id of the workspace in an older form. Sample only. Assumed: the meaning, because it is `workspaceId` without
        /// `ws_`.
        "projectId" => project_id: String;
        /// Clicks so far.
        "clicks" => clicks: u64;
        /// Time of the last click. Sample only.
        "lastClicked" => last_clicked: Timestamp;
        /// Leads so far, if conversions are tracked.
        "leads" => leads: u64;
        /// Conversions so far. Only in the links of a partner.
        "conversions" => conversions: u64;
        /// Sales so far, if conversions are tracked.
        "sales" => sales: u64;
        /// Total sales in cents.
        "saleAmount" => sale_amount: i64;
        /// Creation time, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// Time of the last change, ISO 8601.
        "updatedAt" => updated_at: Timestamp;
        /// The variants of a test, unparsed. Sample only.
        "testVariants" => test_variants: RawJson;
        /// Time when the test began. Sample only.
        "testStartedAt" => test_started_at: Timestamp;
        /// Time when the test ended. Sample only.
        "testCompletedAt" => test_completed_at: Timestamp;
    }
}
