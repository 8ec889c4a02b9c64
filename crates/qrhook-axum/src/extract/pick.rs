//! The lookup of a receiver in the state.

use std::sync::Arc;

use axum_core::extract::FromRef;

/// Picks the [`Receiver`](qrhook::Receiver) of [`Claimed`](crate::Claimed) from the state.
///
/// Implement it if the state holds two receivers for one sender, or if `FromRef` cannot be implemented for it.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, body::Body, http::{Request, StatusCode}, routing::any};
/// use qrhook::{MemoryStore, Receiver, Secrets, UnixTime, qrstudio::QrStudio, testing};
/// use qrhook_axum::{Claimed, Pick};
/// use tower::ServiceExt;
///
/// struct App {
///     crm: Receiver<QrStudio>,
///     billing: Receiver<QrStudio>,
/// }
///
/// struct Crm;
///
/// impl Pick<Arc<App>, Receiver<QrStudio>> for Crm {
///     fn pick(app: &Arc<App>) -> Receiver<QrStudio> {
///         app.crm.clone()
///     }
/// }
///
/// async fn on_event(claimed: Claimed<QrStudio, Crm>) -> axum::response::Response {
///     claimed.handle(|_| async { StatusCode::NO_CONTENT }).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App {
///     crm: Receiver::new("crm", Secrets::one("whsec_crm")?, MemoryStore::new())?,
///     billing: Receiver::new("billing", Secrets::one("whsec_billing")?, MemoryStore::new())?,
/// };
/// let router = Router::new().route("/crm", any(on_event)).with_state(Arc::new(app));
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_crm", event, UnixTime::now());
/// let mut request = Request::post("/crm").body(Body::from(signed.body))?;
/// *request.headers_mut() = signed.headers;
/// assert_eq!(router.oneshot(request).await?.status(), StatusCode::NO_CONTENT);
/// # Ok(())
/// # }
/// ```
pub trait Pick<S, T>: 'static {
    /// Picks the value from the state.
    fn pick(state: &S) -> T;
}

/// The default [`Pick`]: the value that `FromRef` finds in the state.
#[derive(Debug, Clone, Copy)]
pub enum FromState {}

impl<S, T: FromRef<S>> Pick<S, T> for FromState {
    fn pick(state: &S) -> T {
        T::from_ref(state)
    }
}

/// A [`Pick`] for a state behind an `Arc`: the value that `FromRef` finds inside.
#[derive(Debug, Clone, Copy)]
pub enum InArc {}

impl<S, T: FromRef<S>> Pick<Arc<S>, T> for InArc {
    fn pick(state: &Arc<S>) -> T {
        T::from_ref(state)
    }
}
