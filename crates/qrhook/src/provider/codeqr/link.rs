//! Links, and the parts that they share with QR codes.

use std::collections::BTreeMap;

use crate::{event::object::object, time::Timestamp};

object! {
    /// A short link. "Schema only" marks what none of the vendor's samples shows.
    pub struct Link {
        /// The link's id, opaque. The only member to rely on.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash. May hold a slash.
        "key" => key: String;
        /// The whole short URL. Neither derive it from domain and key nor compare them: a published sample disagrees
        /// with itself.
        "shortLink" => short_link: String;
        /// The destination URL.
        "url" => url: String;
        /// The customer's own id for the link.
        "externalId" => external_id: String;
        /// Whether conversions are tracked.
        "trackConversion" => track_conversion: bool;
        /// Whether the link is archived.
        "archived" => archived: bool;
        /// When the link expires, ISO 8601.
        "expiresAt" => expires_at: Timestamp;
        /// The URL to go to after that.
        "expiredUrl" => expired_url: String;
        /// The password that visitors are asked for, in clear text.
        "password" => password: String, masked;
        /// Whether the preview is customized.
        "proxy" => proxy: bool;
        /// Title of the preview.
        "title" => title: String;
        /// Text of the preview.
        "description" => description: String;
        /// URL of the preview's image.
        "image" => image: String;
        /// URL of the preview's video.
        "video" => video: String;
        /// Whether the destination is cloaked by the short URL.
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
        /// The first tag's id. The vendor calls it deprecated.
        "tagId" => tag_id: String;
        /// The tags.
        "tags" => tags: Vec<Tag>;
        /// The folder's id. Schema only.
        "folderId" => folder_id: String;
        /// An internal note.
        "comments" => comments: String;
        /// A push token, to be treated as a secret. Schema only.
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
        /// The user who created the link.
        "userId" => user_id: String;
        /// The project (workspace) of the link. Some printed samples hold it twice; the last one counts.
        "projectId" => project_id: String;
        /// Clicks so far.
        "clicks" => clicks: u64;
        /// Leads so far.
        "leads" => leads: u64;
        /// Sales so far.
        "sales" => sales: u64;
        /// Total of the sales in cents. The unit is from Dub's documentation: the vendor names it for pages only.
        "saleAmount" => sale_amount: i64;
        /// The last click, ISO 8601.
        "lastClicked" => last_clicked: Timestamp;
        /// When the link was created, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// When the link was last changed, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// Whether the link is "flexible"; the vendor does not say what that is. Schema only.
        "flexible" => flexible: bool;
        /// Whether the link is "filled"; not explained either. Schema only.
        "filled" => filled: bool;
        /// Whether a page is shown before the redirection. Schema only.
        "preRedirection" => pre_redirection: bool;
        /// That page's id. Schema only.
        "pageId" => page_id: String;
        /// That page's URL. Schema only.
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
        /// Its name.
        "name" => name: String;
        /// Its colour: `red`, `yellow`, `green`, `blue`, `purple`, `pink`, `brown`, or one that came later.
        "color" => color: String;
    }
}

object! {
    /// A destination under a condition. Source: the schema.
    pub struct Rule {
        /// What is compared: `device`, `country`, `utm_source`, `utm_medium`, `utm_campaign`, `referrer`, `language`,
        /// `city`, `region`, `continent`, `utm_term`, `utm_content`, or one that came later.
        "attribute" => attribute: String;
        /// How: `equals` or `not_equals`.
        "operator" => operator: String;
        /// With what.
        "value" => value: String;
        /// The destination URL where it holds.
        "url" => url: String;
    }
}
