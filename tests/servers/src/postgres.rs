//! Postgres.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tempfile::TempDir;

use crate::process::{Process, as_user, free_address, give_to_user, until};

/// A private Postgres server for a test.
#[derive(Debug)]
pub struct Postgres {
    // Before the folder, so that it is stopped first.
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    settings: Vec<String>,
    /// The largest size of a file, in blocks of 512 bytes.
    file_limit: Option<u32>,
}

impl Postgres {
    /// The password of the server's only user, `qrhook`.
    pub const PASSWORD: &str = "postgres-password-of-the-tests";

    /// Starts a server.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more settings, such as `["max_connections", "20"]`. If a name is repeated, the last one counts.
    pub fn start_with(settings: &[[&str; 2]]) -> Self {
        Self::start_in(initialize(), settings, None)
    }

    /// Starts a server whose files cannot grow beyond two megabytes. At that limit, it behaves as if the disk were
    /// full.
    pub fn start_small() -> Self {
        // Half a page more, so that the last page is cut short, which Postgres takes for a full disk.
        const LIMIT: u32 = 2 * 2048 + 8;
        Self::start_in(initialize(), &[], Some(LIMIT))
    }

    /// Starts a server with TLS, with this certificate and its key, both in PEM.
    pub fn start_with_tls(certificate: &str, key: &str) -> Self {
        let folder = initialize();
        let write = |name, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the folder can be written");
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("it is ours");
            give_to_user(&path);
            path.display().to_string()
        };
        let (certificate, key) = (write("certificate", certificate), write("key", key));
        Self::start_in(folder, &[["ssl", "on"], ["ssl_cert_file", &certificate], ["ssl_key_file", &key]], None)
    }

    fn start_in(mut folder: TempDir, settings: &[[&str; 2]], file_limit: Option<u32>) -> Self {
        let mut settings =
            settings.iter().flat_map(|[name, value]| ["-c".to_owned(), format!("{name}={value}")]).collect();
        // If another program took the port in the meantime, try another one.
        for _ in 0..5 {
            let mut postgres = Self { process: None, folder, port: free_address().port(), settings, file_limit };
            if postgres.try_start() {
                return postgres;
            }
            Self { folder, settings, .. } = postgres;
        }
        panic!("postgres does not start; its log: {}", log(folder.path()))
    }

    /// Starts a replica of this server.
    pub fn start_replica(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        give_to_user(folder.path());
        let copied = as_user()
            .arg(program("pg_basebackup"))
            .args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
            .args(["-d", &self.url(), "-D"])
            .arg(folder.path().join("data"))
            .output()
            .expect("pg_basebackup starts");
        assert!(copied.status.success(), "pg_basebackup failed: {}", String::from_utf8_lossy(&copied.stderr));
        let settings = self.settings.clone();
        let mut replica = Self { process: None, folder, port: free_address().port(), settings, file_limit: None };
        assert!(replica.try_start(), "the replica does not start; its log: {}", log(replica.folder.path()));
        replica
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of its database `postgres`, with user and password.
    pub fn url(&self) -> String {
        format!("postgres://qrhook:{}@127.0.0.1:{}/postgres", Self::PASSWORD, self.port)
    }

    /// Shuts the server down properly, without waiting for its clients.
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
        assert!(self.try_start(), "postgres does not start again; its log: {}", log(self.folder.path()));
    }

    fn try_start(&mut self) -> bool {
        let folder = self.folder.path();
        let mut arguments = vec!["-D".to_owned(), folder.join("data").display().to_string()];
        let mut start = program("postgres");
        if let Some(limit) = self.file_limit {
            let set_up = ["-c", "ulimit -f \"$1\"; shift; exec \"$@\"", "sh", &limit.to_string()].map(str::to_owned);
            arguments.splice(0..0, set_up.into_iter().chain([start.display().to_string()]));
            start = PathBuf::from("sh");
        }
        let fixed = [
            ("port", self.port.to_string()),
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("unix_socket_directories", String::new()),
            ("max_connections", "200".to_owned()),
        ];
        arguments.extend(fixed.into_iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]));
        arguments.extend(self.settings.iter().cloned());
        // INT is the fast shutdown: clients are not waited for.
        let process = Process::start(&start, &arguments, "INT", &folder.join("log"));
        let ready = until(|| process.has_ended() || self.is_ready());
        let runs = ready && !process.has_ended();
        self.process = runs.then_some(process);
        runs
    }

    fn is_ready(&self) -> bool {
        let asked =
            as_user().arg(program("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).status();
        asked.expect("pg_isready starts").success()
    }

    /// Stops it from responding (SIGSTOP to the server and to the processes that serve its clients): connections stay
    /// open and hang.
    pub fn pause(&self) {
        self.process.as_ref().expect("it runs").signal_all("STOP");
    }

    /// Ends a pause.
    pub fn resume(&self) {
        self.process.as_ref().expect("it runs").signal_all("CONT");
    }
}

/// Creates a folder with a database cluster in it. Its WAL is in files of a megabyte.
fn initialize() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    give_to_user(folder.path());
    initialize_in(folder.path());
    folder
}

fn initialize_in(folder: &Path) {
    let password = folder.join("password");
    std::fs::write(&password, Postgres::PASSWORD).expect("the folder can be written");
    give_to_user(&password);
    let made = as_user()
        .arg(program("initdb"))
        .args([
            "--no-sync",
            "--username=qrhook",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--wal-segsize=1",
        ])
        .arg(format!("--pwfile={}", password.display()))
        .arg("-D")
        .arg(folder.join("data"))
        .output()
        .expect("initdb starts");
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
}

/// The path of a program of the newest Postgres installed. Debian keeps them outside `PATH`.
fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut versions: Vec<_> = versions
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
            .collect();
        versions.sort();
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        let on_path = std::env::split_paths(&on_path).find(|folder| folder.join("initdb").is_file());
        let found = versions.pop().map(|(_, folder)| folder).or(on_path);
        found.expect("Postgres is not installed: `apt-get install postgresql`, or run scripts/test")
    });
    folder.join(name)
}

fn log(folder: &Path) -> String {
    let output = as_user().arg("cat").arg(folder.join("log")).output().expect("cat starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
