//! Functions that run the real binary.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use qrhook::{Provider, UnixTime, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio, testing};

pub(crate) const QRSTUDIO_SECRET: &str = "whsec_EXAMPLE_not_a_real_secret_0001";
pub(crate) const CODEQR_SECRET: &str = "whsec_00000000000000000000000000000000";
pub(crate) const QRPLANET_TOKEN: &str = "FAKE-secret-token-do-not-use";

pub(crate) const SECRETS: [(&str, &str); 3] = [
    ("QRSTUDIO_WEBHOOK_SECRET", QRSTUDIO_SECRET),
    ("CODEQR_WEBHOOK_SECRET", CODEQR_SECRET),
    ("QRPLANET_SECRET_TOKEN", QRPLANET_TOKEN),
];

/// A generous limit. Anything that takes longer counts as hung.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Makes a receiver or a sender wait for two minutes where a platform would have hung up, because the result must not
/// depend on the speed of the machine.
pub(crate) const PATIENT: [&str; 2] = ["--patience", "120"];

/// The command, with only the given variables in its environment.
pub(crate) fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qrhook"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command
}

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the command to its end.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)], input: &[u8]) -> Ran {
    let mut command = command(arguments, environment);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    // The command may end before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A running `qrhook listen` on a free port.
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) child: Child,
    stderr: Arc<Mutex<String>>,
}

impl Listen {
    /// With all senders, in this folder, and with its output in a file.
    pub(crate) fn start(folder: &Path, output: &str) -> Self {
        let file = File::options().create(true).append(true).open(folder.join(output)).unwrap();
        Self::spawn(folder, &[], &SECRETS, file.into())
    }

    pub(crate) fn spawn(folder: &Path, more: &[&str], environment: &[(&str, &str)], stdout: Stdio) -> Self {
        Self::spawn_impatient(folder, &[&PATIENT, more].concat(), environment, stdout)
    }

    /// With the default limits. On a busy machine, a response may be 503 at any time, as if the platform had to retry.
    pub(crate) fn spawn_impatient(folder: &Path, more: &[&str], environment: &[(&str, &str)], stdout: Stdio) -> Self {
        let command = command(&[&["listen", "--addr", "127.0.0.1:0"], more].concat(), environment);
        Self::run(command, folder, stdout)
    }

    /// Under a limit set by `ulimit`, with its output in the file `out`.
    #[cfg(unix)]
    pub(crate) fn limited(limit: &str, folder: &Path) -> Self {
        let file = File::create(folder.join("out")).unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("ulimit {limit}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_qrhook"), "listen"]);
        command.args(["--addr", "127.0.0.1:0"]).args(PATIENT).env_clear().envs(SECRETS);
        Self::run(command, folder, file.into())
    }

    fn run(mut command: Command, folder: &Path, stdout: Stdio) -> Self {
        let mut child = command.current_dir(folder).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
        let (stderr, lines) = (Arc::new(Mutex::new(String::new())), BufReader::new(child.stderr.take().unwrap()));
        let (said, sink) = (std::sync::mpsc::channel(), Arc::clone(&stderr));
        let (listening, address) = said;
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("listening on http://") {
                    listening.send(address.parse().unwrap()).unwrap();
                }
                sink.lock().unwrap().extend([&line, "\n"]);
            }
        });
        let address = address.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{}", stderr.lock().unwrap()));
        Self { address, child, stderr }
    }

    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Waits until its log contains this text. A thread reads the log, and may be behind.
    pub(crate) fn says(&self, expected: &str) {
        let started = Instant::now();
        while !self.stderr().contains(expected) {
            assert!(started.elapsed() < PATIENCE, "{}", self.stderr());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn post<P: Provider + Default>(&self, secret: &str, body: &str) -> Option<u16> {
        post::<P>(self.address, secret, body)
    }

    pub(crate) fn qrstudio(&self, body: &str) -> Option<u16> {
        self.post::<QrStudio>(QRSTUDIO_SECRET, body)
    }

    pub(crate) fn codeqr(&self, body: &str) -> Option<u16> {
        self.post::<CodeQr>(CODEQR_SECRET, body)
    }

    pub(crate) fn qrplanet(&self, body: &str) -> Option<u16> {
        self.post::<QrPlanet>(QRPLANET_TOKEN, body)
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.signal("-TERM");
        self.ended()
    }

    pub(crate) fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {}", self.stderr());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Listen {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn post<P: Provider + Default>(address: SocketAddr, secret: &str, body: &str) -> Option<u16> {
    exchange(address, &signed::<P>(secret, body))
}

/// A complete signed request.
pub(crate) fn signed<P: Provider + Default>(secret: &str, body: &str) -> Vec<u8> {
    signed_at::<P>(&format!("/{}", P::default().name()), secret, body)
}

/// A complete signed request for this path.
pub(crate) fn signed_at<P: Provider + Default>(path: &str, secret: &str, body: &str) -> Vec<u8> {
    let signed = testing::sign::<P>(secret, body.to_owned(), UnixTime::now());
    let mut request = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n").into_bytes();
    for (name, value) in &signed.headers {
        request.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    request.extend(format!("content-length: {}\r\n\r\n", signed.body.len()).bytes());
    request.extend(&signed.body);
    request
}

/// Sends bytes, and returns the status of the response, if there is one.
pub(crate) fn exchange(address: SocketAddr, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(request).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Option<u16> {
    exchange(address, format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").as_bytes())
}

pub(crate) fn scan(id: &str) -> String {
    format!(r#"{{"type":"scan.created","id":"{id}","created_at":"2026-05-09T14:01:23Z","data":{{"short_id":"a"}}}}"#)
}

/// The ids in the lines of a file, each of which is one JSON object.
pub(crate) fn ids(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let id = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        line["id"].as_str().map(str::to_owned)
    };
    text.lines().filter_map(id).collect()
}
