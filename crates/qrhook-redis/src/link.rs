//! The link to a server or cluster.

use redis::{Cmd, RedisResult, Value};

use crate::{cluster::Cluster, single::Single};

/// The link to a server or to a cluster.
pub(crate) enum Link {
    Single(Single),
    Cluster(Cluster),
}

impl Link {
    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Single(single) => single.ask(command).await,
            Self::Cluster(cluster) => cluster.ask(command).await,
        }
    }
}
