//! The places of a secret that the sender repeats in the head of each request.

use std::fmt;

use http::HeaderName;

/// The place of a secret that the sender repeats in the head of each request.
///
/// **It proves little.** It shows only that whoever sent the request knows the secret. Nothing proves the body, its age,
/// or its origin: anybody who sees one request can send others, with other events. So does a proxy that logs headers
/// or paths. Accept it over TLS only, and use a sender that signs its requests where there is a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credential {
    /// The value of this header, after a prefix such as `Bearer `. The case of the prefix is ignored.
    Header {
        /// The header.
        name: HeaderName,
        /// The prefix; empty if there is none.
        prefix: &'static str,
    },
    /// The user and the password of HTTP Basic authentication (RFC 7617). The secret is `user:password`.
    Basic,
    /// The last segment of the path, percent-decoded. It is the weakest of these, because paths end up in the logs of
    /// servers and proxies.
    Path,
}

/// Shows the place.
impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name, prefix: "" } => write!(f, "the `{name}` header"),
            Self::Header { name, prefix } => write!(f, "the `{name}` header after `{}`", prefix.trim_end()),
            Self::Basic => f.write_str("the `authorization` header after `Basic`"),
            Self::Path => f.write_str("the last segment of the path"),
        }
    }
}
