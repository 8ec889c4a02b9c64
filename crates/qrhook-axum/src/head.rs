//! The head of a request.

use http::{HeaderMap, request::Parts, uri::Authority};
use qrhook::Head;

pub(crate) fn head(parts: &Parts) -> Head<'_, HeaderMap> {
    let authority = parts.uri.authority().map(Authority::as_str);
    Head::new(&parts.method, &parts.headers).with_path(parts.uri.path()).with_authority(authority)
}
