//! Closing a listener without losing a connection.

use std::time::Duration;

use socket2::SockRef;

/// The time for the handshakes that are under way when a server ends.
pub const HANDSHAKE_TIME: Duration = Duration::from_millis(250);

/// Makes the system drop the first packet of every new connection.
///
/// Closing a listener resets each connection that is not accepted yet. So no connection may be left at that moment, but
/// without this filter new ones would keep arriving until the close. A client whose packet was dropped sends it again
/// after a second, and is then refused.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn hold_back_new(listener: SockRef<'_>) {
    use socket2::SockFilter;
    // Classic BPF, see `man 7 bpf` and linux/filter.h; the data begins with the TCP header.
    let only_without_syn = [
        SockFilter::new(0x30, 0, 0, 13),       // load the flags byte
        SockFilter::new(0x45, 0, 1, 0x02),     // if SYN is set,
        SockFilter::new(0x06, 0, 0, 0),        // drop the packet,
        SockFilter::new(0x06, 0, 0, u32::MAX), // otherwise accept all of it
    ];
    if let Err(error) = listener.attach_filter(&only_without_syn) {
        tracing::debug!(%error, "new connections cannot be held back");
    }
}

/// Does nothing, because other systems have no such filter. A client that connects at the moment of the close is reset.
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

        // On one machine a handshake is over when the call returns, so only a dropped packet can cause a timeout.
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(100));
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
        let (accepted, peer) = listener.accept().unwrap();
        assert_eq!(peer, connected.local_addr().unwrap());
        drop(accepted);
        drop(listener);
        assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}
