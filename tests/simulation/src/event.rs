//! The events of a world, and what their senders and handlers will do with them.

use std::time::Duration;

use fastrand::Rng;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sender {
    QrStudio,
    CodeQr,
    QrPlanet,
}

impl Sender {
    pub(crate) const ALL: [Self; 3] = [Self::QrStudio, Self::CodeQr, Self::QrPlanet];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::QrStudio => "qrstudio",
            Self::CodeQr => "codeqr",
            Self::QrPlanet => "qrplanet",
        }
    }

    /// The pauses before the second and each further attempt, as the platforms document them. CodeQR repeats the last
    /// one until its hook is disabled at the 20th failure; QR Planet documents no retries.
    pub(crate) fn pauses(self) -> impl Iterator<Item = Duration> {
        const DAY: u64 = 24 * 3600;
        let pauses: &[u64] = match self {
            Self::QrStudio => &[60, 300, 1800, 7200],
            Self::CodeQr => &[12, 148, 1808, 22_026],
            Self::QrPlanet => &[],
        };
        let daily = if self == Self::CodeQr { 15 } else { 0 };
        pauses.iter().copied().chain(std::iter::repeat_n(DAY, daily)).map(Duration::from_secs)
    }
}

/// What one run of a handler does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It succeeds after this time. Beyond its limit, it is stopped before.
    Succeed(Duration),
    /// It fails after this time, with this status.
    Fail(Duration, u16),
    /// It panics after this time.
    Panic(Duration),
}

/// What one attempt of a sender is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// The time until the body is complete.
    pub(crate) body: Duration,
    /// The time after which the client leaves without waiting for the response.
    pub(crate) leaves: Option<Duration>,
    /// Whether the same request is sent twice at once.
    pub(crate) twice: bool,
}

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) sender: Sender,
    /// The time of its first attempt, in the world.
    pub(crate) at: Duration,
    /// Whether a stranger sends it, without the secret.
    pub(crate) forged: bool,
    /// Whether every attempt has the signed time of the first one.
    pub(crate) keeps_time: bool,
    /// A copy that arrives this long after the event was acknowledged.
    pub(crate) copy: Option<Duration>,
    rng: Rng,
}

/// The length of a world: the time in which first attempts are made.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

fn seconds(rng: &mut Rng, from: f64, to: f64) -> Duration {
    Duration::from_secs_f64(from + rng.f64() * (to - from))
}

fn one_in(rng: &mut Rng, number: u32) -> bool {
    rng.u32(0..number) == 0
}

impl Event {
    /// Many events arrive shortly before one of these moments, at which something happens to the program or its store.
    pub(crate) fn random(mut rng: Rng, moments: &[Duration]) -> Self {
        let sender = Sender::ALL[rng.usize(0..Sender::ALL.len())];
        let forged = one_in(&mut rng, 20);
        let most = match sender {
            // Within the window of a durable store, and of the retention in any store.
            Sender::QrStudio => 9000.0,
            Sender::CodeQr => 2.5 * 24.0 * 3600.0,
            Sender::QrPlanet => 3600.0,
        };
        let copy = (!forged && one_in(&mut rng, 10)).then(|| seconds(&mut rng, 0.0, most));
        let at = if rng.bool() {
            let moment = moments[rng.usize(0..moments.len())];
            moment.saturating_sub(seconds(&mut rng, 0.0, 20.0)) + seconds(&mut rng, 0.0, 5.0)
        } else {
            seconds(&mut rng, 0.0, DAY.as_secs_f64())
        };
        Self { sender, at, forged, keeps_time: rng.bool(), copy, rng }
    }

    /// What the handler does at its run of this number, from 0.
    pub(crate) fn deed(&self, run: usize) -> Deed {
        let rng = &mut self.numbers(1, run);
        let soon = seconds(rng, 0.0, 0.5);
        match rng.u32(0..100) {
            0..70 => Deed::Succeed(Duration::ZERO),
            70..84 => Deed::Succeed(soon),
            84..88 => Deed::Succeed(seconds(rng, 4.0, 19.0)),
            88..90 => Deed::Succeed(seconds(rng, 20.5, 90.0)),
            90..96 => Deed::Fail(soon, [500, 503, 302, 410, 422][rng.usize(0..5)]),
            96..98 => Deed::Fail(seconds(rng, 4.0, 19.0), 500),
            _ => Deed::Panic(soon),
        }
    }

    /// What the attempt of this number is like, from 0.
    pub(crate) fn way(&self, attempt: usize) -> Way {
        let rng = &mut self.numbers(2, attempt);
        let body = match rng.u32(0..100) {
            0..90 => Duration::ZERO,
            90..99 => seconds(rng, 0.0, 2.5),
            _ => seconds(rng, 3.5, 6.0),
        };
        let leaves = one_in(rng, 30).then(|| body + seconds(rng, 0.0, 4.0));
        Way { body, leaves, twice: one_in(rng, 30) }
    }

    /// Numbers that do not depend on the order in which things happen.
    fn numbers(&self, stream: u64, number: usize) -> Rng {
        let seed = self.rng.get_seed() ^ (stream << 56) ^ (u64::try_from(number).unwrap() << 40);
        let mut rng = Rng::with_seed(seed);
        Rng::with_seed(rng.u64(..))
    }
}
