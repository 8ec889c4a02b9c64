//! A check that the user has the rights for the steps.

use std::time::Duration;

use qrhook::store::{Claim, Key, StoreError, Terms};
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value};

use crate::{
    error::{ConnectError, Password},
    script::RIGHTS,
    single::Single,
};

/// The codes of temporary refusals.
const PASSING: [&str; 12] = [
    "ASK",
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "MISCONF",
    "MOVED",
    "NOREPLICAS",
    "NOSCRIPT",
    "OOM",
    "READONLY",
    "TRYAGAIN",
];

/// A trial of the rights on one server.
pub(crate) struct Trial<'a> {
    pub(crate) server: &'a str,
    pub(crate) password: &'a Password,
    pub(crate) prefix: &'a str,
}

impl Trial<'_> {
    /// Tries all commands of the steps on a record that expires at once. A temporary refusal is ignored: the steps
    /// themselves report a server that is gone or full.
    pub(crate) async fn steps(&self, single: &Single, key: &str) -> Result<(), ConnectError> {
        let told = self.pass(single.ask(&run("EVAL", RIGHTS.code, key)).await)?;
        let told = told.and_then(|told| <Vec<(String, String)>>::from_redis_value(told).ok()).unwrap_or_default();
        let refused: Vec<_> = told.iter().filter(|(_, why)| !PASSING.iter().any(|code| why.contains(code))).collect();
        if let [(_, why), ..] = refused.as_slice() {
            let commands: Vec<_> = refused.iter().map(|(command, _)| command.as_str()).collect();
            return Err(self.missing(&format!("{}: {why}", commands.join(", "))));
        }
        self.pass(single.ask(&run("EVALSHA", &RIGHTS.hash, key)).await).map(drop)
    }

    /// Tries the commands that the client of a cluster sends to its nodes. Returns the reply to `CLUSTER SLOTS`, if
    /// any.
    pub(crate) async fn cluster(&self, single: &Single) -> Result<Option<Value>, ConnectError> {
        self.pass(single.ask(&redis::cmd("PING")).await)?;
        let mut slots = redis::cmd("CLUSTER");
        slots.arg("SLOTS");
        self.pass(single.ask(&slots).await)
    }

    /// The error of a failed connection.
    pub(crate) fn failure(&self, error: &RedisError) -> ConnectError {
        let said = error.to_string();
        // For a refused SELECT, the client keeps the message and not the code.
        let is_refusal = error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm) || said.contains("no permissions");
        if is_refusal { self.missing(&said) } else { ConnectError::of(error, self.server, self.password) }
    }

    fn pass(&self, answer: RedisResult<Value>) -> Result<Option<Value>, ConnectError> {
        let is_passing = |error: &RedisError| match error.kind() {
            ErrorKind::Server(_) | ErrorKind::Extension => error.code().is_some_and(|code| PASSING.contains(&code)),
            _ => true,
        };
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if is_passing(&error) => Ok(None),
            Err(error) => Err(self.missing(&error.to_string())),
        }
    }

    fn missing(&self, said: &str) -> ConnectError {
        let prefix = self.prefix;
        ConnectError::MissingPrivilege {
            server: self.server.to_owned(),
            needed: format!(
                "~{prefix}* +info +evalsha +eval +time +hmget +hset +hdel +pexpireat +del, in a cluster also \
                 +cluster|slots +ping, and for a database other than 0 +select"
            ),
            source: self.password.strip(said),
        }
    }
}

fn run(command: &str, script: &str, key: &str) -> Cmd {
    let mut run = redis::cmd(command);
    run.arg(script).arg(1).arg(key);
    run
}

/// Returns keys that no event has. They differ for each program that starts.
pub(crate) fn keys(prefix: &str) -> Result<impl Iterator<Item = String>, StoreError> {
    let terms = Terms::new(Duration::from_secs(1), Duration::from_secs(1), 0).map_err(StoreError::unavailable)?;
    let random = Claim::new(Key::new("", "", b""), terms)?.owner();
    Ok((0_u32..).map(move |number| {
        let id = [&random.as_bytes()[..], &number.to_be_bytes()].concat();
        format!("{prefix}{}", Key::new("", "", &id))
    }))
}
