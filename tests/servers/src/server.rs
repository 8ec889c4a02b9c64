//! A common trait of the servers.

use crate::{Postgres, Redis};

/// A server that goes away and comes back, for tests that treat every kind alike.
pub trait Server {
    /// The URL, with the password.
    fn url(&self) -> String;
    /// Shuts it down properly.
    fn stop(&mut self);
    /// Kills it, like a crash.
    fn kill(&mut self);
    /// Starts it again, on the same port and with its data.
    fn start_again(&mut self);
    /// Stops it from responding: connections stay open and hang.
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
