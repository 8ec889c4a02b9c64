//! Why a string cannot be used as a secret.

use std::fmt;

/// The reason why a string cannot be used as a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// The string is empty.
    Empty,
    /// The string is only white space.
    Blank,
    /// The string begins or ends with white space, which copy and paste adds and no platform uses.
    SurroundingWhitespace,
    /// The string begins or ends with a quote, which a shell or a settings file would have removed.
    Quoted,
    /// The string contains an invisible character, such as a byte order mark or a zero-width space.
    InvisibleCharacter,
    /// The string is a whole assignment, `NAME=value`.
    Assignment,
    /// The string is a placeholder or a masked display, such as `whsec_...`.
    Placeholder,
    /// The secret does not encode a key in base64, with the standard alphabet and padding.
    NotBase64,
    /// The key that the secret encodes is too short.
    KeyTooShort {
        /// Its length.
        bytes: usize,
    },
    /// The key that the secret encodes is too long.
    KeyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The secret is half of a key pair (`whsk_` or `whpk_`), which signs in another way.
    KeyPair,
    /// There are no secrets.
    None,
    /// The environment variable is not set.
    Unset,
    /// The environment variable is not Unicode.
    NotUnicode,
    /// The environment variable does not hold a usable secret.
    InVariable {
        /// The name of the variable.
        name: String,
        /// The reason.
        reason: Box<SecretError>,
    },
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the secret is empty"),
            Self::Blank => f.write_str("the secret is blank"),
            Self::SurroundingWhitespace => f.write_str("the secret has white space around it"),
            Self::Quoted => f.write_str("the secret has quotes around it"),
            Self::InvisibleCharacter => f.write_str("the secret contains an invisible character"),
            Self::Assignment => f.write_str("the secret is a whole assignment: leave out the name and the `=`"),
            Self::Placeholder => f.write_str("the secret is a placeholder: copy the real one from the dashboard"),
            Self::NotBase64 => f.write_str("the secret does not encode a key in base64, after `whsec_`"),
            Self::KeyTooShort { bytes } => write!(f, "the secret encodes {bytes} bytes: a key has at least 24"),
            Self::KeyTooLong { bytes } => write!(f, "the secret encodes {bytes} bytes: a key has at most 75"),
            Self::KeyPair => f.write_str(
                "the secret is half of a key pair, for signatures of the version v1a: use the one with `whsec_`",
            ),
            Self::None => f.write_str("there are no secrets"),
            Self::Unset => f.write_str("it is not set"),
            Self::NotUnicode => f.write_str("it is not Unicode"),
            Self::InVariable { name, .. } => write!(f, "the environment variable {name} does not hold a usable secret"),
        }
    }
}

impl std::error::Error for SecretError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InVariable { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_variable_names_it_and_its_source_has_the_reason() {
        let error = SecretError::InVariable { name: "CRM".into(), reason: Box::new(SecretError::Quoted) };
        assert_eq!(error.to_string(), "the environment variable CRM does not hold a usable secret");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("the secret has quotes around it"));
        assert!(std::error::Error::source(&SecretError::Empty).is_none());
    }
}
