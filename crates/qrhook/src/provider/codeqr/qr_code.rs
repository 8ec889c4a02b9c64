//! QR codes.

use std::collections::BTreeMap;

use super::{Rule, Tag};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A QR code. "Schema only" marks members that no sample of the vendor shows. The sample of
    /// `qrcode.scanned` has only eight: id, domain, key, url, short link, scans, project and user.
    pub struct QrCode {
        /// The code's id, opaque; the only member to rely on.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash; may contain a slash.
        "key" => key: String;
        /// The full short URL, which the code encodes. Samples only.
        "shortLink" => short_link: String;
        /// Content type, which determines the content member that is filled: `url`, `text`, `email`, `wifi`, `phone`,
        /// `vcard`, `crypto`, `sms`, `facetime`, `geo`, `latlog`, `pix`, `whatsapp`, or a newer value.
        "type" => kind: String;
        /// Whether the code encodes the content itself instead of a short URL.
        "static" => is_static: bool;
        /// Whether the code is archived.
        "archived" => archived: bool;
        /// Content of a `url` code.
        "url" => url: String;
        /// Content of a `text` code. Schema only.
        "text" => text: String, masked;
        /// Content of a `phone` code. Schema only.
        "phone" => phone: String, masked;
        /// Content of an `email` code; the blind copy has the key `cco`. Schema only.
        "email" => email: BTreeMap<String, String>, masked;
        /// Content of a `wifi` code, which may include the network password. Schema only.
        "wifi" => wifi: BTreeMap<String, String>, masked;
        /// Content of a `vcard` code: personal data. Schema only.
        "vcard" => vcard: BTreeMap<String, String>, masked;
        /// Content of a `crypto` code; the recipient has the key `address`. Schema only.
        "crypto" => crypto: BTreeMap<String, String>, masked;
        /// Content of an `sms` code; has a `subject` key. Schema only.
        "sms" => sms: BTreeMap<String, String>, masked;
        /// Content of a `whatsapp` code. Schema only.
        "whatsapp" => whatsapp: WhatsApp, masked;
        /// Content of a `facetime` code. Schema only.
        "facetime" => facetime: BTreeMap<String, String>, masked;
        /// Content of a `latlog` code: a place. Schema only.
        "latlog" => latlog: BTreeMap<String, String>, masked;
        /// Text of a static code. Schema only. Assumed: of any type, so it may include a network password.
        "contentStatic" => content_static: String, masked;
        /// Destination URLs by country, ISO 3166-1 alpha-2; not a place, despite the name. Schema only.
        "geo" => geo: BTreeMap<String, String>;
        /// Conditional destinations. Schema only.
        "rules" => rules: Vec<Rule>;
        /// Whether phone, e-mail and SMS codes show an action page first. Schema only.
        "useDisplayPage" => use_display_page: bool;
        /// The customer's own id for the code. Schema only.
        "externalId" => external_id: String;
        /// Whether conversions are tracked. Schema only.
        "trackConversion" => track_conversion: bool;
        /// Expiry time, ISO 8601. Schema only.
        "expiresAt" => expires_at: Timestamp;
        /// Destination URL after expiry. Schema only.
        "expiredUrl" => expired_url: String;
        /// Password that visitors must enter, in clear text. Schema only.
        "password" => password: String, masked;
        /// Whether the preview is customised. Schema only.
        "proxy" => proxy: bool;
        /// Title of the preview. Schema only.
        "title" => title: String;
        /// Text of the preview. Schema only.
        "description" => description: String;
        /// URL of the preview image. Schema only.
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
        /// Whether the short URL cloaks the destination. Schema only.
        "rewrite" => rewrite: bool;
        /// Whether search engines may index the code. Schema only.
        "doIndex" => do_index: bool;
        /// Whether the code is "flexible", which the vendor does not explain. Schema only.
        "flexible" => flexible: bool;
        /// Whether the code is "filled", which the vendor does not explain. Schema only.
        "filled" => filled: bool;
        /// Destination URL on iOS. Schema only.
        "ios" => ios: String;
        /// Destination URL on Android. Schema only.
        "android" => android: String;
        /// Logo, as a URL or data. Schema only.
        "logo" => logo: String;
        /// Background colour, in hex or as a CSS name. Schema only.
        "bgColor" => bg_color: String;
        /// Foreground colour, in hex or as a CSS name. Schema only.
        "fgColor" => fg_color: String;
        /// Size in pixels. Schema only.
        "size" => size: f64;
        /// Error correction level: `L`, `M`, `Q` or `H`. Schema only.
        "level" => level: String;
        /// Whether the logo is shown. Schema only.
        "showLogo" => show_logo: bool;
        /// URL of the image source. Schema only.
        "src" => src: String;
        /// Height of the logo in pixels; may be fractional. Schema only.
        "height" => height: f64;
        /// Width of the logo in pixels; may be fractional. Schema only.
        "width" => width: f64;
        /// Whether the area behind the logo is cleared. Schema only.
        "excavate" => excavate: bool;
        /// Style of the frame text, unparsed: optional `weight`, `style`, `family` and `size`, whose types are not
        /// published. Schema only.
        "frameTextStyles" => frame_text_styles: RawJson;
        /// Id of the user who created the code.
        "userId" => user_id: String;
        /// Project (workspace) of the code.
        "projectId" => project_id: String;
        /// Whether the statistics are public. Schema only.
        "publicStats" => public_stats: bool;
        /// Scans so far.
        "scans" => scans: u64;
        /// Time of the last scan, ISO 8601. Schema only.
        "lastClicked" => last_clicked: Timestamp;
        /// Leads so far. Schema only.
        "leads" => leads: u64;
        /// Sales so far. Schema only.
        "sales" => sales: u64;
        /// Total sales in cents. Schema only. Assumed: the unit, from Dub; the vendor states it only for pages.
        "saleAmount" => sale_amount: i64;
        /// Creation time, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// Time of the last change, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// Id of the first tag; deprecated by the vendor. Schema only.
        "tagId" => tag_id: String;
        /// The tags. Schema only.
        "tags" => tags: Vec<Tag>;
        /// Id of the folder. Schema only.
        "folderId" => folder_id: String;
        /// An internal note. Schema only.
        "comments" => comments: String;
        /// Push token; treat it as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// Whether a page is shown before the redirect. Schema only.
        "preRedirection" => pre_redirection: bool;
        /// Id of that page. Schema only.
        "pageId" => page_id: String;
        /// URL of that page. Schema only.
        "pageUrl" => page_url: String;
        /// Whether the form on that page is mandatory. Schema only.
        "isFormMandatory" => is_form_mandatory: bool;
    }
}

object! {
    /// The content of a `whatsapp` code. Source: the schema.
    pub struct WhatsApp {
        /// Phone number, digits only. Assumed: a string.
        "number" => number: String, masked;
        /// Prepared message, optional.
        "message" => message: String, masked;
    }
}
