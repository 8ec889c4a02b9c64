//! The secrets of a running receiver, which follow their file.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use qrhook::{Secret, Secrets, Tenants, UnixTime};
use sha2::{Digest, Sha256};

use crate::{
    failure::Failure,
    secrets_file::{Entry, SecretsFile},
    sender::Sender,
    senders::Senders,
    signals::Hangups,
    toml_file,
};

/// The interval at which the file is looked at. It is read, because neither its time nor its size shows every change,
/// and because a mounted secret changes by a link.
const LOOK: Duration = Duration::from_secs(1);

/// The secrets of one sender.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// Those of the hook without tenants. `None` if it has none.
    pub(crate) secrets: Option<Secrets>,
    /// Those of the tenants. `None` if there are none.
    pub(crate) tenants: Option<Tenants>,
}

/// The secrets of all senders in a file.
pub(crate) struct LiveSecrets {
    path: PathBuf,
    /// The senders that the file may name.
    known: Senders,
    senders: BTreeMap<Sender, Live>,
    changes: Changes,
}

/// The digests of the file at the last looks, whether it was usable or not.
struct Changes {
    applied: [u8; 32],
    seen: [u8; 32],
}

impl Changes {
    const fn after(digest: [u8; 32]) -> Self {
        Self { applied: digest, seen: digest }
    }

    /// Whether the file is to be applied: at once if somebody asks for it, and otherwise if it has changed and was the
    /// same at the look before. A file that is still being written lacks secrets.
    fn look(&mut self, digest: [u8; 32], is_asked: bool) -> bool {
        let is_settled = digest == std::mem::replace(&mut self.seen, digest);
        let is_due = is_asked || (is_settled && digest != self.applied);
        if is_due {
            self.applied = digest;
        }
        is_due
    }
}

impl From<Secrets> for Keys {
    fn from(secrets: Secrets) -> Self {
        Self { secrets: Some(secrets), tenants: None }
    }
}

struct Live {
    keys: Keys,
    /// The secrets of each tenant.
    tenants: BTreeMap<String, Secrets>,
}

impl LiveSecrets {
    /// Reads the file, for these of the known senders; all senders in the file if none is named.
    pub(crate) fn read(path: &Path, known: Senders, senders: &[Sender]) -> Result<Self, Failure> {
        let text = toml_file::read(path)?;
        let (file, digest) = (SecretsFile::of(&text, path, &known)?, digest(&text));
        let named: BTreeSet<Sender> = file.hooks.keys().map(|(sender, _)| *sender).collect();
        if let Some(missing) = senders.iter().find(|sender| !named.contains(sender)) {
            return Err(Failure::usage(format!("{} has no secret of {}", path.display(), missing.name())));
        }
        let is_on = |sender: &Sender| senders.is_empty() || senders.contains(sender);
        let mut this = Self { path: path.to_owned(), known, senders: BTreeMap::new(), changes: Changes::after(digest) };
        for sender in named.into_iter().filter(is_on) {
            let secrets = match file.hooks.get(&(sender, None)) {
                Some(entries) => {
                    Some(Secrets::new(secrets(entries)).map_err(|error| Failure::usage(error.to_string()))?)
                }
                None => None,
            };
            // The tenants have a path even if there are none yet.
            let keys = Keys { secrets, tenants: Some(Tenants::listed([])) };
            this.senders.insert(sender, Live { keys, tenants: BTreeMap::new() });
        }
        this.apply(&file)?;
        Ok(this)
    }

    /// The senders that are on, with their secrets. They follow the file.
    pub(crate) fn keys(&self) -> Vec<(Sender, Keys)> {
        self.senders.iter().map(|(sender, live)| (*sender, live.keys.clone())).collect()
    }

