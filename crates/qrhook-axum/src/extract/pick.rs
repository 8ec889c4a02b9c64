//! Where an extractor finds its receiver or verifier in the state.

use std::sync::Arc;

use axum_core::extract::FromRef;

/// Picks a [`Receiver`](qrhook::Receiver) or [`Verifier`](qrhook::Verifier) out of a state: for a state with two of one
/// sender, or one that `FromRef` cannot be implemented for.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, http::StatusCode, routing::any};
/// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
/// use qrhook_axum::{Claimed, Pick};
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
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = |name| Receiver::new(name, Secrets::one("whsec_test")?, MemoryStore::new()).map_err(Box::<dyn std::error::Error>::from);
/// let app = App { crm: receiver("crm")?, billing: receiver("billing")? };
/// let router: Router = Router::new().route("/crm", any(on_event)).with_state(Arc::new(app));
/// # Ok(())
/// # }
/// ```
pub trait Pick<S, T>: 'static {
    /// Picks it.
    fn pick(state: &S) -> T;
}

/// What `FromRef` finds in the state: the default.
#[derive(Debug, Clone, Copy)]
pub enum FromState {}

impl<S, T: FromRef<S>> Pick<S, T> for FromState {
    fn pick(state: &S) -> T {
        T::from_ref(state)
    }
}

/// The same for a state behind an `Arc`.
#[derive(Debug, Clone, Copy)]
pub enum InArc {}

impl<S, T: FromRef<S>> Pick<Arc<S>, T> for InArc {
    fn pick(state: &Arc<S>) -> T {
        T::from_ref(state)
    }
}
