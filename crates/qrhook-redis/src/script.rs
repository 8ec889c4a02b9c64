//! The steps as scripts, which the server runs as a whole or not at all.

use std::{sync::LazyLock, time::Duration};

use qrhook::store::{Claim, Outcome, Settled};
use redis::{Cmd, Value};

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("claim.lua")));
static COMMIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("commit.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("release.lua")));

/// A script that tries the commands of the other scripts one by one.
pub(crate) static RIGHTS: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("rights.lua")));

pub(crate) struct Script {
    pub(crate) code: &'static str,
    pub(crate) hash: String,
}

impl Script {
    fn new(code: &'static str) -> Self {
        Self { code, hash: redis::Script::new(code).get_hash().to_owned() }
    }
}

/// One run of a script on the record of a claim.
pub(crate) struct Run<'a> {
    script: &'static Script,
    prefix: &'a str,
    claim: &'a Claim,
}

impl<'a> Run<'a> {
    pub(crate) fn claim(prefix: &'a str, claim: &'a Claim) -> Self {
        Self { script: &CLAIM, prefix, claim }
    }

    pub(crate) fn commit(prefix: &'a str, claim: &'a Claim) -> Self {
        Self { script: &COMMIT, prefix, claim }
    }

    pub(crate) fn release(prefix: &'a str, claim: &'a Claim) -> Self {
        Self { script: &RELEASE, prefix, claim }
    }

    /// Runs a script that the server already knows.
    pub(crate) fn by_hash(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    /// Runs a script and makes it known to the server. A `SCRIPT LOAD` would go to every node of a cluster, and one of
    /// them may be down.
    pub(crate) fn in_full(&self) -> Cmd {
        self.command("EVAL", self.script.code)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        const ARGUMENTS: usize = 8;
        const BYTES: usize = 256;
        let Self { prefix, claim, .. } = self;
        let mut command = Cmd::with_capacity(ARGUMENTS, BYTES.saturating_add(script.len()));
        command.arg(name).arg(script).arg(1).arg(format!("{prefix}{}", claim.key()));
        // The arguments are the same for every script. Each uses those that it needs, from the left.
        let terms = claim.terms();
        command.arg(&claim.owner().as_bytes()[..]).arg(millis(terms.retention()));
        command.arg(millis(terms.lease())).arg(terms.occurrence());
        command
    }
}

/// Returns the outcome of a claim, or `None` for an unexpected reply, which never counts as success.
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
        Value::Int(1) => Settled::Applied,
        Value::Int(2) => Settled::Lost,
        _ => return None,
    })
}

/// The duration in milliseconds, rounded up: a lease or retention is never shorter than requested.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
