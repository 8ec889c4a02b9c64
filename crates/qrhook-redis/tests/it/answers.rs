//! Replies that no server should send.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use qrhook::store::{Claim, Store, StoreErrorKind};
use qrhook_redis::{ConnectError, RedisStore};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::support::{key, patient, terms, try_claim};

const PASSWORD: &str = "a-password-of-the-tests";
const INFO: &str =
    "redis_version:7.0.0\r\nrole:master\r\ncluster_enabled:0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";

/// Starts a server that sends one reply to all scripts, and one to `INFO`. The first scripts check the rights of the
/// user, and the server refuses nothing.
async fn server(info: String, answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://:{PASSWORD}@{}", listener.local_addr().unwrap());
    let scripts = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, info.clone(), answer.clone(), Arc::clone(&scripts)));
        }
    });
    url
}

async fn serve(stream: TcpStream, info: String, answer: String, scripts: Arc<AtomicUsize>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let answer = match next(&mut stream).await?.as_str() {
            "INFO" => &info,
            "EVALSHA" | "EVAL" if scripts.fetch_add(1, Ordering::SeqCst) < 2 => "*0\r\n",
            "EVALSHA" | "EVAL" => &answer,
            "HELLO" => "-ERR unknown command\r\n",
            _ => "+OK\r\n",
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// Reads a command and returns its name.
async fn next(stream: &mut BufReader<TcpStream>) -> Option<String> {
    async fn number(stream: &mut BufReader<TcpStream>) -> Option<usize> {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        line.get(1..)?.trim_end().parse().ok()
    }
    let mut name = String::new();
    for word in 0..number(stream).await? {
        let mut text = vec![0; number(stream).await? + 2];
        stream.read_exact(&mut text).await.ok()?;
        if word == 0 {
            name = String::from_utf8_lossy(&text).trim_end().to_owned();
        }
    }
    Some(name)
}

fn bulk(text: &str) -> String {
    format!("${}\r\n{text}\r\n", text.len())
}

async fn store(answer: &str) -> RedisStore {
    patient().connect(&server(bulk(INFO), answer.to_owned()).await).await.unwrap()
}

#[tokio::test]
async fn what_means_nothing_is_never_a_success() {
    let nonsense =
        [":0\r\n", ":5\r\n", ":-1\r\n", "$-1\r\n", "+OK\r\n", "$1\r\n1\r\n", "*1\r\n:1\r\n", "*0\r\n", "$0\r\n\r\n"];
    for answer in nonsense {
        let store = store(answer).await;
        let claim = Claim::new(key("event"), terms()).unwrap();
        let found = [
            try_claim(&store, "event").await.unwrap_err(),
            store.commit(&claim).await.unwrap_err(),
            store.release(&claim).await.unwrap_err(),
        ];
        assert_eq!(found.map(|error| error.kind()), [StoreErrorKind::Unavailable; 3], "{answer:?}");
    }
    // Replies that are valid only for a claim.
    for answer in [":3\r\n", ":4\r\n"] {
        let store = store(answer).await;
        let claim = Claim::new(key("event"), terms()).unwrap();
        let found = [store.commit(&claim).await.unwrap_err(), store.release(&claim).await.unwrap_err()];
        assert_eq!(found.map(|error| error.kind()), [StoreErrorKind::Unavailable; 2], "{answer:?}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_server_is_one() {
    let cases = [
        ("OOM command not allowed when used memory > 'maxmemory'.", StoreErrorKind::Full),
        ("READONLY You can't write against a read only replica.", StoreErrorKind::Unavailable),
        ("LOADING Redis is loading the dataset in memory", StoreErrorKind::Unavailable),
        ("MISCONF Redis is configured to save RDB snapshots", StoreErrorKind::Unavailable),
        ("NOREPLICAS Not enough good replicas to write.", StoreErrorKind::Unavailable),
        ("MASTERDOWN Link with MASTER is down", StoreErrorKind::Unavailable),
        ("BUSY Redis is busy running a script.", StoreErrorKind::Unavailable),
        ("NOSCRIPT No matching script.", StoreErrorKind::Unavailable),
        ("MOVED 1 127.0.0.1:1", StoreErrorKind::Unavailable),
        ("ERR something else", StoreErrorKind::Unavailable),
    ];
    for (refusal, expected) in cases {
        let error = try_claim(&store(&format!("-{refusal}\r\n")).await, "event").await.unwrap_err();
        assert_eq!(error.kind(), expected, "{refusal}");
        assert!(std::error::Error::source(&error).is_some(), "{refusal}");
    }
}

/// As a server does that does not know the command to log in.
#[tokio::test]
async fn a_password_that_the_server_repeats_is_not_shown() {
    let said = format!("-ERR unknown command `AUTH`, with args beginning with: `{PASSWORD}`\r\n");
    let error = try_claim(&store(&said).await, "event").await.unwrap_err();
    assert!(format!("{error:?}").contains("unknown command"), "{error:?}");
    assert!(!format!("{error:?}").contains(PASSWORD));
    let url = server(said.clone(), said).await;
    let error = patient().connect(&url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreadable { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains(PASSWORD));
}

/// A server whose reply cannot be read is refused, and so is one that omits a field.
#[tokio::test]
async fn a_server_that_says_nothing_of_its_memory_or_its_file() {
    for left_out in ["maxmemory_policy:noeviction\r\n", "aof_enabled:1\r\n"] {
        let url = server(bulk(&INFO.replace(left_out, "")), ":1\r\n".to_owned()).await;
        let error = patient().connect(&url).await.unwrap_err();
        assert!(matches!(error, ConnectError::Unreadable { .. }), "{left_out}: {error:?}");
        patient().with_unchecked_server(false).connect(&url).await.unwrap();
    }
    for answer in ["$-1\r\n", ":1\r\n", "*0\r\n", "$2\r\n\u{7f}\u{7f}\r\n"] {
        let error = patient().connect(&server(answer.to_owned(), String::new()).await).await.unwrap_err();
        assert!(matches!(error, ConnectError::Unreadable { .. }), "{answer:?}: {error:?}");
    }
}
