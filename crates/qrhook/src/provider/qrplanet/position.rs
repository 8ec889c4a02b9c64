//! The position of a scan.

use std::{borrow::Cow, fmt};

use super::parameter::{Parameter, Parameters};

const NO_DEGREES: &str = "is not a number of degrees in range";

/// A position that the visitor shared. It is personal data, so `Debug` does not show it.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Position {
    /// The longitude in degrees, from -180 to 180; west is negative.
    pub lng: f64,
    /// The latitude in degrees, from -90 to 90; south is negative.
    pub lat: f64,
}

impl Position {
    fn of(lng: Option<f64>, lat: Option<f64>) -> Option<Self> {
        Some(Self { lng: lng?, lat: lat? })
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(***)")
    }
}

/// Both vendor pages have one row "lng/lat", and the vendor's v1 API suggests that this means two parameters. A single
/// parameter with that name is read as well.
impl Parameter for Position {
    /// Reads the single parameter, in which the longitude comes first.
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str> {
        let (lng, lat) = split(&text).ok_or("is not a pair of numbers")?;
        Self::of(degrees(lng, 180.0), degrees(lat, 90.0)).ok_or(NO_DEGREES)
    }

    fn take(parameters: &mut Parameters<'_>, names: &[&'static str]) -> Option<Self> {
        let &[lng_name, lat_name, single] = names else { return None };
        let (lng, lat) = (parameters.take(lng_name), parameters.take(lat_name));
        match (&lng, &lat) {
            (Some(_), None) => parameters.note(lat_name, "is missing beside the longitude"),
            (None, Some(_)) => parameters.note(lng_name, "is missing beside the latitude"),
            _ => {}
        }
        let mut read = |name, text: Option<Cow<'_, str>>, most| {
            let degrees = degrees(&text?, most);
            if degrees.is_none() {
                parameters.note(name, NO_DEGREES);
            }
            degrees
        };
        let (lng, lat) = (read(lng_name, lng, 180.0), read(lat_name, lat, 90.0));
        let from_single = parameters.get(&[single]);
        Self::of(lng, lat).or(from_single)
    }
}

/// The two halves of a pair, separated by `/`, blanks or a comma. A comma is a decimal comma only if there is another
/// separator.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    if let Some(halves) = text.split_once('/') {
        return Some(halves);
    }
    match text.split_once(char::is_whitespace) {
        Some((lng, lat)) if !lng.ends_with(',') && !lat.trim_start().starts_with(',') => Some((lng, lat)),
        _ => text.split_once(',').filter(|(_, lat)| !lat.contains(',')),
    }
}

/// A finite number of at most this absolute value, with a decimal point or a decimal comma.
fn degrees(text: &str, most: f64) -> Option<f64> {
    let text = text.trim();
    let number = match text.split_once(',') {
        Some((whole, fraction)) => format!("{whole}.{fraction}").parse(),
        None => text.parse(),
    };
    // No range contains NaN or infinity.
    number.ok().filter(|degrees: &f64| degrees.abs() <= most)
}
