//! The credential in the head of a request.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, header};
use subtle::ConstantTimeEq;

use super::{Credential, Found, Head, Headers, VerifyError};
use crate::secret::{self, Secret};

/// The digest of the credential in a request. Nothing is proven yet.
pub(crate) struct Presented {
    pub(super) credential: Credential,
    digest: [u8; 32],
}

impl Presented {
    /// Reads the credential of a request.
    pub(super) fn read(credential: &Credential, head: &Head<'_, impl Headers>) -> Result<Self, VerifyError> {
        let missing = || VerifyError::MissingCredential { credential: credential.clone() };
        let value = |name: &HeaderName, prefix: &str| match head.headers().find(name) {
            Found::One(value) => after_prefix(value.trim_ascii(), prefix).ok_or_else(missing),
            Found::Missing => Err(missing()),
            Found::Repeated => Err(VerifyError::RepeatedHeader { header: name.clone() }),
        };
        let text = match credential {
            Credential::Header { name, prefix } => value(name, prefix)?.to_vec(),
            Credential::Basic => STANDARD.decode(value(&header::AUTHORIZATION, "Basic ")?).map_err(|_| missing())?,
            Credential::Path => head.last_segment().ok_or_else(missing)?.into_bytes(),
        };
        Ok(Self { credential: credential.clone(), digest: secret::digest(&text) })
    }

    /// Whether it is this secret, in constant time.
    pub(super) fn equals(&self, secret: &Secret) -> bool {
        secret.digest().ct_eq(&self.digest).into()
    }
}

fn after_prefix<'a>(value: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then(|| rest.trim_ascii_start())
}

/// Does not show the digest.
impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("credential", &self.credential).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: HeaderName = HeaderName::from_static("x-token");

    /// Whether the credential in these headers, or at this path, is the secret.
    fn is(credential: &Credential, headers: &[(&str, &str)], path: &str) -> Result<bool, VerifyError> {
        let headers = headers.to_vec();
        let head = Head::post(&headers).with_path(path);
        let secret = Secret::new("user:päss").unwrap();
        Presented::read(credential, &head).map(|presented| presented.equals(&secret))
    }

    #[test]
    fn a_credential_is_read_from_its_place_and_only_from_there() {
        let header = |prefix| Credential::Header { name: TOKEN, prefix };
        let missing = |credential: &Credential| Err(VerifyError::MissingCredential { credential: credential.clone() });
        let bare = header("");
        for (headers, expected) in [
            (&[("X-Token", " user:päss ")][..], Ok(true)),
            (&[("X-Token", "user:pass")], Ok(false)),
            (&[("X-Token", "")], Ok(false)),
            (&[("X-Token", "Bearer user:päss")], Ok(false)),
            (&[], missing(&bare)),
            (&[("X-Token", "user:päss"), ("X-Token", "user:päss")], Err(VerifyError::RepeatedHeader { header: TOKEN })),
        ] {
            assert_eq!(is(&bare, headers, "/user:p%C3%A4ss"), expected, "{headers:?}");
        }
        let bearer = header("Bearer ");
        for (value, expected) in [
            ("Bearer user:päss", Ok(true)),
            ("bearer  user:päss", Ok(true)),
            ("Bearer user:pass", Ok(false)),
            ("Beareruser:päss", missing(&bearer)),
            ("user:päss", missing(&bearer)),
            ("Bearer", missing(&bearer)),
        ] {
            assert_eq!(is(&bearer, &[("x-token", value)], "/"), expected, "{value}");
        }
        let basic = Credential::Basic;
        for (value, expected) in [
            ("Basic dXNlcjpww6Rzcw==", Ok(true)),
            ("basic dXNlcjpww6Rzcw==", Ok(true)),
            ("Basic dXNlcjpwYXNz", Ok(false)),
            ("Basic dXNlcjpww6Rzcw", missing(&basic)),
            ("Basic ", missing(&basic)),
            ("Bearer user:päss", missing(&basic)),
        ] {
            assert_eq!(is(&basic, &[("Authorization", value)], "/"), expected, "{value}");
        }
        for (path, expected) in [
            ("/acme/user:p%C3%A4ss", Ok(true)),
            ("/acme/user%3Ap%c3%a4ss", Ok(true)),
            ("/user:p%C3%A4ss/acme", Ok(false)),
            ("/acme/", missing(&Credential::Path)),
            ("/acme/%ff", missing(&Credential::Path)),
        ] {
            assert_eq!(is(&Credential::Path, &[("x-token", "user:päss")], path), expected, "{path}");
        }
    }

    #[test]
    fn nothing_shows_the_credential() {
        let headers = [("X-Token", "s3cret")];
        let credential = Credential::Header { name: TOKEN, prefix: "" };
        let presented = Presented::read(&credential, &Head::post(&headers)).unwrap();
        let expected = r#"Presented { credential: Header { name: "x-token", prefix: "" }, .. }"#;
        assert_eq!(format!("{presented:?}"), expected);
    }
}
