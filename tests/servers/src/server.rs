//! What all servers have in common.

use crate::{Postgres, Redis};

/// A server that goes away and comes back, for a test that treats each kind alike.
pub trait Server {
    /// The address, with the password in it.
    fn url(&self) -> String;
    /// Stops it in good order.
    fn stop(&mut self);
    /// Ends it at once, as a crash does.
    fn kill(&mut self);
    /// Starts it again, on its port and with its data.
    fn start_again(&mut self);
    /// Stops it from answering: connections stay open, and hang.
    fn pause(&self);
    /// Ends a pause.
    fn resume(&self);
}

macro_rules! server {
    ($server:ty) => {
        impl Server for $server {
            fn url(&self) -> String {
                self.url()
            }

            fn stop(&mut self) {
                self.stop();
            }

            fn kill(&mut self) {
                self.kill();
            }

            fn start_again(&mut self) {
                self.start_again();
            }

            fn pause(&self) {
                self.pause();
            }

            fn resume(&self) {
                self.resume();
            }
        }
    };
}

server!(Postgres);
server!(Redis);
