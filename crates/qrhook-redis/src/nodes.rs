//! The nodes of a cluster, as listed by one of them.

use std::collections::{BTreeMap, BTreeSet};

use redis::{
    Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, RedisResult, Value,
    cluster_async::ClusterConnection,
    cluster_routing::{RoutingInfo, SingleNodeRoutingInfo},
};

/// The number of slots of a cluster.
const SLOTS: u16 = 16_384;

/// Returns the slot of a key, according to the
/// [specification](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).
pub(crate) fn slot(key: &str) -> i64 {
    let tag = key.split_once('{').and_then(|(_, behind)| behind.split_once('}')).map(|(tag, _)| tag);
    let tag = tag.filter(|tag| !tag.is_empty()).unwrap_or(key);
    i64::from(crc16::State::<crc16::XMODEM>::calculate(tag.as_bytes()) % SLOTS)
}

/// The nodes that have slots or are replicas of such nodes.
pub(crate) struct Nodes {
    all: Vec<Node>,
    /// The master of each range of slots.
    masters: BTreeMap<[i64; 2], Node>,
}

#[derive(Clone, PartialEq)]
struct Node {
    host: String,
    port: u16,
}

impl Nodes {
    /// Asks a node of the cluster. `info` is the address that the store was given.
    pub(crate) async fn of(cluster: &ClusterConnection, info: &ConnectionInfo) -> RedisResult<Self> {
        let mut command = Cmd::new();
        command.arg("CLUSTER").arg("SLOTS");
        let anybody = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
        Self::read(cluster.clone().route_command(command, anybody).await?, info)
    }

    /// Parses the reply to `CLUSTER SLOTS`.
    pub(crate) fn read(answer: Value, info: &ConnectionInfo) -> RedisResult<Self> {
        let ranges: Vec<Vec<Value>> = FromRedisValue::from_redis_value(answer)?;
        let mut nodes = Self { all: Vec::new(), masters: BTreeMap::new() };
        for range in ranges {
            nodes.add(&range, info).ok_or((ErrorKind::Parse, "the reply to CLUSTER SLOTS cannot be read"))?;
        }
        Ok(nodes)
    }

    fn add(&mut self, range: &[Value], info: &ConnectionInfo) -> Option<()> {
        let [Value::Int(first), Value::Int(last), nodes @ ..] = range else { return None };
        // The master comes first.
        self.masters.insert([*first, *last], Node::read(nodes.first()?, info)?);
        for node in nodes {
            let node = Node::read(node, info)?;
            if !self.all.contains(&node) {
                self.all.push(node);
            }
        }
        Some(())
    }

    /// Returns the address of every master, with a key that belongs to it. A master to which none of the first `KEYS`
    /// keys belongs is left out: it has next to no slots, or the prefix puts all records into a slot of another master.
    pub(crate) fn masters_of(
        &self,
        keys: impl Iterator<Item = String>,
        info: &ConnectionInfo,
    ) -> BTreeMap<String, (ConnectionInfo, String)> {
        const KEYS: usize = 1 << 16;
        let masters = self.masters().collect::<BTreeSet<_>>().len();
        let mut found = BTreeMap::new();
        for key in keys.take(KEYS) {
            if let Some(node) = self.master_of(slot(&key)) {
                found.entry(node.name()).or_insert_with(|| (info.clone().set_addr(node.address(info.addr())), key));
            }
            if found.len() == masters {
                break;
            }
        }
        found
    }

    fn master_of(&self, slot: i64) -> Option<&Node> {
        let ([_, last], node) = self.masters.range(..=[slot, i64::MAX]).next_back()?;
        (slot <= *last).then_some(node)
    }

    pub(crate) fn masters(&self) -> impl Iterator<Item = String> {
        self.masters.values().map(Node::name)
    }

    /// Returns whether every slot has a master.
    pub(crate) fn are_complete(&self) -> bool {
        let slots = |[first, last]: &[i64; 2]| last.saturating_sub(*first).saturating_add(1);
        self.masters.keys().map(slots).fold(0, i64::saturating_add) == i64::from(SLOTS)
    }

    /// Returns whether every slot has the same master in both.
    pub(crate) fn agree_with(&self, other: &Self) -> bool {
        self.masters == other.masters
    }

    /// Returns the addresses of all nodes, with the settings of the given address.
    pub(crate) fn addresses(&self, info: &ConnectionInfo) -> Vec<ConnectionInfo> {
        self.all.iter().map(|node| info.clone().set_addr(node.address(info.addr()))).collect()
    }
}

impl Node {
    fn read(node: &Value, info: &ConnectionInfo) -> Option<Self> {
        let Value::Array(parts) = node else { return None };
        let [host, Value::Int(port), ..] = parts.as_slice() else { return None };
        let host = match host {
            Value::BulkString(host) => String::from_utf8(host.clone()).ok()?,
            Value::Nil => String::new(),
            _ => return None,
        };
        // A node that does not know its own address leaves it out.
        let host = match (host.as_str(), info.addr()) {
            ("" | "0.0.0.0" | "::", ConnectionAddr::Tcp(asked, _) | ConnectionAddr::TcpTls { host: asked, .. }) => {
                asked.clone()
            }
            _ => host,
        };
        Some(Self { host, port: (*port).try_into().ok()? })
    }

    fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    fn address(&self, like: &ConnectionAddr) -> ConnectionAddr {
        match like {
            ConnectionAddr::TcpTls { insecure, tls_params, .. } => ConnectionAddr::TcpTls {
                host: self.host.clone(),
                port: self.port,
                insecure: *insecure,
                tls_params: tls_params.clone(),
            },
            _ => ConnectionAddr::Tcp(self.host.clone(), self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::slot;

    /// The expected slots are from `CLUSTER KEYSLOT` of Redis 7.0.
    #[test]
    fn slots_are_those_of_the_server() {
        let cases = [
            ("", 0),
            ("qrhook:1", 6056),
            ("foo{}bar", 14292),
            ("{hook}:1", 11666),
            ("{hook}:2", 11666),
            ("a{hook}b}", 11666),
            ("a{{hook}", 7403),
        ];
        for (key, expected) in cases {
            assert_eq!(slot(key), expected, "{key}");
        }
    }
}
