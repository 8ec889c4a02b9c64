//! Checks a server, from its reply to `INFO`.

use std::collections::{BTreeMap, HashMap};

use redis::{
    ErrorKind, FromRedisValue, RedisResult, Value,
    cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo},
};

use crate::{
    cluster::Cluster,
    error::{ConnectError, Password},
    single::Single,
};

/// The reply to `INFO`. Not `CONFIG GET`, because many hosting providers forbid it.
pub(crate) struct Info(String);

impl Info {
    pub(crate) async fn of(single: &Single) -> RedisResult<Self> {
        Ok(Self(FromRedisValue::from_redis_value(single.ask(&redis::cmd("INFO")).await?)?))
    }

    /// Asks every master of a cluster. Returns the replies by address, and `None` for a master that cannot be reached.
    pub(crate) async fn of_masters(cluster: &Cluster) -> RedisResult<BTreeMap<String, Option<Self>>> {
        // The client asks only the masters that it is connected to.
        let connected = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
        let answer = cluster.connection().route_command(redis::cmd("INFO"), connected).await?;
        let answers: HashMap<String, String> = FromRedisValue::from_redis_value(answer)?;
        let mut masters: BTreeMap<_, _> = cluster.masters().into_iter().map(|server| (server, None)).collect();
        masters.extend(answers.into_iter().map(|(server, text)| (server, Some(Self(text)))));
        Ok(masters)
    }

    pub(crate) fn is_of_a_cluster(&self) -> bool {
        self.field("cluster_enabled") == Some("1")
    }

    /// Returns whether the server keeps its records across a restart, or an error if it cannot be the store.
    pub(crate) fn check(&self, server: &str) -> Result<bool, ConnectError> {
        let server = || server.to_owned();
        if self.field("role") == Some("slave") {
            return Err(ConnectError::Replica { server: server() });
        }
        let missing = |field| {
            let source = format!("its reply to INFO has no {field}").into();
            ConnectError::Unreadable { server: server(), source }
        };
        let policy = self.field("maxmemory_policy").ok_or_else(|| missing("maxmemory_policy"))?;
        if policy != "noeviction" {
            return Err(ConnectError::Evicts { server: server(), policy: policy.to_owned() });
        }
        match self.field("aof_enabled") {
            Some("1") => Ok(true),
            Some("0") => Ok(false),
            _ => Err(missing("aof_enabled")),
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }
}

/// Returns the information of all masters of a cluster, or an error if one of them did not reply.
pub(crate) fn all_masters(said: BTreeMap<String, Option<Info>>) -> Result<Vec<(String, Info)>, ConnectError> {
    let masters = said.into_iter().map(|(server, said)| match said {
        Some(said) => Ok((server, said)),
        None => Err(ConnectError::Unreadable {
            server,
            source: "this master of the cluster cannot be reached, or refuses the user".into(),
        }),
    });
    masters.collect()
}

/// Returns whether a server that refuses `INFO` is a node of a cluster, as far as `HELLO` shows it.
pub(crate) async fn is_of_a_cluster(single: &Single) -> bool {
    let answer = single.ask(&redis::cmd("HELLO")).await.and_then(|answer| {
        let answer: HashMap<String, Value> = FromRedisValue::from_redis_value(answer)?;
        Ok(answer)
    });
    let cluster = Value::BulkString(b"cluster".to_vec());
    answer.is_ok_and(|answer| answer.get("mode") == Some(&cluster))
}

/// The error of a failed `INFO`. A server that replies with a refusal is not unreachable.
pub(crate) fn unreadable(error: &redis::RedisError, server: &str, password: &Password) -> ConnectError {
    match error.kind() {
        ErrorKind::Server(_) | ErrorKind::Extension if error.code() == Some("NOAUTH") => {
            ConnectError::Unauthorized { server: server.to_owned(), source: password.strip(&error.to_string()) }
        }
        ErrorKind::Server(_) | ErrorKind::Extension | ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            ConnectError::Unreadable { server: server.to_owned(), source: password.strip(&error.to_string()) }
        }
        _ => ConnectError::of(error, server, password),
    }
}
