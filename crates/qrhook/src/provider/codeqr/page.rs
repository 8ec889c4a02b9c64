//! Pages.

use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A page. "Schema only" marks fields that none of the vendor's samples shows. In the samples of
    /// `page.visited`, a page has only eight fields: id, domain, key, name, type, views, project and user.
    pub struct Page {
        /// The page's id, opaque. The only field to rely on.
        "id" => id: String;
        /// Host name of the page.
        "domain" => domain: String;
        /// Path of the page without the leading slash. Contains a slash in the samples (`p/...`).
        "key" => key: String;
        /// Name of the page, in any language.
        "name" => name: String;
        /// Type of the page. The samples show only `feedback`, and no list is published.
        "type" => kind: String;
        /// The id of the page's project (workspace).
        "projectId" => project_id: String;
        /// The id of the user who created the page.
        "userId" => user_id: String;
        /// Number of views.
        "views" => views: u64;
        /// When the page was created, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// When the page was last changed, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// Public URL of the page. Schema only.
        "url" => url: String;
        /// Description. Schema only.
        "description" => description: String;
        /// URL of the logo. Schema only.
        "logo" => logo: String;
        /// URL of the image. Schema only.
        "image" => image: String;
        /// Placeholder for the image, as a blurhash. Schema only.
        "imageBlurhash" => image_blurhash: String;
        /// Your own id for the page. Schema only.
        "externalId" => external_id: String;
        /// Whether conversions are tracked. Schema only.
        "trackConversion" => track_conversion: bool;
        /// Custom text for a 404. Schema only.
        "message404" => message_404: String;
        /// Title. Schema only.
        "pageTitle" => page_title: String;
        /// Subtitle. Schema only.
        "pageSubtitle" => page_subtitle: String;
        /// Target URL of the hero button. Schema only.
        "heroButtonLink" => hero_button_link: String;
        /// Text of the hero button. Schema only.
        "heroButtonText" => hero_button_text: String;
        /// Whether the hero button is shown. Schema only.
        "heroShowButton" => hero_show_button: bool;
        /// Type of the background. Schema only.
        "pageBackgroundType" => page_background_type: String;
        /// Style of the background, free-form. Schema only.
        "pageBackgroundStyles" => page_background_styles: RawJson;
        /// Type of the form. Schema only.
        "pageFormType" => page_form_type: String;
        /// Style of the form, free-form. Schema only; the wire name is the vendor's misspelling.
        "pageFromStyles" => page_form_styles: RawJson;
        /// Style of the inputs. Schema only.
        "inputStyle" => input_style: String;
        /// Type of the buttons. Schema only.
        "buttonType" => button_type: String;
        /// Style of the buttons, free-form. Schema only.
        "buttonStyles" => button_styles: RawJson;
        /// Type of the submit button. Schema only.
        "submitButtonType" => submit_button_type: String;
        /// Style of the submit button, free-form. Schema only.
        "submitButtonStyles" => submit_button_styles: RawJson;
        /// Font. Schema only.
        "fontFamily" => font_family: String;
        /// Font colour. Schema only.
        "fontColor" => font_color: String;
        /// The content of the page, as unparsed JSON, because the schema gives no type. Schema only.
        "items" => items: RawJson;
        /// Time of the last view, ISO 8601. Schema only.
        "lastClicked" => last_clicked: Timestamp;
        /// Number of leads. Schema only.
        "leads" => leads: u64;
        /// Number of sales. Schema only.
        "sales" => sales: u64;
        /// Sales total in cents. Schema only.
        "saleAmount" => sale_amount: i64;
        /// Whether the statistics are public. Schema only.
        "publicStats" => public_stats: bool;
        /// Whether the vendor's logo is hidden. Schema only.
        "hiddenLogo" => hidden_logo: bool;
        /// A push token; treat it as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// Links to social media, free-form. Schema only.
        "socialMediaLinks" => social_media_links: RawJson;
        /// Number of feedback entries. Schema only.
        "feedbacksCount" => feedbacks_count: u64;
        /// Title shown after a submission. Schema only.
        "thankYouTitle" => thank_you_title: String;
        /// Text shown after a submission. Schema only.
        "thankYouDescription" => thank_you_description: String;
        /// The URL that visitors are sent to after a submission. Schema only.
        "thankYouRedirectUrl" => thank_you_redirect_url: String;
        /// The id of the folder. Schema only.
        "folderId" => folder_id: String;
    }
}