    /// Follows the file for as long as the program runs. A file that cannot be used changes nothing.
    pub(crate) async fn follow(mut self, mut hangups: Hangups) {
        loop {
            let is_asked = tokio::select! {
                () = hangups.next() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let path = self.path.clone();
            let text = tokio::task::spawn_blocking(move || toml_file::read(&path)).await;
            let Ok(text) = text else { return ended() };
            let digest = text.as_ref().map_or_else(|error| digest(&error.to_string()), |text| digest(text));
            if !self.changes.look(digest, is_asked) {
                continue;
            }
            let (path, known) = (self.path.clone(), self.known.clone());
            let file = tokio::task::spawn_blocking(move || SecretsFile::of(&text?, &path, &known)).await;
            let Ok(file) = file else { return ended() };
            match file.and_then(|file| self.apply(&file)) {
                Ok(()) => self.report(),
                Err(error) => {
                    tracing::error!(%error, "the secrets stay as they are, because their file cannot be used")
                }
            }
        }
    }

    fn apply(&mut self, file: &SecretsFile) -> Result<(), Failure> {
        let mut all: BTreeMap<_, _> =
            file.hooks.iter().map(|(hook, entries)| (hook.clone(), secrets(entries))).collect();
        for (sender, tenant) in all.keys() {
            let is_on = self.senders.contains_key(sender);
            let has_hook = tenant.is_some() || self.senders.get(sender).is_some_and(|live| live.keys.secrets.is_some());
            if !is_on || !has_hook {
                let sender = sender.name();
                tracing::warn!(
                    sender,
                    "the file has secrets for a hook that is off: restart the program to turn it on"
                );
            }
        }
        for (sender, live) in &mut self.senders {
            if let Some(secrets) = &live.keys.secrets {
                let new = all.remove(&(*sender, None)).unwrap_or_else(|| {
                    let sender = sender.name();
                    tracing::warn!(sender, "the file has no secret of this hook any more, which refuses every request");
                    Vec::new()
                });
                replace(secrets, new)?;
            }
            let is_ours = |(owner, _): &(Sender, Option<String>)| owner == sender;
            let ours: Vec<_> = all.keys().filter(|key| is_ours(key)).cloned().collect();
            let mut tenants = BTreeMap::new();
            for key in ours {
                let (Some(new), (_, Some(name))) = (all.remove(&key), key) else { continue };
                let secrets = match live.tenants.get(&name) {
                    Some(secrets) => {
                        replace(secrets, new)?;
                        secrets.clone()
                    }
                    None => Secrets::new(new).map_err(|error| Failure::usage(error.to_string()))?,
                };
                tenants.insert(name, secrets);
            }
            if let Some(list) = &live.keys.tenants {
                list.replace(tenants.clone());
            }
            live.tenants = tenants;
        }
        Ok(())
    }

    /// Logs the secrets of each hook that has several, and how much each was used: the old one can go when it is not.
    fn report(&self) {
        for (sender, live) in &self.senders {
            let sender = sender.name();
            let hook = live.keys.secrets.iter().map(|secrets| (None, secrets));
            let tenants = live.tenants.iter().map(|(name, secrets)| (Some(name.as_str()), secrets));
            for (tenant, secrets) in hook.chain(tenants) {
                let usage = secrets.usage();
                for usage in usage.iter().filter(|_| usage.len() > 1) {
                    let last_match = usage.last_match.map(UnixTime::with_date);
                    let not_after = usage.not_after.map(UnixTime::with_date);
                    let (label, matches) = (usage.label.as_deref(), usage.matches);
                    tracing::info!(
                        sender,
                        tenant,
                        label,
                        matches,
                        last_match,
                        not_after,
                        "one of several secrets of this hook"
                    );
                }
            }
        }
        tracing::info!(file = %self.path.display(), "the secrets were read again");
    }
}

fn ended() {
    tracing::error!("the file of secrets is not followed any more: restart the program after a change");
}

/// Replaces the secrets of a hook. Without any, one that nobody knows takes their place.
fn replace(secrets: &Secrets, new: Vec<Secret>) -> Result<(), Failure> {
    let new = if new.is_empty() { vec![nobodys()?] } else { new };
    secrets.replace(new).map_err(|error| Failure::failed(error.to_string()))
}

fn nobodys() -> Result<Secret, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::failed(error.to_string()))?;
    Secret::new(&const_hex::encode(bytes)).map_err(|error| Failure::failed(error.to_string()))
}

fn secrets(entries: &[Entry]) -> Vec<Secret> {
    entries.iter().map(|entry| entry.secret.clone()).collect()
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_still_being_written_is_not_applied() {
        let [old, half, new] = [[0; 32], [1; 32], [2; 32]];
        let mut changes = Changes::after(old);
        assert!(!changes.look(old, false), "unchanged");
        assert!(!changes.look(half, false));
        assert!(!changes.look(new, false), "it changed since the last look");
        assert!(changes.look(new, false));
        assert!(!changes.look(new, false), "applied");
        assert!(changes.look(new, true), "asked for");
        assert!(changes.look(half, true), "asked for, at once");
        assert!(!changes.look(half, false));
    }
}
