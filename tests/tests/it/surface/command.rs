//! The `qrhook` command: `listen` as a server and `verify` as a function.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, OnceLock, mpsc},
    thread,
};

use super::{Stop, World};
use crate::scenario::{Request, Scenario, Setup};

/// The binary, built once.
fn binary() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let arguments = ["build", "--locked", "--quiet", "--package", "qrhook-cli"];
        let built = Command::new(env!("CARGO")).args(arguments).status().unwrap();
        assert!(built.success(), "the command did not build");
        std::env::current_exe().unwrap().parent().unwrap().with_file_name("qrhook")
    })
}

/// The command with the secrets of a scenario.
fn command(scenario: &Scenario, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).env_clear();
    for (position, secret) in scenario.secrets.iter().enumerate() {
        let variable = format!("SECRET_{position}");
        command.args(["--secret-env", &variable]).env(variable, secret);
    }
    command
}

/// Whether the command can run the scenario: it has an option for every setting.
pub fn can_listen(scenario: &Scenario) -> bool {
    scenario.setup.is_for_tests_speed() && scenario.is_plain()
}

pub(super) fn start(scenario: &Scenario, world: &Arc<World>) -> (SocketAddr, Stop) {
    let arguments = ["listen", "--addr", "127.0.0.1:0", "--store", "memory", "--sender", scenario.sender.name()];
    let mut command = command(scenario, &arguments);
    // Not for scenarios that wait for a body that never comes.
    if scenario.setup.body_time.is_none() {
        command.args(["--patience", &Setup::PATIENCE.as_secs().to_string()]);
    }
    let mut child = KilledAtLast(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (stdout, stderr) = (child.0.stdout.take().unwrap(), child.0.stderr.take().unwrap());
    // Each line is a handled event.
    let events = thread::spawn({
        let world = Arc::clone(world);
        move || BufReader::new(stdout).lines().for_each(|line| world.count(&line.unwrap()))
    });
    let (listening, address) = mpsc::channel();
    let logs = thread::spawn({
        let world = Arc::clone(world);
        move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("listening on http://") {
                    listening.send(address.parse().unwrap()).unwrap();
                }
                world.log(line);
            }
        }
    });
    let address = address.recv().expect("the command is listening");
    let stop = Stop::new(move || {
        let _ = child.0.kill();
        events.join().unwrap();
        logs.join().unwrap();
    });
    (address, stop)
}

struct KilledAtLast(Child);

impl Drop for KilledAtLast {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The verdict of `qrhook verify` on a scenario that is one complete request: the reason, or `None` for a delivery. The
/// outer `None` means that it cannot be asked: an argument must be text and has a maximum length.
pub fn verdict(scenario: &Scenario, request: &Request) -> Option<Option<String>> {
    const ARGUMENT: usize = 100_000;
    let lines =
        request.headers.iter().map(|(name, value)| Some(format!("{name}: {}", std::str::from_utf8(value).ok()?)));
    let lines: Vec<String> = lines.collect::<Option<_>>()?;
    let is_typed = lines.iter().any(|line| line.starts_with("content-type"));
    if scenario.setup.body_limit.is_some() || !is_typed || lines.iter().any(|line| line.len() > ARGUMENT) {
        return None;
    }
    let mut command = command(scenario, &["verify", scenario.sender.name()]);
    let length = request.announced().map(|length| format!("content-length: {length}"));
    for line in lines.into_iter().chain(length) {
        command.args(["--header", &line]);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, body) = (child.stdin.take().unwrap(), request.body.clone());
    // It may end before it has read everything.
    let writer = thread::spawn(move || drop(stdin.write_all(&body)));
    let mut said = String::new();
    let mut stdout = child.stdout.take().unwrap();
    // An event may be larger than the buffer of a pipe.
    let reader = thread::spawn(move || drop(stdout.read_to_end(&mut Vec::new())));
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let code = child.wait().unwrap().code();
    writer.join().unwrap();
    reader.join().unwrap();
    match code {
        Some(0) => Some(None),
        Some(1) => {
            let reason = said.strip_prefix("rejected: ").and_then(|text| text.split_once(':'));
            Some(Some(reason.unwrap_or_else(|| panic!("no reason: {said}")).0.to_owned()))
        }
        _ => panic!("{}: {said}", scenario.name),
    }
}
