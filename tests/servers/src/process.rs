//! A server as a process that does not outlive its test.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// How long a server may take to start or to stop. What takes longer hangs.
const TIME: Duration = Duration::from_secs(180);

/// Starts the server, says its number, and waits for the end of its input, which comes with the end of the test's
/// program even when that is killed. Then it ends a pause, stops the server, and waits for it.
const KEEPER: &str = r#"
signal=$1; shift
"$@" </dev/null >&2 &
server=$!
echo $server
read -r _ || true
kill -CONT $server $(cat /proc/$server/task/$server/children 2>/dev/null) 2>/dev/null
kill -$signal $server 2>/dev/null
wait $server
"#;

/// A running server.
#[derive(Debug)]
pub(crate) struct Process {
    keeper: Child,
    /// Its end is the end of the server.
    input: Option<ChildStdin>,
    server: u32,
}

impl Process {
    /// Starts a program with its log in a file. `signal` is what stops it.
    pub(crate) fn start(program: &Path, arguments: &[String], signal: &str, log: &Path) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("the log can be written");
        let mut keeper = as_user()
            .args(["sh", "-c", KEEPER, "keeper", signal])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            // Out of reach of a Ctrl-C that ends the test: who stops the server must not be ended first.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let input = keeper.stdin.take();
        let mut number = String::new();
        let mut output = BufReader::new(keeper.stdout.take().expect("it is piped"));
        output.read_line(&mut number).expect("the shell says the number of the server");
        let server = number.trim().parse().expect("a number");
        Self { keeper, input, server }
    }

    /// Sends a signal to the server itself.
    pub(crate) fn signal(&self, signal: &str) {
        assert!(send(signal, &[self.server]), "the server is gone");
    }

    /// Sends a signal to the server and to the processes that it started.
    pub(crate) fn signal_all(&self, signal: &str) {
        // The server first: it starts no other then.
        self.signal(signal);
        let children = self.children();
        // One by one: a process may have ended since, and the others are signalled anyway.
        let reached = children.iter().filter(|child| send(signal, &[**child])).count();
        assert!(reached > 0, "the server has no processes");
    }

    fn children(&self) -> Vec<u32> {
        let Self { server, .. } = self;
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children"));
        let children = children.expect("the system lists processes");
        children.split_whitespace().map(|child| child.parse().expect("a number")).collect()
    }

    /// Whether the server ended by itself. Its keeper does not know yet: it waits for the test.
    pub(crate) fn has_ended(&self) -> bool {
        has_ended(self.server)
    }

    /// Ends the server and the processes that it started at once, as a crash of its machine does. One that is left
    /// alone may go on serving its client for a while.
    pub(crate) fn kill(&mut self) {
        self.signal("STOP");
        let children = self.children();
        self.signal("KILL");
        for child in &children {
            send("KILL", &[*child]);
        }
        self.stop();
        assert!(until(|| children.iter().all(|child| has_ended(*child))), "a process of the server does not end");
    }

    /// Stops the server in good order, and waits for its end.
    pub(crate) fn stop(&mut self) {
        if let Some(mut input) = self.input.take() {
            // A keeper that is gone already cannot be told.
            let _ = input.write_all(b"\n");
        }
        let ended = until(|| self.keeper.try_wait().expect("it can be waited for").is_some());
        assert!(ended, "the server does not stop");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

fn has_ended(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The state stands behind the name, which is in brackets and may hold anything.
    stat.rsplit(") ").next().is_none_or(|state| state.is_empty() || state.starts_with('Z'))
}

/// By the shell, for the command of the same name is not on every machine.
fn send(signal: &str, processes: &[u32]) -> bool {
    let processes = processes.iter().map(u32::to_string);
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill \"$@\"", "sh", &format!("-{signal}")]).args(processes).stderr(Stdio::null());
    kill.status().expect("a shell starts").success()
}

/// Waits for something, at most as long as a server may take.
pub(crate) fn until(mut done: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < TIME {
        if done() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// An address of this machine that nobody uses.
///
/// Not one that the system gives out by itself, for a connection or for port 0: between here and the server's start it
/// could be given to another test. The ports 10,000 above these, of the buses of Redis clusters, are none of those either.
pub fn free_address() -> SocketAddr {
    const FIRST: u16 = 12_000;
    const PORTS: u32 = 10_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Each program begins elsewhere.
    let begin = std::process::id().wrapping_mul(257);
    let address = (0..PORTS).find_map(|_| {
        let number = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)).checked_rem(PORTS)?;
        let port = FIRST.checked_add(u16::try_from(number).ok()?)?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?.local_addr().ok()
    });
    address.expect("there is a free port")
}

/// The start of a command as a user that is not root, for Postgres refuses to run as root.
pub(crate) fn as_user() -> Command {
    if !is_root() {
        return Command::new("env");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]);
    command
}

/// Gives a file or folder to the user of [`as_user`].
pub(crate) fn give_to_user(path: &Path) {
    if is_root() {
        let given = Command::new("chown").args(["-R", "nobody:nogroup"]).arg(path).status();
        assert!(given.expect("chown starts").success(), "the folder can be given away");
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id starts");
    output.stdout.trim_ascii() == b"0"
}
