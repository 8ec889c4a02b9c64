//! The way to the server.

use redis::{Cmd, RedisResult, Value, cluster_async::ClusterConnection};

use crate::single::Single;

/// The way to a server, or to a cluster.
pub(crate) enum Link {
    Single(Single),
    /// Its client follows the slots, and connects to its nodes again, by itself.
    Cluster(ClusterConnection),
}

impl Link {
    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Single(single) => single.ask(command).await,
            Self::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        }
    }
}
