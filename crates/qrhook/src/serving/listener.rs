//! Closing a listener without a loss.

use std::time::Duration;

use socket2::SockRef;

/// How long the handshakes may take that are under way when a server ends.
pub const HANDSHAKE_TIME: Duration = Duration::from_millis(250);

/// Has the system drop the first packet of every new connection. Closing a listener resets whoever is connected and not
/// accepted yet, so there must be nobody, and without this new ones keep coming until it is closed. A client sends its
/// packet again after a second, and is refused then.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn hold_back_new(listener: SockRef<'_>) {
    use socket2::SockFilter;
    // Classic BPF, see `man 7 bpf` and linux/filter.h; the data begins with the TCP header.
    let only_without_syn = [
        SockFilter::new(0x30, 0, 0, 13),       // load the byte of the flags
        SockFilter::new(0x45, 0, 1, 0x02),     // if SYN is set ..
        SockFilter::new(0x06, 0, 0, 0),        // .. drop it
        SockFilter::new(0x06, 0, 0, u32::MAX), // else take all of it
    ];
    if let Err(error) = listener.attach_filter(&only_without_syn) {
        tracing::debug!(%error, "new connections cannot be held back");
    }
}

/// Other systems have no such filter: whoever connects in the moment of the close is reset.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn hold_back_new(_listener: SockRef<'_>) {}

#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod tests {
    use std::{
        io::ErrorKind,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn whoever_is_connected_stays_and_nobody_new_gets_through() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connected = TcpStream::connect(address).unwrap();
        hold_back_new(SockRef::from(&listener));

        // Within one machine a handshake is over when the call returns, so that only a packet that was dropped waits.
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(100));
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
        let (accepted, peer) = listener.accept().unwrap();
        assert_eq!(peer, connected.local_addr().unwrap());
        drop(accepted);
        drop(listener);
        assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}
