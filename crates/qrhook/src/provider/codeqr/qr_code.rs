//! QR codes.

use std::collections::BTreeMap;

use super::{Rule, Tag};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A QR code. "Schema only" marks what none of the vendor's samples shows. In `qrcode.scanned` the samples hold
    /// eight members only: id, domain, key, url, short link, scans, project and user.
    pub struct QrCode {
        /// The code's id, opaque. The only member to rely on.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash. May hold a slash.
        "key" => key: String;
        /// The whole short URL, which is what the code encodes. Samples only.
        "shortLink" => short_link: String;
        /// What the code holds, and so which of the members for a content is filled: `url`, `text`, `email`, `wifi`,
        /// `phone`, `vcard`, `crypto`, `sms`, `facetime`, `geo`, `latlog`, `pix`, `whatsapp`, or one that came later.
        "type" => kind: String;
        /// Whether the content itself is printed, and no short URL.
        "static" => is_static: bool;
        /// Whether the code is archived.
        "archived" => archived: bool;
        /// Content of a `url` code.
        "url" => url: String;
        /// Content of a `text` code. Schema only.
        "text" => text: String, masked;
        /// Content of a `phone` code. Schema only.
        "phone" => phone: String, masked;
        /// Content of an `email` code; the blind copy is called `cco`. Schema only.
        "email" => email: BTreeMap<String, String>, masked;
        /// Content of a `wifi` code, with the network's password. Schema only.
        "wifi" => wifi: BTreeMap<String, String>, masked;
        /// Content of a `vcard` code: a person. Schema only.
        "vcard" => vcard: BTreeMap<String, String>, masked;
        /// Content of a `crypto` code; the recipient is called `address`. Schema only.
        "crypto" => crypto: BTreeMap<String, String>, masked;
        /// Content of an `sms` code; has a `subject`. Schema only.
        "sms" => sms: BTreeMap<String, String>, masked;
        /// Content of a `whatsapp` code. Schema only.
        "whatsapp" => whatsapp: WhatsApp, masked;
        /// Content of a `facetime` code. Schema only.
        "facetime" => facetime: BTreeMap<String, String>, masked;
        /// Content of a `latlog` code: a place. Schema only.
        "latlog" => latlog: BTreeMap<String, String>, masked;
        /// The text in a static code, whatever its type: a network's password may be in it. Schema only.
        "contentStatic" => content_static: String, masked;
        /// Destination URLs by country, ISO 3166-1 alpha-2; no place in spite of the name. Schema only.
        "geo" => geo: BTreeMap<String, String>;
        /// Conditional destinations. Schema only.
        "rules" => rules: Vec<Rule>;
        /// Whether phone, e-mail and SMS codes show an action page first. Schema only.
        "useDisplayPage" => use_display_page: bool;
        /// The customer's own id for the code. Schema only.
        "externalId" => external_id: String;
        /// Whether conversions are tracked. Schema only.
        "trackConversion" => track_conversion: bool;
        /// When the code expires, ISO 8601. Schema only.
        "expiresAt" => expires_at: Timestamp;
        /// The URL to go to after that. Schema only.
        "expiredUrl" => expired_url: String;
        /// The password that visitors are asked for, in clear text. Schema only.
        "password" => password: String, masked;
        /// Whether the preview is customized. Schema only.
        "proxy" => proxy: bool;
        /// Title of the preview. Schema only.
        "title" => title: String;
        /// Text of the preview. Schema only.
        "description" => description: String;
        /// URL of the preview's image. Schema only.
        "image" => image: String;
        /// UTM source. Schema only.
        "utm_source" => utm_source: String;
        /// UTM medium. Schema only.
        "utm_medium" => utm_medium: String;
        /// UTM campaign. Schema only.
        "utm_campaign" => utm_campaign: String;
        /// UTM term. Schema only.
        "utm_term" => utm_term: String;
        /// UTM content. Schema only.
        "utm_content" => utm_content: String;
        /// Whether the destination is cloaked by the short URL. Schema only.
        "rewrite" => rewrite: bool;
        /// Whether search engines may index it. Schema only.
        "doIndex" => do_index: bool;
        /// Whether the code is "flexible"; the vendor does not say what that is. Schema only.
        "flexible" => flexible: bool;
        /// Whether the code is "filled"; not explained either. Schema only.
        "filled" => filled: bool;
        /// Destination URL on iOS. Schema only.
        "ios" => ios: String;
        /// Destination URL on Android. Schema only.
        "android" => android: String;
        /// The logo, as a URL or as data. Schema only.
        "logo" => logo: String;
        /// Background colour, as hex or as a CSS name. Schema only.
        "bgColor" => bg_color: String;
        /// Foreground colour, as hex or as a CSS name. Schema only.
        "fgColor" => fg_color: String;
        /// Size in pixels. Schema only.
        "size" => size: f64;
        /// Error correction: `L`, `M`, `Q` or `H`. Schema only.
        "level" => level: String;
        /// Whether the logo is shown. Schema only.
        "showLogo" => show_logo: bool;
        /// URL of the image's source. Schema only.
        "src" => src: String;
        /// Height of the logo in pixels, maybe a fraction. Schema only.
        "height" => height: f64;
        /// Width of the logo in pixels, maybe a fraction. Schema only.
        "width" => width: f64;
        /// Whether the area behind the logo is cleared. Schema only.
        "excavate" => excavate: bool;
        /// Style of the frame's text, unread: maybe `weight`, `style`, `family` and `size`, whose types are not
        /// published. Schema only.
        "frameTextStyles" => frame_text_styles: RawJson;
        /// The user who created the code.
        "userId" => user_id: String;
        /// The project (workspace) of the code.
        "projectId" => project_id: String;
        /// Whether the statistics are public. Schema only.
        "publicStats" => public_stats: bool;
        /// Scans so far.
        "scans" => scans: u64;
        /// The last scan, ISO 8601. Schema only.
        "lastClicked" => last_clicked: Timestamp;
        /// Leads so far. Schema only.
        "leads" => leads: u64;
        /// Sales so far. Schema only.
        "sales" => sales: u64;
        /// Total of the sales in cents. Schema only; the unit is from Dub's documentation.
        "saleAmount" => sale_amount: i64;
        /// When the code was created, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// When the code was last changed, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// The first tag's id. The vendor calls it deprecated. Schema only.
        "tagId" => tag_id: String;
        /// The tags. Schema only.
        "tags" => tags: Vec<Tag>;
        /// The folder's id. Schema only.
        "folderId" => folder_id: String;
        /// An internal note. Schema only.
        "comments" => comments: String;
        /// A push token, to be treated as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// Whether a page is shown before the redirection. Schema only.
        "preRedirection" => pre_redirection: bool;
        /// That page's id. Schema only.
        "pageId" => page_id: String;
        /// That page's URL. Schema only.
        "pageUrl" => page_url: String;
        /// Whether the form on that page is mandatory. Schema only.
        "isFormMandatory" => is_form_mandatory: bool;
    }
}

object! {
    /// The content of a `whatsapp` code. Source: the schema.
    pub struct WhatsApp {
        /// The number, digits only.
        "number" => number: String, masked;
        /// The message, if one is prepared.
        "message" => message: String, masked;
    }
}
