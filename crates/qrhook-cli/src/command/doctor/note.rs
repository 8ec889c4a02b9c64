//! The known mistakes, and what to do about each.

use std::fmt;

use qrhook::UnixTime;

/// A mistake that explains a request, alone or together with others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Note {
    // The secret.
    SecretHasWhiteSpace,
    SecretHasLineBreak,
    SecretHasQuotes,
    SecretHasInvisibleCharacters,
    SecretIsAssignment,
    SecretLacksPrefix,
    SecretHasExtraPrefix,
    SecretWasDecoded,
    /// Another variable holds the secret.
    OtherVariable(String),
    /// The secret was replaced by another one.
    Replaced {
        name: String,
        since: UnixTime,
    },
    // The body.
    BodyGainedLineBreak,
    BodyLostLineBreak,
    BodyGainedByteOrderMark,
    BodyLostByteOrderMark,
    BodyHasOtherLineBreaks,
    BodyIsBase64,
    BodyIsCompressed,
    BodyWasReserialised(Vec<&'static str>),
    BodyHasOtherEncoding(&'static str),
    BodyIsJsonString,
    BodyIsUrlEncoded,
    BodyIsInsideEvent,
    BodyGainedWhiteSpace,
    // The form.
    FormWasReencoded,
    TokenFieldWasRenamed(String),
    TokenIsElsewhere,
    ContentTypeIsWrong,
    // The header.
    HeaderHasQuotes,
    HeaderHasOtherSeparators,
    SignatureWasCut,
    SignatureHasOtherHash,
    TimeWasNotSigned,
    HeadersWereJoined,
    SignatureIsBase64,
    SignatureHasPrefix,
    TimeInMilliseconds,
    SignatureOfAnotherAttempt {
        signed_at: i64,
    },
}

impl Note {
    /// A stable word for scripts.
    pub(super) fn cause(&self) -> &'static str {
        match self {
            Self::SecretHasWhiteSpace => "secret-white-space",
            Self::SecretHasLineBreak => "secret-line-break",
            Self::SecretHasQuotes => "secret-quotes",
            Self::SecretHasInvisibleCharacters => "secret-invisible-characters",
            Self::SecretIsAssignment => "secret-assignment",
            Self::SecretLacksPrefix => "secret-without-prefix",
            Self::SecretHasExtraPrefix => "secret-extra-prefix",
            Self::SecretWasDecoded => "secret-decoded",
            Self::OtherVariable(_) => "other-secret",
            Self::Replaced { .. } => "secret-replaced",
            Self::BodyGainedLineBreak => "body-line-break-added",
            Self::BodyLostLineBreak => "body-line-break-lost",
            Self::BodyGainedByteOrderMark => "body-byte-order-mark-added",
            Self::BodyLostByteOrderMark => "body-byte-order-mark-lost",
            Self::BodyHasOtherLineBreaks => "body-line-breaks-changed",
            Self::BodyIsBase64 => "body-base64",
            Self::BodyIsCompressed => "body-compressed",
            Self::BodyWasReserialised(_) => "body-reserialised",
            Self::BodyHasOtherEncoding(_) => "body-other-encoding",
            Self::BodyIsJsonString => "body-json-string",
            Self::BodyIsUrlEncoded => "body-url-encoded",
            Self::BodyIsInsideEvent => "body-inside-event",
            Self::BodyGainedWhiteSpace => "body-white-space-added",
            Self::FormWasReencoded => "form-reencoded",
            Self::TokenFieldWasRenamed(_) => "token-field-renamed",
            Self::TokenIsElsewhere => "token-elsewhere",
            Self::ContentTypeIsWrong => "content-type",
            Self::HeaderHasQuotes => "header-quotes",
            Self::HeaderHasOtherSeparators => "header-separators",
            Self::SignatureWasCut => "signature-cut",
            Self::SignatureHasOtherHash => "signature-other-hash",
            Self::TimeWasNotSigned => "time-not-signed",
            Self::HeadersWereJoined => "headers-joined",
            Self::SignatureIsBase64 => "signature-base64",
            Self::SignatureHasPrefix => "signature-prefix",
            Self::TimeInMilliseconds => "time-in-milliseconds",
            Self::SignatureOfAnotherAttempt { .. } => "another-attempt",
        }
    }

    /// The change that makes the request verify.
    pub(super) fn fix(&self) -> &'static str {
        match self {
            Self::SecretHasWhiteSpace | Self::SecretHasLineBreak | Self::SecretHasInvisibleCharacters => {
                "Set the variable to the secret alone, for example with `printf %s` instead of `echo`."
            }
            Self::SecretHasQuotes => "Remove the quotes: an env file or a unit may take them literally.",
            Self::SecretIsAssignment => "Set the variable to the value alone, without `NAME=`.",
            Self::SecretLacksPrefix => "Copy the whole secret from the dashboard, with its `whsec_` prefix.",
            Self::SecretHasExtraPrefix => "Set the variable to the secret as the dashboard shows it, without `whsec_`.",
            Self::SecretWasDecoded => "Use the secret as the dashboard shows it: it is not base64, and is not decoded.",
            Self::OtherVariable(_) => "Use the secret of the hook that sent this request.",
            Self::Replaced { .. } => {
                "Accept it again until the platform signs with the new one: see docs/rotation.md. If the rotation is long \
                 over, somebody replays an old request, or uses a secret that leaked."
            }
            Self::BodyGainedLineBreak => "Keep the body as received: an editor, `echo` or a heredoc adds a line break.",
            Self::BodyLostLineBreak => "Keep the body as received: something trimmed its end.",
            Self::BodyGainedByteOrderMark | Self::BodyLostByteOrderMark => {
                "Keep the body as received: something read and wrote it as text."
            }
            Self::BodyHasOtherLineBreaks => "Keep the body as received: something changed its line breaks.",
            Self::BodyIsBase64 => "Decode the body before it is verified: an API gateway delivers it as base64.",
            Self::BodyIsCompressed => "Pass on the body as it was signed: a proxy compressed it.",
            Self::BodyWasReserialised(_) => {
                "Verify the raw bytes, before anything parses the JSON. Look for a body parser or a proxy in front."
            }
            Self::BodyHasOtherEncoding(_) => {
                "Keep the bytes as received: something read them as text and wrote other bytes."
            }
            Self::BodyIsJsonString => "Verify the raw body: something serialised it as a JSON string.",
            Self::BodyIsUrlEncoded => "Verify the raw body: something put it into a form.",
            Self::BodyIsInsideEvent => {
                "Verify the member `body` of the gateway's event, decoded from base64 if `isBase64Encoded` is true."
            }
            Self::BodyGainedWhiteSpace => "Keep the body as received: something added blanks around it.",
            Self::TokenFieldWasRenamed(_) => {
                "Pass on the form as it was sent: the field is `secrettoken`, in lower case."
            }
            Self::TokenIsElsewhere => "Pass on the form as it was sent: the token must be in the field `secrettoken`.",
            Self::ContentTypeIsWrong => "Pass on the request's own Content-Type header, or set --content-type to it.",
            Self::HeaderHasQuotes => "Pass on the header as it was sent, without quotes around its value.",
            Self::HeaderHasOtherSeparators => "Pass on the header as it was sent: its items are separated by commas.",
            Self::SignatureWasCut => "Pass on the whole header: something limits its length.",
            Self::SignatureHasOtherHash => "The signature must be HMAC-SHA256: look at what signs this request.",
            Self::TimeWasNotSigned => "The time, a dot and the body must be signed: look at what signs this request.",
            Self::FormWasReencoded => "Pass on the form as it was sent: something decoded and encoded it again.",
            Self::HeadersWereJoined => "Pass on one signature header: a proxy joined two.",
            Self::SignatureIsBase64 => "The signature must be hexadecimal: look at what signs this request.",
            Self::SignatureHasPrefix => "The header must hold the bare digits: look at what signs this request.",
            Self::TimeInMilliseconds => "The signed time must be in seconds: look at what signs this request.",
            Self::SignatureOfAnotherAttempt { .. } => {
                "Keep the header and the body of the same attempt: this signature belongs to another one."
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::SecretHasWhiteSpace => "the secret has white space around it",
            Self::SecretHasLineBreak => "the secret ends with a line break",
            Self::SecretHasQuotes => "the secret has quotes around it",
            Self::SecretHasInvisibleCharacters => "the secret contains invisible characters, such as a byte order mark",
            Self::SecretIsAssignment => "the secret begins with the name of a variable",
            Self::SecretLacksPrefix => "the secret lacks its `whsec_` prefix",
            Self::SecretHasExtraPrefix => "the secret has a `whsec_` prefix that did not sign",
            Self::SecretWasDecoded => "the secret was decoded from base64",
            Self::OtherVariable(name) => return write!(f, "the request was signed with the secret in {name}"),
            Self::Replaced { name, since } => {
                let since = since.with_date();
                return write!(f, "the request was signed with the secret in {name}, which was replaced at {since}");
            }
            Self::BodyGainedLineBreak => "the body gained a line break at its end",
            Self::BodyLostLineBreak => "the body lost the line break at its end",
            Self::BodyGainedByteOrderMark => "the body gained a byte order mark",
            Self::BodyLostByteOrderMark => "the body lost its byte order mark",
            Self::BodyHasOtherLineBreaks => "the line breaks in the body were changed (CRLF and LF)",
            Self::BodyIsBase64 => "the body is still encoded as base64",
            Self::BodyIsCompressed => "the body is still compressed with gzip",
            Self::BodyWasReserialised(changes) => {
                return write!(f, "the JSON was parsed and serialised again; it was signed {}", changes.join(", "));
            }
            Self::BodyHasOtherEncoding(encoding) => return write!(f, "the body was {encoding}"),
            Self::BodyIsJsonString => "the body is a JSON string that holds the signed body",
            Self::BodyIsUrlEncoded => "the body is url-encoded",
            Self::BodyIsInsideEvent => "the body is the member `body` of a gateway's event",
            Self::BodyGainedWhiteSpace => "the body gained white space around it",
            Self::FormWasReencoded => "the form was decoded and encoded again",
            Self::TokenFieldWasRenamed(name) => {
                return write!(f, "the token is in the field `{}`", name.escape_debug());
            }
            Self::TokenIsElsewhere => "the token is in the body, but not as the value of `secrettoken`",
            Self::ContentTypeIsWrong => "the content type is not that of the body",
            Self::HeaderHasQuotes => "the value of the header is in quotes",
            Self::HeaderHasOtherSeparators => "the items of the header are not separated by commas",
            Self::SignatureWasCut => "the signature was cut off",
            Self::SignatureHasOtherHash => "the signature is HMAC-SHA512",
            Self::TimeWasNotSigned => "only the body was signed, without the time",
            Self::HeadersWereJoined => "the header holds two values that a proxy joined",
            Self::SignatureIsBase64 => "the signature is written as base64",
            Self::SignatureHasPrefix => "the signature has a prefix",
            Self::TimeInMilliseconds => "the signed time is in milliseconds",
            Self::SignatureOfAnotherAttempt { signed_at } => {
                return write!(f, "the signature was made at {signed_at}, which is not the time in the header");
            }
        };
        f.write_str(text)
    }
}
