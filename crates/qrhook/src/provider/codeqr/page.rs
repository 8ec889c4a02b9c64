//! Pages.

use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A page. "Schema only" marks what none of the vendor's samples shows. In `page.visited` the samples hold eight
    /// members only: id, domain, key, name, type, views, project and user.
    pub struct Page {
        /// The page's id, opaque. The only member to rely on.
        "id" => id: String;
        /// Host name of the page.
        "domain" => domain: String;
        /// Path of the page without the leading slash. Holds a slash in the samples (`p/...`).
        "key" => key: String;
        /// Name of the page, in any language.
        "name" => name: String;
        /// Type of the page: `feedback` is the only one shown, and no list is published.
        "type" => kind: String;
        /// The project (workspace) of the page.
        "projectId" => project_id: String;
        /// The user who created the page.
        "userId" => user_id: String;
        /// Views so far.
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
        /// Placeholder of the image, a blurhash. Schema only.
        "imageBlurhash" => image_blurhash: String;
        /// The customer's own id for the page. Schema only.
        "externalId" => external_id: String;
        /// Whether conversions are tracked. Schema only.
        "trackConversion" => track_conversion: bool;
        /// Text of the page's own "not found". Schema only.
        "message404" => message_404: String;
        /// Title. Schema only.
        "pageTitle" => page_title: String;
        /// Subtitle. Schema only.
        "pageSubtitle" => page_subtitle: String;
        /// URL behind the hero button. Schema only.
        "heroButtonLink" => hero_button_link: String;
        /// Text of the hero button. Schema only.
        "heroButtonText" => hero_button_text: String;
        /// Whether the hero button is shown. Schema only.
        "heroShowButton" => hero_show_button: bool;
        /// Type of the background. Schema only.
        "pageBackgroundType" => page_background_type: String;
        /// Style of the background, of free form. Schema only.
        "pageBackgroundStyles" => page_background_styles: RawJson;
        /// Type of the form. Schema only.
        "pageFormType" => page_form_type: String;
        /// Style of the form, of free form. Schema only; the wire name is the vendor's slip.
        "pageFromStyles" => page_form_styles: RawJson;
        /// Style of the inputs. Schema only.
        "inputStyle" => input_style: String;
        /// Type of the buttons. Schema only.
        "buttonType" => button_type: String;
        /// Style of the buttons, of free form. Schema only.
        "buttonStyles" => button_styles: RawJson;
        /// Type of the submit button. Schema only.
        "submitButtonType" => submit_button_type: String;
        /// Style of the submit button, of free form. Schema only.
        "submitButtonStyles" => submit_button_styles: RawJson;
        /// Font. Schema only.
        "fontFamily" => font_family: String;
        /// Colour of the font. Schema only.
        "fontColor" => font_color: String;
        /// What is on the page, unread: the schema gives no type.
        "items" => items: RawJson;
        /// The last view, ISO 8601. Schema only.
        "lastClicked" => last_clicked: Timestamp;
        /// Leads so far. Schema only.
        "leads" => leads: u64;
        /// Sales so far. Schema only.
        "sales" => sales: u64;
        /// Total of the sales in cents. Schema only.
        "saleAmount" => sale_amount: i64;
        /// Whether the statistics are public. Schema only.
        "publicStats" => public_stats: bool;
        /// Whether the vendor's logo is hidden. Schema only.
        "hiddenLogo" => hidden_logo: bool;
        /// A push token, to be treated as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// Links to social media, of free form. Schema only.
        "socialMediaLinks" => social_media_links: RawJson;
        /// Feedback entries so far. Schema only.
        "feedbacksCount" => feedbacks_count: u64;
        /// Title after submitting. Schema only.
        "thankYouTitle" => thank_you_title: String;
        /// Text after submitting. Schema only.
        "thankYouDescription" => thank_you_description: String;
        /// The URL to go to after submitting. Schema only.
        "thankYouRedirectUrl" => thank_you_redirect_url: String;
        /// The folder's id. Schema only.
        "folderId" => folder_id: String;
    }
}
