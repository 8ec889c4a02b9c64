//! Redis.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

use crate::process::{Process, as_user, free_address, give_to_user, until};

/// A private Redis server for a test.
#[derive(Debug)]
pub struct Redis {
    // Before the folder, so that it is stopped first.
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    settings: Vec<String>,
}

impl Redis {
    /// The password of the server.
    pub const PASSWORD: &str = "redis-password-of-the-tests";

    /// Starts a server that keeps every write (`appendonly yes`, `appendfsync always`) and evicts nothing (`noeviction`).
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more settings, such as `["maxmemory", "3mb"]`. If a name is repeated, the last one counts.
    pub fn start_with(settings: &[[&str; 2]]) -> Self {
        let mut folder = tempfile::tempdir().expect("a folder can be made");
        give_to_user(folder.path());
        let mut settings =
            settings.iter().flat_map(|[name, value]| [format!("--{name}"), (*value).to_owned()]).collect();
        // If another program took the port in the meantime, try another one.
        for _ in 0..5 {
            let port = free_address().port();
            let mut redis = Self { process: None, folder, port, settings };
            if redis.try_start() {
                return redis;
            }
            Self { folder, settings, .. } = redis;
        }
        panic!("redis-server does not start; its log: {}", log(folder.path()))
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL, with the password.
    pub fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}", Self::PASSWORD, self.port)
    }

    /// Sends one command and returns the first line of the reply.
    pub fn command(&self, words: &[&str]) -> String {
        command(self.port, words).expect("redis replies")
    }

    /// A field of `INFO`, such as `used_memory`.
    pub fn info(&self, field: &str) -> String {
        let text = text(self.port, &["INFO"]).expect("redis replies");
        let found = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        found.expect("a field of INFO").to_owned()
    }

    /// Shuts the server down properly.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Kills the server, like a crash.
    pub fn kill(&mut self) {
        self.process.take().expect("it runs").kill();
    }

    /// Starts the server again, on the same port and with its data.
    pub fn start_again(&mut self) {
        self.process = None;
        assert!(self.try_start(), "redis-server does not start again; its log: {}", log(self.folder.path()));
    }

    /// Stops it from responding (SIGSTOP): connections stay open and hang.
    pub fn pause(&self) {
        self.process.as_ref().expect("it runs").signal("STOP");
    }

    /// Ends a pause.
    pub fn resume(&self) {
        self.process.as_ref().expect("it runs").signal("CONT");
    }

    fn try_start(&mut self) -> bool {
        let folder = self.folder.path();
        let fixed = [
            ("port", self.port.to_string()),
            ("bind", Ipv4Addr::LOCALHOST.to_string()),
            ("dir", folder.display().to_string()),
            ("requirepass", Self::PASSWORD.to_owned()),
            ("masterauth", Self::PASSWORD.to_owned()),
            ("appendonly", "yes".to_owned()),
            // With `everysec`, an acknowledged write may wait for seconds while the disk is slow.
            ("appendfsync", "always".to_owned()),
            ("maxmemory-policy", "noeviction".to_owned()),
            ("save", String::new()),
        ];
        let mut arguments: Vec<_> = fixed.into_iter().flat_map(|(name, value)| [format!("--{name}"), value]).collect();
        arguments.extend(self.settings.iter().cloned());
        let process = Process::start(&program(), &arguments, "TERM", &folder.join("log"));
        let port = self.port;
        let answers = until(|| process.has_ended() || command(port, &["PING"]).is_some_and(|answer| answer == "+PONG"));
        let runs = answers && !process.has_ended();
        self.process = runs.then_some(process);
        runs
    }
}

/// A Redis cluster of three masters.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<Redis>,
}

impl RedisCluster {
    /// Starts three masters that share the slots.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts three masters with more settings for each.
    pub fn start_with(settings: &[[&str; 2]]) -> Self {
        let settings = [&[["cluster-enabled", "yes"], ["cluster-node-timeout", "2000"]], settings].concat();
        let nodes: Vec<_> = (0..3).map(|_| Redis::start_with(&settings)).collect();
        let [first, others @ ..] = nodes.as_slice() else { unreachable!("there are three") };
        for (node, slots) in nodes.iter().zip([["0", "5460"], ["5461", "10922"], ["10923", "16383"]]) {
            assert_eq!(node.command(&["CLUSTER", "ADDSLOTSRANGE", slots[0], slots[1]]), "+OK");
        }
        for node in others {
            assert_eq!(first.command(&["CLUSTER", "MEET", "127.0.0.1", &node.port().to_string()]), "+OK");
        }
        let agreed = until(|| {
            // Each node must know where every key belongs; the state alone may be `ok` before that.
            let knows = |info: String| {
                ["cluster_state:ok", "cluster_slots_assigned:16384"].iter().all(|line| info.contains(line))
            };
            nodes.iter().all(|node| text(node.port, &["CLUSTER", "INFO"]).is_some_and(knows))
        });
        assert!(agreed, "the nodes did not form a cluster");
        Self { nodes }
    }

    /// The nodes.
    pub fn nodes(&self) -> &[Redis] {
        &self.nodes
    }

    /// The nodes, to stop and start them.
    pub fn nodes_mut(&mut self) -> &mut [Redis] {
        &mut self.nodes
    }

    /// The URL of the first node.
    pub fn url(&self) -> String {
        self.nodes.first().expect("there are three").url()
    }
}

fn program() -> PathBuf {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain([PathBuf::from("/usr/bin")])
        .map(|folder| folder.join("redis-server"))
        .find(|program| program.is_file());
    found.expect("redis-server is not installed: `apt-get install redis-server`, or run scripts/test")
}

/// Sends a command without a client library: a test must not query the server through the code that it tests.
fn command(port: u16, words: &[&str]) -> Option<String> {
    let mut answers = exchange(port, words)?;
    let mut line = String::new();
    answers.read_line(&mut line).ok()?;
    Some(line.trim_end().to_owned())
}

/// Sends a command and returns its reply of several lines.
fn text(port: u16, words: &[&str]) -> Option<String> {
    let mut answers = exchange(port, words)?;
    let mut length = String::new();
    answers.read_line(&mut length).ok()?;
    let length = length.strip_prefix('$')?.trim_end().parse().ok()?;
    let mut text = String::new();
    answers.take(length).read_to_string(&mut text).ok()?;
    Some(text)
}

fn exchange(port: u16, words: &[&str]) -> Option<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(180))).ok()?;
    let write = |words: &[&str]| {
        let words: String = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len())).collect();
        words
    };
    let text = format!("*2\r\n{}*{}\r\n{}", write(&["AUTH", Redis::PASSWORD]), words.len(), write(words));
    stream.write_all(text.as_bytes()).ok()?;
    let mut answers = BufReader::new(stream);
    let mut line = String::new();
    answers.read_line(&mut line).ok()?;
    (line == "+OK\r\n").then_some(answers)
}

fn log(folder: &Path) -> String {
    let mut read = as_user();
    let output = read.arg("cat").arg(folder.join("log")).output().expect("cat starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
