//! The responses, counted in a fixed amount of memory.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::client::Answer;

/// The responses by status, and their times.
#[derive(Debug, Default)]
pub(super) struct Tally {
    answers: BTreeMap<String, u64>,
    not_2xx: u64,
    times: Times,
}

impl Tally {
    pub(super) fn add(&mut self, answer: Answer, time: Duration) {
        let succeeded = matches!(&answer, Answer::Status(status) if status.is_success());
        self.not_2xx = self.not_2xx.saturating_add(u64::from(!succeeded));
        let count = self.answers.entry(answer.to_string()).or_default();
        *count = count.saturating_add(1);
        self.times.add(time);
    }

    /// Whether all responses were 2xx.
    pub(super) fn all_succeeded(&self) -> bool {
        self.not_2xx == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nresponse   count")?;
        for (answer, count) in &self.answers {
            writeln!(f, "{answer:<6} {count:>9}")?;
        }
        write!(f, "\ntime in ms:")?;
        for (name, percent) in [("p50", 50), ("p90", 90), ("p99", 99), ("max", 100)] {
            write!(f, "  {name} {:.2}", self.times.percentile(percent).as_secs_f64() * 1000.0)?;
        }
        writeln!(f)
    }
}

/// Durations in classes of at most 3 % width; below 32 us, one class for each microsecond.
#[derive(Debug, Default)]
struct Times {
    /// The number of durations by class, whose key is its greatest number of microseconds.
    classes: BTreeMap<u64, u64>,
    max: Duration,
}

impl Times {
    fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        // All bits but the six leading ones are set, which gives the greatest value of the class.
        let class = micros | u64::MAX.checked_shr(micros.leading_zeros().saturating_add(6)).unwrap_or(0);
        let count = self.classes.entry(class).or_default();
        *count = count.saturating_add(1);
        self.max = self.max.max(time);
    }

    /// A duration that this percentage of the durations does not exceed.
    fn percentile(&self, percent: u64) -> Duration {
        let total = self.classes.values().fold(0_u64, |total, count| total.saturating_add(*count));
        let wanted = total.saturating_mul(percent).div_ceil(100);
        let mut seen = 0_u64;
        let class = self.classes.iter().find(|(_, count)| {
            seen = seen.saturating_add(**count);
            seen >= wanted
        });
        class.map_or(self.max, |(micros, _)| Duration::from_micros(*micros).min(self.max))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn percentiles_are_close_and_never_above_the_greatest() {
        let mut times = Times::default();
        for micros in 1..=10_000 {
            times.add(Duration::from_micros(micros));
        }
        for (percent, exact) in [(50, 5_000), (90, 9_000), (99, 9_900), (100, 10_000)] {
            let micros = times.percentile(percent).as_micros();
            assert!((exact..=exact + exact / 30).contains(&micros), "{percent}: {micros}");
        }
        assert_eq!(times.percentile(100), Duration::from_micros(10_000));
        assert!(times.classes.len() < 400, "{} classes", times.classes.len());
        assert_eq!(Times::default().percentile(50), Duration::ZERO);
    }

    #[test]
    fn one_response_that_is_not_2xx_is_a_failure() {
        let mut tally = Tally::default();
        tally.add(Answer::Status(StatusCode::NO_CONTENT), Duration::from_millis(1));
        assert!(tally.all_succeeded());
        for answer in [Answer::Status(StatusCode::FOUND), Answer::Timeout, Answer::Failed] {
            let mut tally = Tally::default();
            tally.add(answer.clone(), Duration::from_millis(1));
            assert!(!tally.all_succeeded(), "{answer}");
        }
    }
}
