//! How a store is connected.

use std::{fmt, time::Duration};

use redis::{Client, ConnectionInfo, RedisResult, cluster::ClusterClientBuilder, io::tcp::TcpSettings};

use crate::{
    address,
    cluster::Cluster,
    error::{ConnectError, Password},
    link::Link,
    nodes::Nodes,
    rights::{self, Trial},
    server::{self, Info},
    single::Single,
    steps::Steps,
    store::RedisStore,
};

impl RedisStore {
    /// Connects to a server, or to the cluster that it is a node of.
    ///
    /// The address is `redis://user:password@host:port/database`, all but the host optional; `rediss://` with TLS;
    /// `unix:///path/of/the.sock`. A cluster is found out by asking. The parameters are `protocol`, and for a socket also
    /// `db`, `user` and `pass`.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store; [`ConnectError`] says why and names it.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::options().connect(url).await
    }

    /// How to connect other than by default.
    pub fn options() -> RedisOptions {
        RedisOptions::new()
    }
}

/// How a store is connected. From [`RedisStore::options`].
#[derive(Clone)]
#[must_use]
pub struct RedisOptions {
    prefix: String,
    step_time: Duration,
    /// What is said of the durability of a server that is not checked.
    unchecked: Option<bool>,
    #[cfg(feature = "rustls")]
    root_certificate: Option<Vec<u8>>,
}

impl RedisOptions {
    pub(crate) fn new() -> Self {
        Self {
            prefix: "qrhook:".to_owned(),
            step_time: Duration::from_secs(1),
            unchecked: None,
            #[cfg(feature = "rustls")]
            root_certificate: None,
        }
    }

    /// What the keys of the records begin with: `qrhook:` unless changed. Programs with the same prefix share their
    /// records.
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// How long a step may take, connecting included: one second unless changed. Keep it at or below the time that the
    /// receiver gives a step.
    pub const fn with_step_time(mut self, time: Duration) -> Self {
        self.step_time = time;
        self
    }

    /// Accepts a server as it is, whatever its eviction policy and its persistence, also when they cannot be read.
    ///
    /// A server that evicts forgets handled events when its memory is full, and lets them be handled again; nothing
    /// tells. `durable` is what the receiver is told: say `true` only of a server that keeps what it acknowledged over
    /// a restart.
    pub const fn with_unchecked_server(mut self, durable: bool) -> Self {
        self.unchecked = Some(durable);
        self
    }

