//! The encoding of a form and its multipart boundary, from the content type.

/// The encoding of a form, from its content type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormKind {
    UrlEncoded,
    /// `None` when the content type has no boundary: such a body cannot be read.
    Multipart(Option<String>),
    Json,
}

impl FormKind {
    /// `None` when this is not the content type of a form.
    pub(crate) fn of(content_type: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content_type).ok()?;
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Some(Self::UrlEncoded),
            "multipart/form-data" => Some(Self::Multipart(boundary(parameters))),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The boundary among the parameters of a content type.
///
/// Stricter readers refuse an unquoted `/`, `=` or `:` and blanks around the separators, but senders write all of
/// these. Quoted separators need no special care: a boundary cannot contain any.
fn boundary(parameters: &str) -> Option<String> {
    let parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    let text = boundaries.next()?.1.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
