//! Connecting to a server or a cluster.

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
    /// Connects to a server, or to the cluster that the server is a node of.
    ///
    /// The address is `redis://user:password@host:port/database`, in which only the host is required. It begins with
    /// `rediss://` for TLS, and is `unix:///path/of/the.sock` for a socket. The parameters are `protocol`, and for a
    /// socket also `db`, `user` and `pass`. The server itself reports whether it is a node of a cluster.
    ///
    /// # Errors
    ///
    /// If the server cannot be used as a store. The [`ConnectError`] names the server and the reason.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::options().connect(url).await
    }

    /// Returns the options for connecting, with their defaults.
    pub fn options() -> RedisOptions {
        RedisOptions::new()
    }
}

/// Options for connecting to a server, from [`RedisStore::options`].
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
/// use qrhook_redis::RedisStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::options()
///     .with_prefix("crm:")
///     .with_step_time(Duration::from_millis(500))
///     .connect("redis://:password@127.0.0.1:6379")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct RedisOptions {
    prefix: String,
    step_time: Duration,
    /// The durability to report for a server that is not checked.
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

    /// Sets the prefix of the records' keys. The default is `qrhook:`. Programs with the same prefix share their
    /// records.
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Sets the time limit of a step, including the time to connect. The default is one second. Keep it at or below the
    /// time that the receiver allows for a step.
    pub const fn with_step_time(mut self, time: Duration) -> Self {
        self.step_time = time;
        self
    }

    /// Accepts a server as it is, whatever its eviction policy and persistence are, even if they cannot be read.
    ///
    /// A server that evicts silently forgets handled events when its memory is full, so that they can be handled again.
    /// The receiver takes `durable` as a property of the store. Set it to `true` only if the server keeps acknowledged
    /// records across a restart.
    pub const fn with_unchecked_server(mut self, durable: bool) -> Self {
        self.unchecked = Some(durable);
        self
    }

    /// Sets the only certificate authority (PEM) to trust for TLS, instead of those of the system.
    #[cfg(feature = "rustls")]
    pub fn with_root_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { root_certificate: Some(pem.into()), ..self }
    }

    /// Connects with these options. The address is that of [`RedisStore::connect`].
    ///
    /// # Errors
    ///
    /// If the server cannot be used as a store. The [`ConnectError`] names the server and the reason.
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

    /// Tries the rights on each master, because each has its own users. A master that cannot be reached is skipped
    /// here.
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
        // The client's own retries must fit into the step time.
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

/// The TCP settings for a cluster, whose client would otherwise keep a connection that never responds.
fn tcp_settings(time: Duration) -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let settings = settings.set_user_timeout(time);
    #[cfg(not(any(target_os = "android", target_os = "fuchsia", target_os = "linux")))]
    let _ = time;
    settings
}

/// Returns whether all masters keep their records across a restart, or an error if one of them cannot be the store.
fn check(masters: &[(String, Info)]) -> Result<bool, ConnectError> {
    let mut durable = true;
    for (server, said) in masters {
        if !said.check(server)? {
            durable = false;
            tracing::warn!(
                %server,
                "the server does not keep handled events across a restart; set `appendonly yes` in its redis.conf"
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