    /// Trusts only this authority (PEM) for TLS, instead of those of the system.
    #[cfg(feature = "rustls")]
    pub fn with_root_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { root_certificate: Some(pem.into()), ..self }
    }

    /// Connects with these options, to an address as [`RedisStore::connect`] takes it.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store, as there.
    pub async fn connect(self, url: &str) -> Result<RedisStore, ConnectError> {
        let info = address::parse(url)?;
        let server = info.addr().to_string();
        let password = Password(info.redis_settings().password().map(str::to_owned));
        let trial = Trial { server: &server, password: &password, prefix: &self.prefix };
        let failed = |error| trial.failure(&error);

        let client = self.client(info.clone()).map_err(failed)?;
        let single = self.in_time(&server, Single::connect(client, self.step_time)).await?.map_err(failed)?;
        let said = self.in_time(&server, Info::of(&single)).await?;
        let (is_cluster, said) = match (said, self.unchecked) {
            (Ok(said), _) => (said.is_of_a_cluster(), Some(said)),
            (Err(_), Some(_)) => (self.in_time(&server, server::is_of_a_cluster(&single)).await?, None),
            (Err(error), None) => return Err(server::unreadable(&error, &server, &password)),
        };

        let (link, masters) = if is_cluster {
            let slots = self.in_time(&server, trial.cluster(&single)).await??;
            if let Some(Ok(nodes)) = slots.map(|slots| Nodes::read(slots, &info)) {
                self.try_masters(&nodes, &info, &password).await?;
            }
            let options = self.clone();
            let client = Box::new(move |nodes| options.cluster(nodes));
            let connecting = Cluster::connect(client, info, self.step_time);
            let cluster = self.in_time(&server, connecting).await?.map_err(failed)?;
            let masters = match self.unchecked {
                Some(_) => Vec::new(),
                None if !cluster.is_complete() => {
                    let source = "not every slot of its cluster has a master".into();
                    return Err(ConnectError::Unreadable { server, source });
                }
                None => {
                    let said = self.in_time(&server, Info::of_masters(&cluster)).await?;
                    let said = said.map_err(|error| server::unreadable(&error, &server, &password))?;
                    server::all_masters(said)?
                }
            };
            (Link::Cluster(cluster), masters)
        } else {
            if let Some(key) = rights::keys(&self.prefix).ok().and_then(|mut keys| keys.next()) {
                self.in_time(&server, trial.steps(&single, &key)).await??;
            }
            (Link::Single(single), said.map(|said| (server.clone(), said)).into_iter().collect())
        };
        let durable = match self.unchecked {
            Some(durable) => durable,
            None => check(&masters)?,
        };
        let steps = Steps { password, link, prefix: self.prefix, time: self.step_time };
        Ok(RedisStore::new(server, steps, durable))
    }

    /// Each by itself, for each has its own users. One that cannot be reached passes here.
    async fn try_masters(&self, nodes: &Nodes, info: &ConnectionInfo, password: &Password) -> Result<(), ConnectError> {
        let Ok(keys) = rights::keys(&self.prefix) else { return Ok(()) };
        for (server, (info, key)) in nodes.masters_of(keys, info) {
            let trial = Trial { server: &server, password, prefix: &self.prefix };
            let tried = async {
                let client = self.client(info).map_err(|error| trial.failure(&error))?;
                match Single::connect(client, self.step_time).await.map_err(|error| trial.failure(&error)) {
                    Ok(single) => {
                        trial.cluster(&single).await?;
                        trial.steps(&single, &key).await
                    }
                    Err(error @ (ConnectError::MissingPrivilege { .. } | ConnectError::Unauthorized { .. })) => {
                        Err(error)
                    }
                    Err(_) => Ok(()),
                }
            };
            self.in_time(&server, tried).await.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    async fn in_time<T>(&self, server: &str, step: impl Future<Output = T>) -> Result<T, ConnectError> {
        let timeout = |_| ConnectError::Timeout { server: server.to_owned() };
        tokio::time::timeout(self.step_time, step).await.map_err(timeout)
    }

    fn client(&self, info: ConnectionInfo) -> RedisResult<Client> {
        #[cfg(feature = "rustls")]
        if let Some(certificates) = self.certificates() {
            return Client::build_with_tls(info, certificates);
        }
        Client::open(info)
    }

    fn cluster(&self, nodes: Vec<ConnectionInfo>) -> RedisResult<redis::cluster::ClusterClient> {
        // The client tries again by itself, which must fit into a step.
        const RETRIES: u32 = 3;
        const WAIT_MS: [u64; 2] = [10, 100];
        let client = ClusterClientBuilder::new(nodes)
            .retries(RETRIES)
            .min_retry_wait(WAIT_MS[0])
            .max_retry_wait(WAIT_MS[1])
            .connection_timeout(self.step_time)
            .response_timeout(self.step_time)
            .tcp_settings(tcp_settings(self.step_time));
        #[cfg(feature = "rustls")]
        let client = match self.certificates() {
            Some(certificates) => client.certs(certificates),
            None => client,
        };
        client.build()
    }

    #[cfg(feature = "rustls")]
    fn certificates(&self) -> Option<redis::TlsCertificates> {
        let root_cert = Some(self.root_certificate.clone()?);
        Some(redis::TlsCertificates { client_tls: None, root_cert })
    }
}

/// For a cluster, whose client would keep a connection that never answers.
fn tcp_settings(time: Duration) -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let settings = settings.set_user_timeout(time);
    #[cfg(not(any(target_os = "android", target_os = "fuchsia", target_os = "linux")))]
    let _ = time;
    settings
}

/// Whether all of them keep their records over a restart, if they may be the store at all.
fn check(masters: &[(String, Info)]) -> Result<bool, ConnectError> {
    let mut durable = true;
    for (server, said) in masters {
        if !said.check(server)? {
            durable = false;
            tracing::warn!(
                %server,
                "the server does not keep handled events over a restart; set `appendonly yes` in its redis.conf"
            );
        }
    }
    Ok(durable)
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("prefix", &self.prefix)
            .field("step_time", &self.step_time)
            .field("unchecked", &self.unchecked)
            .finish_non_exhaustive()
    }
}
