//! Conversions to the times of other libraries. Each method ends with the name of its feature, so that several versions
//! of one library can be enabled at once.

#[cfg(any(feature = "chrono_0_4", feature = "jiff_0_2", feature = "jiff_1", feature = "time_0_3"))]
use super::Timestamp;

/// Conversions to [`chrono`](::chrono_0_4).
#[cfg(feature = "chrono_0_4")]
impl Timestamp {
    /// The moment as a `chrono` type. `None` if the string is not a moment, or `chrono` cannot represent it.
    pub fn to_chrono_0_4(&self) -> Option<::chrono_0_4::DateTime<::chrono_0_4::Utc>> {
        let nanos = self.unix_nanos()?.rem_euclid(1_000_000_000);
        ::chrono_0_4::DateTime::from_timestamp(self.unix()?.as_secs(), u32::try_from(nanos).ok()?)
    }

    /// The date and time of a string without a zone, as a `chrono` type.
    pub fn to_chrono_0_4_local(&self) -> Option<::chrono_0_4::NaiveDateTime> {
        let at = self.local()?;
        ::chrono_0_4::NaiveDate::from_ymd_opt(at.year.into(), at.month.into(), at.day.into())?.and_hms_nano_opt(
            at.hour.into(),
            at.minute.into(),
            at.second.into(),
            at.nanosecond,
        )
    }
}

/// Conversions to `jiff` 0.2.
#[cfg(feature = "jiff_0_2")]
impl Timestamp {
    /// The moment as a `jiff` 0.2 type. `None` if the string is not a moment, or `jiff` cannot represent it.
    pub fn to_jiff_0_2(&self) -> Option<::jiff_0_2::Timestamp> {
        ::jiff_0_2::Timestamp::from_nanosecond(self.unix_nanos()?).ok()
    }

    /// The date and time of a string without a zone, as a `jiff` 0.2 type.
    pub fn to_jiff_0_2_local(&self) -> Option<::jiff_0_2::civil::DateTime> {
        let at = self.local()?;
        let small = |number: u8| i8::try_from(number).ok();
        ::jiff_0_2::civil::DateTime::new(
            at.year,
            small(at.month)?,
            small(at.day)?,
            small(at.hour)?,
            small(at.minute)?,
            small(at.second)?,
            i32::try_from(at.nanosecond).ok()?,
        )
        .ok()
    }
}

/// Conversions to [`jiff`] 1.
#[cfg(feature = "jiff_1")]
impl Timestamp {
    /// The moment as a `jiff` 1 type. `None` as for [`unix`](Self::unix).
    pub fn to_jiff_1(&self) -> Option<jiff::Timestamp> {
        self.instant()
    }

    /// The date and time of a string without a zone, as a `jiff` 1 type.
    pub fn to_jiff_1_local(&self) -> Option<jiff::civil::DateTime> {
        self.local_datetime()
    }
}

/// Conversions to [`time`](::time_0_3).
#[cfg(feature = "time_0_3")]
impl Timestamp {
    /// The moment as a `time` type. `None` if the string is not a moment, or `time` cannot represent it.
    pub fn to_time_0_3(&self) -> Option<::time_0_3::OffsetDateTime> {
        ::time_0_3::OffsetDateTime::from_unix_timestamp_nanos(self.unix_nanos()?).ok()
    }

    /// The date and time of a string without a zone, as a `time` type.
    pub fn to_time_0_3_local(&self) -> Option<::time_0_3::PrimitiveDateTime> {
        let at = self.local()?;
        let date = ::time_0_3::Date::from_calendar_date(at.year.into(), at.month.try_into().ok()?, at.day).ok()?;
        let clock = ::time_0_3::Time::from_hms_nano(at.hour, at.minute, at.second, at.nanosecond).ok()?;
        Some(::time_0_3::PrimitiveDateTime::new(date, clock))
    }
}
