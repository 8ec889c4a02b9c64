//! Welch's t-test, on the fastest part of the measurements.

/// Parts of the measurements, from the fastest. Interrupts make the slowest ones useless, and a small difference shows
/// best where there is little noise.
const PARTS: [f64; 8] = [1.0, 0.999, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25];

/// The difference of two classes.
pub(crate) struct Difference {
    pub(crate) t: f64,
    /// The mean of the first class, and how much more the second one takes, in nanoseconds.
    pub(crate) mean: f64,
    pub(crate) difference: f64,
}

/// Mean and variance in one pass, by Welford's method.
#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let distance = value - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (value - self.mean);
    }

    /// The square of the mean's standard error.
    fn error(&self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

/// The difference in the part in which it is largest.
pub(crate) fn largest(mut times: Vec<(bool, f64)>) -> Difference {
    times.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let parts = PARTS.map(|part| {
        let last = ((times.len() - 1) as f64 * part) as usize;
        let longest = times[last].1;
        let (mut first, mut second) = (Moments::default(), Moments::default());
        // All that are equally long, so that the order of the classes among them does not count.
        for (class, time) in times.iter().take_while(|(_, time)| *time <= longest) {
            if *class { &mut second } else { &mut first }.add(*time);
        }
        let difference = second.mean - first.mean;
        Difference { t: difference / (first.error() + second.error()).sqrt(), mean: first.mean, difference }
    });
    // The fastest part may hold only one class, and then `t` is not a number. The whole holds both.
    let comparable = parts.into_iter().filter(|part| !part.t.is_nan());
    comparable.max_by(|one, other| one.t.abs().total_cmp(&other.t.abs())).expect("times that differ")
}
