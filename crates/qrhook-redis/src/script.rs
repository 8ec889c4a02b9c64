//! The steps as scripts, which the server runs whole or not at all.

use std::{sync::LazyLock, time::Duration};

use qrhook::store::{Claim, Outcome, Settled};
use redis::{Cmd, Value};

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("claim.lua")));
static COMMIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("commit.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("release.lua")));

struct Script {
    code: &'static str,
    hash: String,
}

impl Script {
    fn new(code: &'static str) -> Self {
        Self { code, hash: redis::Script::new(code).get_hash().to_owned() }
    }
}

/// One run of a script on one record.
pub(crate) struct Run {
    script: &'static Script,
    key: String,
    arguments: Vec<Vec<u8>>,
}

impl Run {
    pub(crate) fn claim(prefix: &str, claim: &Claim) -> Self {
        let terms = claim.terms();
        Self::new(&CLAIM, prefix, claim, &[millis(terms.lease()), millis(terms.retention()), terms.occurrence().into()])
    }

    pub(crate) fn commit(prefix: &str, claim: &Claim) -> Self {
        Self::new(&COMMIT, prefix, claim, &[millis(claim.terms().retention())])
    }

    pub(crate) fn release(prefix: &str, claim: &Claim) -> Self {
        Self::new(&RELEASE, prefix, claim, &[])
    }

    fn new(script: &'static Script, prefix: &str, claim: &Claim, numbers: &[u64]) -> Self {
        let numbers = numbers.iter().map(|number| number.to_string().into_bytes());
        let arguments = std::iter::once(claim.owner().as_bytes().to_vec()).chain(numbers).collect();
        Self { script, key: format!("{prefix}{}", claim.key()), arguments }
    }

    /// The run of a script that the server knows.
    pub(crate) fn by_hash(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    /// The run that also makes the script known. Not a `SCRIPT LOAD` before it: that goes to every node of a cluster,
    /// and one of them may be down.
    pub(crate) fn in_full(&self) -> Cmd {
        self.command("EVAL", self.script.code)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(1).arg(&self.key).arg(&self.arguments);
        command
    }
}

/// What the claim found. None of the known answers is none: never taken for a success.
pub(crate) fn outcome(answer: &Value, claim: Claim) -> Option<Outcome> {
    Some(match answer {
        Value::Int(1) => Outcome::Acquired(claim),
        Value::Int(2) => Outcome::InFlight,
        Value::Int(3) => Outcome::Done { same_occurrence: true },
        Value::Int(4) => Outcome::Done { same_occurrence: false },
        _ => return None,
    })
}

pub(crate) const fn settled(answer: &Value) -> Option<Settled> {
    Some(match answer {
        Value::Int(1) => Settled::Settled,
        Value::Int(2) => Settled::Lost,
        _ => return None,
    })
}

/// Whole milliseconds, rounded up: no lease and no retention is shorter than it was asked for.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
