//! Reads a time in a JSON payload.

use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::{
    Oddities, Source,
    literal::{Literal, Scalar},
    read_field::Value,
};
use crate::{body::json, time::Timestamp};

/// A string or a number, whose digits are kept as they were sent. Assumed: a time without a zone is UTC, as in the
/// analytics store of Dub, from which CodeQR was made. A value that is not a time is kept as text as well, and noted as an oddity.
impl Value for Timestamp {
    const MISFIT: &'static str = "is not a time in a known format";

    /// A number with a fraction is left to the tolerant reading, which keeps its digits.
    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Scalar {
            misfit: Self::MISFIT,
            read: |literal| {
                let text = match literal {
                    Literal::Text(text) => text.to_owned(),
                    Literal::Unsigned(number) => number.to_string(),
                    Literal::Signed(number) => number.to_string(),
                    Literal::Float(_) | Literal::Bool(_) => return None,
                };
                Some(Self::from_utc_text(text)).filter(Self::is_time)
            },
        })
    }

    fn tolerant(value: &RawValue, at: &str, _: Source<'_>, oddities: &mut Oddities) -> Option<Self> {
        let time = time_of(value)?;
        if !time.is_time() {
            oddities.note(at, Self::MISFIT);
        }
        Some(time)
    }
}

fn time_of(value: &RawValue) -> Option<Timestamp> {
    let json = value.get();
    let read = |text: &str| serde_json::from_str::<String>(text).ok();
    let text = match json.as_bytes().first() {
        Some(b'"') => read(json).or_else(|| read(&json::replace_lone_surrogates(json)?)),
        _ => (json != "null").then(|| json.to_owned()),
    };
    text.filter(|text| !text.is_empty()).map(Timestamp::from_utc_text)
}
