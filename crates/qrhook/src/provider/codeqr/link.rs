//! Links, and the types that they share with QR codes.

use std::collections::BTreeMap;

use crate::{event::object::object, time::Timestamp};

object! {
    /// A short link. "Schema only" marks fields that none of the vendor's samples shows.
    pub struct Link {
        /// The link's id, opaque. The only field to rely on.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash. May contain a slash.
        "key" => key: String;
        /// The full short URL. Do not derive it from `domain` and `key` or compare it with them: they disagree in one
        /// published sample.
        "shortLink" => short_link: String;
        /// The destination URL.
        "url" => url: String;
        /// Your own id for the link.
        "externalId" => external_id: String;
        /// Whether conversions are tracked.
        "trackConversion" => track_conversion: bool;
        /// Whether the link is archived.
        "archived" => archived: bool;
        /// When the link expires, ISO 8601.
        "expiresAt" => expires_at: Timestamp;
        /// The URL that visitors are sent to after expiry.
        "expiredUrl" => expired_url: String;
        /// The password that visitors must enter, in clear text.
        "password" => password: String, masked;
        /// Whether the preview is customised.
        "proxy" => proxy: bool;
        /// Title of the preview.
        "title" => title: String;
        /// Description in the preview.
        "description" => description: String;
        /// URL of the preview's image.
        "image" => image: String;
        /// URL of the preview's video.
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
        /// The id of the first tag. Deprecated by the vendor.
        "tagId" => tag_id: String;
        /// The tags.
        "tags" => tags: Vec<Tag>;
        /// The id of the folder. Schema only.
        "folderId" => folder_id: String;
        /// An internal note.
        "comments" => comments: String;
        /// A push token; treat it as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// URL of an image of the link's own QR code.
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
        /// The id of the user who created the link.
        "userId" => user_id: String;
        /// The id of the link's project (workspace). Some published samples contain it twice; the last one counts.
        "projectId" => project_id: String;
        /// Number of clicks.
        "clicks" => clicks: u64;
        /// Number of leads.
        "leads" => leads: u64;
        /// Number of sales.
        "sales" => sales: u64;
        /// Sales total in cents. Assumed: the unit, from Dub's documentation; the vendor states it for pages only.
        "saleAmount" => sale_amount: i64;
        /// Time of the last click, ISO 8601.
        "lastClicked" => last_clicked: Timestamp;
        /// When the link was created, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// When the link was last changed, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// Whether the link is "flexible", which the vendor does not explain. Schema only.
        "flexible" => flexible: bool;
        /// Whether the link is "filled", which the vendor does not explain either. Schema only.
        "filled" => filled: bool;
        /// Whether a page is shown before the redirect. Schema only.
        "preRedirection" => pre_redirection: bool;
        /// The id of that page. Schema only.
        "pageId" => page_id: String;
        /// The URL of that page. Schema only.
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
        /// The tag's id.
        "id" => id: String;
        /// The tag's name.
        "name" => name: String;
        /// The tag's colour: `red`, `yellow`, `green`, `blue`, `purple`, `pink`, `brown`, or a newer value.
        "color" => color: String;
    }
}

object! {
    /// A conditional destination. Source: the schema.
    pub struct Rule {
        /// The attribute to compare: `device`, `country`, `utm_source`, `utm_medium`, `utm_campaign`, `referrer`,
        /// `language`, `city`, `region`, `continent`, `utm_term`, `utm_content`, or a newer value.
        "attribute" => attribute: String;
        /// The comparison: `equals` or `not_equals`.
        "operator" => operator: String;
        /// The value to compare with.
        "value" => value: String;
        /// The destination URL if the condition holds.
        "url" => url: String;
    }
}
