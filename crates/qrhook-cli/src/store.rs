//! The `--store` argument.

use std::{error::Error, fmt, path::PathBuf, str::FromStr, sync::Arc};

use qrhook::{MemoryStore, Store};
use qrhook_postgres::PostgresStore;
use qrhook_redis::RedisStore;
use qrhook_sqlite::SqliteStore;

use crate::{
    failure::{Failure, chain},
    limits::Limits,
};

/// A store that is not open yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    Memory,
    Sqlite(PathBuf),
    Postgres(ServerUrl),
    Redis(ServerUrl),
}

/// The URL of a server. It may contain a password, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerUrl(String);

const BUILT_IN: &str = "`memory`, `sqlite:PATH`, `postgres://..` and `redis://..`";

impl FromStr for StoreUrl {
    type Err = String;

    /// The error does not repeat a URL, which may contain a password.
    fn from_str(text: &str) -> Result<Self, String> {
        let server = || ServerUrl(text.to_owned());
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", "")) => Err("`sqlite:` needs a path, such as `sqlite:qrhook.db`".to_owned()),
            // The file would be in the root directory.
            Some(("sqlite", path)) if path.starts_with("//") => {
                Err("a path follows `sqlite:` as it is, without `//`, such as `sqlite:qrhook.db` or `sqlite:/var/lib/qrhook.db`"
                    .to_owned())
            }
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Self::Postgres(server())),
            Some(("redis" | "rediss", rest)) if rest.starts_with("//") => Ok(Self::Redis(server())),
            Some((kind @ ("postgres" | "postgresql" | "redis" | "rediss"), _)) => {
                Err(format!("`{kind}:` needs a server, such as `{kind}://user@localhost`"))
            }
            // Only what looks like a path is repeated: anything else may contain a password.
            None if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./\\".contains(&byte)) => Err(format!("no such kind of store; did you mean `sqlite:{text}`? Built in are {BUILT_IN}")),
            _ => Err(format!("no such kind of store; built in are {BUILT_IN}")),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres"),
            Self::Redis(_) => f.write_str("redis"),
        }
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerUrl")
    }
}

impl StoreUrl {
    /// Opens the store.
    pub(crate) async fn open(&self, limits: Limits) -> Result<Arc<dyn Store>, Failure> {
        let (sqlite, postgres, redis) = (SqliteStore::options(), PostgresStore::options(), RedisStore::options());
        let (sqlite, postgres, redis) = match limits.patience() {
            Some(time) => (sqlite.with_busy_timeout(time), postgres.with_step_time(time), redis.with_step_time(time)),
            None => (sqlite, postgres, redis),
        };
        match self {
            Self::Memory => Ok(Arc::new(MemoryStore::new())),
            Self::Sqlite(path) => shared(sqlite.open(path)),
            Self::Postgres(ServerUrl(url)) => shared(postgres.connect(url).await),
            Self::Redis(ServerUrl(url)) => shared(redis.connect(url).await),
        }
    }
}

fn shared(opened: Result<impl Store, impl Error + 'static>) -> Result<Arc<dyn Store>, Failure> {
    match opened {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(Failure::failed(format!("cannot open the store: {}", chain(&error)))),
    }
}
