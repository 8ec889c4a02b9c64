//! The address of a server.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, io::tcp::TcpSettings};
use url::Url;

use crate::error::ConnectError;

/// Parses an address. The error shows no part of it, because the password may be anywhere in it.
pub(crate) fn parse(url: &str) -> Result<ConnectionInfo, ConnectError> {
    let invalid = |reason: &str| ConnectError::InvalidUrl { reason: reason.to_owned() };
    let Some((scheme, rest)) = url.split_once("://") else { return Err(invalid("it has no scheme such as redis://")) };
    // One of these characters in a password would cut it off there, and its first part would be taken for the host or
    // the port, and shown.
    let is_cut = rest.split_once(['/', '?', '#']).is_some_and(|(_, behind)| behind.contains('@'));
    if is_cut && !scheme.contains("unix") {
        return Err(invalid("there is an @ after a slash, ? or #; in a password, write these as %2F, %3F and %23"));
    }
    refuse_unknown_parameters(url)?;
    if matches!(scheme, "rediss" | "valkeys") {
        tls_is_there()?;
    }
    let info = url.into_connection_info().map_err(|error| {
        // The detail of an error is a part of the address.
        if error.detail().is_none() { invalid(&error.to_string()) } else { invalid(error.category()) }
    })?;
    // Refused here, because whether the client allows it depends on its features, which the whole program shares.
    if matches!(info.addr(), ConnectionAddr::TcpTls { insecure: true, .. }) {
        return Err(invalid("#insecure would turn off the check of the certificate"));
    }
    Ok(info.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

/// Refuses unknown parameters. The client ignores them, so a misspelt `pass` would mean no password.
fn refuse_unknown_parameters(text: &str) -> Result<(), ConnectError> {
    const LONGEST: usize = 64;
    // The client reports an address that cannot be parsed.
    let Ok(url) = Url::parse(text) else { return Ok(()) };
    let known: &[&str] =
        if url.scheme().ends_with("unix") { &["db", "pass", "protocol", "user"] } else { &["protocol"] };
    let Some((name, _)) = url.query_pairs().find(|(name, _)| !known.contains(&name.as_ref())) else { return Ok(()) };
    // The rest of a password that contains a `?` must not be shown as a name.
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let can_be_shown = !name.is_empty()
        && name.len() <= LONGEST
        && name.bytes().all(is_word)
        && !url.query().unwrap_or_default().contains('@');
    Err(ConnectError::UnknownParameter { name: can_be_shown.then(|| name.into_owned()), known })
}

#[cfg(feature = "rustls")]
fn tls_is_there() -> Result<(), ConnectError> {
    use rustls::crypto::{CryptoProvider, ring};
    // Without a provider the client panics. A provider that the program installed stays.
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
    Ok(())
}

#[cfg(not(feature = "rustls"))]
const fn tls_is_there() -> Result<(), ConnectError> {
    Err(ConnectError::TlsNotBuiltIn)
}
