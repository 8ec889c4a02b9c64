//! A server process that does not outlive its test.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// The time that a server may take to start or to stop. After that it counts as hung.
const TIME: Duration = Duration::from_secs(180);

/// The keeper, a shell script. It starts the server, prints the server's process id, and waits for the end of its own
/// input, which comes when the test program ends, even if that is killed. Then it resumes a paused server, stops it,
/// and waits for its end.
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
    /// Closing it stops the server.
    input: Option<ChildStdin>,
    server: u32,
}

impl Process {
    /// Starts a program with its log in a file. `signal` stops it.
    pub(crate) fn start(program: &Path, arguments: &[String], signal: &str, log: &Path) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("the log can be written");
        let mut keeper = as_user()
            .args(["sh", "-c", KEEPER, "keeper", signal])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            // Out of reach of a Ctrl-C that ends the test: the keeper must live on to stop the server.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let input = keeper.stdin.take();
        let mut number = String::new();
        let mut output = BufReader::new(keeper.stdout.take().expect("it is piped"));
        output.read_line(&mut number).expect("the shell prints the process id of the server");
        let server = number.trim().parse().expect("a number");
        Self { keeper, input, server }
    }

    /// Sends a signal to the server itself.
    pub(crate) fn signal(&self, signal: &str) {
        assert!(send(signal, &[self.server]), "the server is gone");
    }

    /// Sends a signal to the server and to the processes that it started.
    pub(crate) fn signal_all(&self, signal: &str) {
        // The server first, so that it does not start another process.
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

    /// Whether the server ended on its own. Its keeper does not know yet, because it waits for the test.
    pub(crate) fn has_ended(&self) -> bool {
        has_ended(self.server)
    }

    /// Kills the server and the processes that it started, like a crash of its machine. A process that is left over might
    /// serve its client for a while.
    pub(crate) fn kill(&mut self) {
        self.signal("STOP");
        let children = self.children();
        self.signal("KILL");
        for child in &children {
            send("KILL", &[*child]);
        }
        self.stop();
        assert!(until(|| children.iter().all(|child| has_ended(*child))), "a process of the server did not end");
    }

    /// Shuts the server down properly and waits for its end.
    pub(crate) fn stop(&mut self) {
        if let Some(mut input) = self.input.take() {
            // Fails if the keeper has gone already.
            let _ = input.write_all(b"\n");
        }
        let ended = until(|| self.keeper.try_wait().expect("it can be waited for").is_some());
        assert!(ended, "the server did not stop");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

fn has_ended(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The state follows the name, which is in parentheses and may contain anything.
    stat.rsplit(") ").next().is_none_or(|state| state.is_empty() || state.starts_with('Z'))
}

/// Uses the shell's `kill`, because not every machine has the command of that name.
fn send(signal: &str, processes: &[u32]) -> bool {
    let processes = processes.iter().map(u32::to_string);
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill \"$@\"", "sh", &format!("-{signal}")]).args(processes).stderr(Stdio::null());
    kill.status().expect("a shell starts").success()
}

/// Waits until `done` returns true, for at most the time that a server may take. Returns whether it did.
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

/// Returns an unused local address.
///
/// It is outside the range from which the system takes ports for connections and for port 0: from that range, the port
/// could go to another test before the server starts. The same is true of the ports 10,000 above these, which Redis
/// clusters use for their buses.
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

/// The start of a command that runs as a user other than root, because Postgres refuses to run as root.
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
