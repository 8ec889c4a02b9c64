//! The nodes of a cluster, as one of them lists them.

use redis::{
    Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, RedisResult, Value,
    cluster_async::ClusterConnection,
    cluster_routing::{RoutingInfo, SingleNodeRoutingInfo},
};

/// The nodes that have slots, or copies of them.
pub(crate) struct Nodes(Vec<Node>);

#[derive(PartialEq)]
struct Node {
    host: String,
    port: u16,
    is_master: bool,
}

impl Nodes {
    /// `info` is the address that the cluster was found by.
    pub(crate) async fn of(cluster: &ClusterConnection, info: &ConnectionInfo) -> RedisResult<Self> {
        let mut command = Cmd::new();
        command.arg("CLUSTER").arg("SLOTS");
        let anybody = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
        let answer = cluster.clone().route_command(command, anybody).await?;
        let ranges: Vec<Vec<Value>> = FromRedisValue::from_redis_value(answer)?;
        let mut nodes = Vec::new();
        for range in ranges {
            // Behind the first and the last slot, the master comes first.
            for (number, node) in range.iter().skip(2).enumerate() {
                let node = Node::read(node, number == 0, info);
                let node = node.ok_or((ErrorKind::Parse, "the answer to CLUSTER SLOTS has a node without address"))?;
                if !nodes.contains(&node) {
                    nodes.push(node);
                }
            }
        }
        Ok(Self(nodes))
    }

    pub(crate) fn masters(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|node| node.is_master).map(|node| format!("{}:{}", node.host, node.port))
    }

    /// How each of them is connected to: as the first one was.
    pub(crate) fn addresses(&self, info: &ConnectionInfo) -> Vec<ConnectionInfo> {
        self.0.iter().map(|node| info.clone().set_addr(node.address(info.addr()))).collect()
    }
}

impl Node {
    fn read(node: &Value, is_master: bool, info: &ConnectionInfo) -> Option<Self> {
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
        Some(Self { host, port: (*port).try_into().ok()?, is_master })
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
