//! The `--store` argument.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use qrhook::{MemoryStore, Store};
use qrhook_sqlite::SqliteStore;

use crate::failure::{Failure, chain};

/// A store, before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    Memory,
    Sqlite(PathBuf),
}

const BUILT_IN: &str = "`memory` and `sqlite:PATH`";

impl FromStr for StoreUrl {
    type Err = String;

    /// An error does not repeat the text: the URL of a server may hold a password.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", "")) => Err("`sqlite:` needs a path, such as `sqlite:qrhook.db`".to_owned()),
            // The file would be in the root folder.
            Some(("sqlite", path)) if path.starts_with("//") => {
                Err("a path follows `sqlite:` as it is, such as `sqlite:qrhook.db` or `sqlite:/var/lib/qrhook.db`"
                    .to_owned())
            }
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some((kind @ ("postgres" | "postgresql" | "redis" | "rediss"), _)) => {
                Err(format!("`{kind}` is not built in; built in are {BUILT_IN}"))
            }
            _ => Err(format!("no such kind of store; built in are {BUILT_IN}")),
        }
    }
}

impl std::fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

impl StoreUrl {
    /// Opens the store.
    pub(crate) fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        match self {
            Self::Memory => Ok(Arc::new(MemoryStore::new())),
            Self::Sqlite(path) => match SqliteStore::open(path) {
                Ok(store) => Ok(Arc::new(store)),
                Err(error) => Err(Failure::failed(chain(&error))),
            },
        }
    }
}
