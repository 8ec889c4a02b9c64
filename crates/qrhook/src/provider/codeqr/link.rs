//! Links, and the objects that they share with QR codes.

use std::collections::BTreeMap;

use crate::{event::object::object, time::Timestamp};

object! {
    /// A short link. "Schema only" marks members that no sample of the vendor shows.
    pub struct Link {
        /// The link's id, opaque; the only member to rely on.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash; may contain a slash.
        "key" => key: String;
        /// The full short URL. Do not derive it from domain and key, nor compare them: a published sample contradicts
        /// itself.
        "shortLink" => short_link: String;
        /// The destination URL.
        "url" => url: String;
        /// The customer's own id for the link.
        "externalId" => external_id: String;
        /// Whether conversions are tracked.
        "trackConversion" => track_conversion: bool;
        /// Whether the link is archived.
        "archived" => archived: bool;
        /// Expiry time, ISO 8601.
        "expiresAt" => expires_at: Timestamp;
        /// Destination URL after expiry.
        "expiredUrl" => expired_url: String;
        /// Password that visitors must enter, in clear text.
        "password" => password: String, masked;
        /// Whether the preview is customised.
        "proxy" => proxy: bool;
        /// Title of the preview.
        "title" => title: String;
        /// Text of the preview.
        "description" => description: String;
        /// URL of the preview image.
        "image" => image: String;
        /// URL of the preview video.
        "video" => video: String;
        /// Whether the short URL cloaks the destination.
        "rewrite" => rewrite: bool;
        /// Whether search engines may index the link.
        "doIndex" => do_index: bool;
        /// Destination URL on iOS.
        "ios" => ios: String;
        /// Destination URL on Android.
        "android" => android: String;
        /// Destination URLs by country, ISO 3166-1 alpha-2.
        "geo" => geo: BTreeMap<String, String>;
        /// Conditional destinations. Schema only.
        "rules" => rules: Vec<Rule>;
        /// Whether the statistics are public.
        "publicStats" => public_stats: bool;
        /// Id of the first tag; deprecated by the vendor.
        "tagId" => tag_id: String;
        /// The tags.
        "tags" => tags: Vec<Tag>;
        /// Id of the folder. Schema only.
        "folderId" => folder_id: String;
        /// An internal note.
        "comments" => comments: String;
        /// Push token; treat it as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// Image URL of the link's own QR code.
        "qrCode" => qr_code: String;
        /// UTM source.
        "utm_source" => utm_source: String;
        /// UTM medium.
        "utm_medium" => utm_medium: String;
        /// UTM campaign.
        "utm_campaign" => utm_campaign: String;
        /// UTM term.
        "utm_term" => utm_term: String;
        /// UTM content.
        "utm_content" => utm_content: String;
        /// Id of the user who created the link.
        "userId" => user_id: String;
        /// Project (workspace) of the link. Some printed samples contain it twice; the last one counts.
        "projectId" => project_id: String;
        /// Clicks so far.
        "clicks" => clicks: u64;
        /// Leads so far.
        "leads" => leads: u64;
        /// Sales so far.
        "sales" => sales: u64;
        /// Total sales in cents. Assumed: the unit, from Dub; the vendor states it only for pages.
        "saleAmount" => sale_amount: i64;
        /// Time of the last click, ISO 8601.
        "lastClicked" => last_clicked: Timestamp;
        /// Creation time, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// Time of the last change, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// Whether the link is "flexible", which the vendor does not explain. Schema only.
        "flexible" => flexible: bool;
        /// Whether the link is "filled", which the vendor does not explain. Schema only.
        "filled" => filled: bool;
        /// Whether a page is shown before the redirect. Schema only.
        "preRedirection" => pre_redirection: bool;
        /// Id of that page. Schema only.
        "pageId" => page_id: String;
        /// URL of that page. Schema only.
        "pageUrl" => page_url: String;
        /// Whether the form on that page is mandatory. Schema only.
        "isFormMandatory" => is_form_mandatory: bool;
        /// Whether the link is a template. Schema only.
        "useAsTemplate" => use_as_template: bool;
    }
}

object! {
    /// A tag of a link or QR code. Source: the schema.
    pub struct Tag {
        /// Id of the tag.
        "id" => id: String;
        /// Name of the tag.
        "name" => name: String;
        /// Colour of the tag: `red`, `yellow`, `green`, `blue`, `purple`, `pink`, `brown`, or a newer value.
        "color" => color: String;
    }
}

object! {
    /// A conditional destination. Source: the schema.
    pub struct Rule {
        /// The compared attribute: `device`, `country`, `utm_source`, `utm_medium`, `utm_campaign`, `referrer`,
        /// `language`, `city`, `region`, `continent`, `utm_term`, `utm_content`, or a newer value.
        "attribute" => attribute: String;
        /// The comparison: `equals` or `not_equals`.
        "operator" => operator: String;
        /// The value to compare with.
        "value" => value: String;
        /// Destination URL if the condition holds.
        "url" => url: String;
    }
}
