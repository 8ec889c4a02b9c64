//! The good deliveries.

use std::{net::SocketAddr, time::Duration};

use qrhook::{UnixTime, qrstudio::QrStudio, testing::sign};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{PATIENCE, program::Program};

pub(crate) const SECRET: &str = "whsec_siege";

/// The time after which a platform gives up on a response, and the pause before it tries again, which is much shorter
/// than that of a real one.
const TIMEOUT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// A platform that delivers events one after another.
pub(crate) struct Platform {
    address: SocketAddr,
    attack: &'static str,
}

#[derive(Debug, Default)]
pub(crate) struct Good {
    pub(crate) accepted: usize,
    pub(crate) retries: usize,
}

impl Platform {
    pub(crate) fn of(program: &Program, attack: &'static str) -> Self {
        Self { address: program.address, attack }
    }

    /// Delivers events, each until it is accepted.
    pub(crate) async fn deliver(self, count: usize) -> Good {
        let mut good = Good::default();
        for number in 0..count {
            let all = async {
                while !matches!(timeout(TIMEOUT, self.attempt(number)).await, Ok(Ok(200..300))) {
                    good.retries += 1;
                    sleep(PAUSE).await;
                }
            };
            if timeout(PATIENCE, all).await.is_ok() {
                good.accepted += 1;
            }
            sleep(Duration::from_millis(20)).await;
        }
        good
    }

    async fn attempt(&self, number: usize) -> std::io::Result<u16> {
        let id = format!("evt_{}_{number}", self.attack.replace(' ', "_"));
        let body = format!(
            r#"{{"type":"scan.created","id":"{id}","created_at":"2026-05-09T14:01:23Z","data":{{"short_id":"a"}}}}"#
        );
        let request = sign::<QrStudio>(SECRET, body, UnixTime::now());
        let mut bytes = b"POST /qrstudio HTTP/1.1\r\nhost: a\r\nconnection: close\r\n".to_vec();
        for (name, value) in &request.headers {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend(format!("content-length: {}\r\n\r\n", request.body.len()).bytes());
        bytes.extend(&request.body);
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(&bytes).await?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await?;
        let status = response.get(9..12).and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
        status.ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}
