//! The URL of a server.

use sqlx::{ConnectOptions, postgres::PgConnectOptions};
use url::Url;

use crate::{error::ConnectError, parameters::is_known, password_file};

/// Parses a URL. The error shows no part of it, because the password may be anywhere in it.
pub(crate) fn parse(text: &str) -> Result<PgConnectOptions, ConnectError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Err(ConnectError::Url);
    }
    let url = Url::parse(text).map_err(|_| ConnectError::Url)?;
    // A slash or # in a password cuts it off there, and its first part is taken for the host or the port.
    if url.fragment().is_some() || url.path().contains('@') {
        return Err(ConnectError::Url);
    }
    if let Some((name, _)) = url.query_pairs().find(|(name, _)| !is_known(name)) {
        return Err(ConnectError::UnknownParameter { name: can_be_shown(&url, &name).then(|| name.into_owned()) });
    }
    let has_password = url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password");
    if !has_password && std::env::var("PGPASSWORD").is_err() {
        password_file::check()?;
    }
    PgConnectOptions::from_url(&url).map_err(|_| ConnectError::Url)
}

/// Returns whether the name can be shown: it must not be the rest of a password that contains a `?`.
fn can_be_shown(url: &Url, name: &str) -> bool {
    const LONGEST: usize = 64;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']');
    let is_name = !name.is_empty() && name.len() <= LONGEST && name.bytes().all(is_word);
    is_name && !url.query().unwrap_or_default().contains('@')
}
