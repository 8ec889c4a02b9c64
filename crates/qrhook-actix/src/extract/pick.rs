//! The lookup of a receiver in the application's data.

use std::any::type_name;

use actix_web::{HttpRequest, web::Data};

use super::ExtractError;

/// Picks the [`Receiver`](qrhook::Receiver) of [`Claimed`](crate::Claimed) from the application's data.
///
/// Implement it if the application has two receivers for one sender.
///
/// # Example
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse, http::StatusCode, test, web::{self, Data}};
/// use qrhook::{MemoryStore, Receiver, Secrets, UnixTime, qrstudio::QrStudio, testing};
/// use qrhook_actix::{Claimed, Pick};
///
/// struct App {
///     crm: Receiver<QrStudio>,
///     billing: Receiver<QrStudio>,
/// }
///
/// struct Crm;
///
/// impl Pick<Receiver<QrStudio>> for Crm {
///     fn pick(request: &HttpRequest) -> Option<Receiver<QrStudio>> {
///         request.app_data::<Data<App>>().map(|app| app.crm.clone())
///     }
/// }
///
/// async fn on_event(claimed: Claimed<QrStudio, Crm>) -> HttpResponse {
///     claimed.handle(|_| async { HttpResponse::NoContent() }).await
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App {
///     crm: Receiver::new("crm", Secrets::one("whsec_crm")?, MemoryStore::new())?,
///     billing: Receiver::new("billing", Secrets::one("whsec_billing")?, MemoryStore::new())?,
/// };
/// let service = actix_web::App::new().app_data(Data::new(app)).route("/crm", web::to(on_event));
/// let service = test::init_service(service).await;
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_crm", event, UnixTime::now());
/// let mut request = test::TestRequest::post().uri("/crm").set_payload(signed.body);
/// for (name, value) in &signed.headers {
///     request = request.append_header((name.as_str(), value.as_bytes()));
/// }
/// assert_eq!(test::call_service(&service, request.to_request()).await.status(), StatusCode::NO_CONTENT);
/// # Ok(())
/// # }
/// ```
pub trait Pick<T>: 'static {
    /// Picks the value for a request. For `None`, the response is a 500, and a log line names the missing type.
    fn pick(request: &HttpRequest) -> Option<T>;
}

/// The default [`Pick`]: the value that was passed to `app_data`, as it is or inside `Data`.
#[derive(Debug, Clone, Copy)]
pub enum FromAppData {}

impl<T: Clone + 'static> Pick<T> for FromAppData {
    fn pick(request: &HttpRequest) -> Option<T> {
        let inside = || request.app_data::<Data<T>>().map(|data| &***data);
        request.app_data::<T>().or_else(inside).cloned()
    }
}

pub(super) fn picked<H: Pick<T>, T: 'static>(request: &HttpRequest) -> Result<T, ExtractError> {
    H::pick(request).ok_or_else(|| ExtractError::MissingData { data: type_name::<T>() }.logged(request))
}
