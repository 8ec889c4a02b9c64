//! Where an extractor finds its receiver in the application's data.

use std::any::type_name;

use actix_web::{HttpRequest, web::Data};

use super::ExtractError;

/// Picks a [`Receiver`](qrhook::Receiver) out of the application's data: for an application with two of one sender.
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse, web::Data};
/// use qrhook::{Receiver, qrstudio::QrStudio};
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
/// ```
pub trait Pick<T>: 'static {
    /// Picks it. `None` is a 500, whose log line names what is missing.
    fn pick(request: &HttpRequest) -> Option<T>;
}

/// What was given to `app_data`, as it is or inside `Data`: the default.
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
