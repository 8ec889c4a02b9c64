//! Pages.

use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A page. "Schema only" marks members that no sample of the vendor shows. The sample of `page.visited` has
    /// only eight: id, domain, key, name, type, views, project and user.
    pub struct Page {
        /// The page's id, opaque; the only member to rely on.
        "id" => id: String;
        /// Host name of the page.
        "domain" => domain: String;
        /// Path of the page without the leading slash; contains a slash in the samples (`p/...`).
        "key" => key: String;
        /// Name of the page, in any language.
        "name" => name: String;
        /// Type of the page; only `feedback` is shown, and no list is published.
        "type" => kind: String;
        /// Project (workspace) of the page.
        "projectId" => project_id: String;
        /// Id of the user who created the page.
        "userId" => user_id: String;
        /// Views so far.
        "views" => views: u64;
        /// Creation time, ISO 8601 in UTC with milliseconds.
        "createdAt" => created_at: Timestamp;
        /// Time of the last change, ISO 8601 in UTC with milliseconds.
        "updatedAt" => updated_at: Timestamp;
        /// Public URL of the page. Schema only.
        "url" => url: String;
        /// Description. Schema only.
        "description" => description: String;
        /// URL of the logo. Schema only.
        "logo" => logo: String;
        /// URL of the image. Schema only.
        "image" => image: String;
        /// Image placeholder, a blurhash. Schema only.
        "imageBlurhash" => image_blurhash: String;
        /// The customer's own id for the page. Schema only.
        "externalId" => external_id: String;
        /// Whether conversions are tracked. Schema only.
        "trackConversion" => track_conversion: bool;
        /// Custom text of the 404 page. Schema only.
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
        /// Style of the form, free-form. Schema only; the vendor misspells the wire name.
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
        /// Content of the page, unparsed: the schema gives no type. Schema only.
        "items" => items: RawJson;
        /// Time of the last view, ISO 8601. Schema only.
        "lastClicked" => last_clicked: Timestamp;
        /// Leads so far. Schema only.
        "leads" => leads: u64;
        /// Sales so far. Schema only.
        "sales" => sales: u64;
        /// Total sales in cents. Schema only.
        "saleAmount" => sale_amount: i64;
        /// Whether the statistics are public. Schema only.
        "publicStats" => public_stats: bool;
        /// Whether the vendor's logo is hidden. Schema only.
        "hiddenLogo" => hidden_logo: bool;
        /// Push token; treat it as a secret. Schema only.
        "notificationToken" => notification_token: String, masked;
        /// Links to social media, free-form. Schema only.
        "socialMediaLinks" => social_media_links: RawJson;
        /// Feedback entries so far. Schema only.
        "feedbacksCount" => feedbacks_count: u64;
        /// Title after submitting. Schema only.
        "thankYouTitle" => thank_you_title: String;
        /// Text after submitting. Schema only.
        "thankYouDescription" => thank_you_description: String;
        /// Redirect URL after submitting. Schema only.
        "thankYouRedirectUrl" => thank_you_redirect_url: String;
        /// Id of the folder. Schema only.
        "folderId" => folder_id: String;
    }
}
