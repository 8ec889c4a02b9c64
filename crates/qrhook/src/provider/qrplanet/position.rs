//! The position of a scan.

use std::{borrow::Cow, fmt};

use super::parameter::{Parameter, Parameters};

const NO_DEGREES: &str = "is not a number of degrees in range";

/// A position that the visitor shared. Personal data, so `Debug` does not show it. Assumed: the unit, decimal degrees,
/// which no page states.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Position {
    /// Longitude in degrees, from -180 to 180; west is negative. Assumed: the unit.
    pub lng: f64,
    /// Latitude in degrees, from -90 to 90; south is negative. Assumed: the unit.
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

/// Both vendor pages print one row, "lng/lat". The vendor's v1 API suggests that it means two parameters, but a single
/// parameter of that name is read as well.
impl Parameter for Position {
    /// Reads the single parameter, longitude first.
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str> {
        let (lng, lat) = split(&text).ok_or("is not a pair of numbers")?;
        Self::of(degrees(lng, 180.0), degrees(lat, 90.0)).ok_or(NO_DEGREES)
    }

    fn take(parameters: &mut Parameters<'_>, names: &[&'static str]) -> Option<Self> {
        let &[lng_name, lat_name, single] = names else { return None };
        let (lng, lat) = (parameters.take(lng_name), parameters.take(lat_name));
        match (&lng, &lat) {
            (Some(_), None) => parameters.note(lat_name, "is missing although there is a longitude"),
            (None, Some(_)) => parameters.note(lng_name, "is missing although there is a latitude"),
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

/// Splits a pair at `/`, blanks or a comma. A comma can be a decimal comma only if another separator splits the pair.
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

/// Reads a finite number of at most this absolute value, with a decimal point or a decimal comma.
fn degrees(text: &str, most: f64) -> Option<f64> {
    let text = text.trim();
    let number = match text.split_once(',') {
        Some((whole, fraction)) => format!("{whole}.{fraction}").parse(),
        None => text.parse(),
    };
    // The comparison is false for NaN and for infinity.
    number.ok().filter(|degrees: &f64| degrees.abs() <= most)
}
