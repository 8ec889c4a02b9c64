//! A program that ends while another one takes over, under load.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use super::program::{Connection, Program, SENDERS, Sender, wait};

/// Clients of each sender that keep their connection, and as many that open one for each request.
const CLIENTS: usize = 3;

struct Deploy {
    old: Program,
    new: Program,
    sent: AtomicUsize,
    over: AtomicBool,
}

impl Deploy {
    /// A connection to the old program, or to the new one when the old one refuses.
    fn connect(&self) -> Connection {
        match Connection::open(self.old.address) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Connection::open(self.new.address).unwrap()
            }
            connection => connection.unwrap(),
        }
    }

    /// Sends events, each once: nobody would send one again.
    fn send(&self, name: &str, request: Sender, keep: bool) {
        let mut connection = None;
        while !self.over.load(Ordering::SeqCst) {
            let mut open = connection.take().unwrap_or_else(|| self.connect());
            let id = self.sent.fetch_add(1, Ordering::SeqCst);
            open.send(&request(id)).unwrap_or_else(|error| panic!("{name}, kept: {keep}: not sent: {error}"));
            let response = open.receive();
            let (status, last) = response.unwrap_or_else(|error| panic!("{name}, kept: {keep}: no response: {error}"));
            assert_eq!(status, 204, "{name}, kept: {keep}");
            connection = (keep && !last).then_some(open);
        }
    }
}

#[test]
fn a_deploy_under_load_loses_no_event_and_costs_no_attempt() {
    let deploy = Deploy { old: Program::start(), new: Program::start(), sent: 0.into(), over: false.into() };
    thread::scope(|scope| {
        let deploy = &deploy;
        for (name, request) in SENDERS {
            for keep in [true, false].repeat(CLIENTS) {
                scope.spawn(move || deploy.send(name, request, keep));
            }
        }
        wait("no load", || deploy.old.runs() > 300);
        deploy.old.stop();
        wait("nobody came to the other one", || deploy.new.runs() > 300);
        deploy.over.store(true, Ordering::SeqCst);
    });
    let Deploy { old, new, sent, .. } = deploy;
    assert_eq!(old.runs() + new.runs(), sent.into_inner());
    assert!(old.ended().is_complete());
    new.stop();
    assert!(new.ended().is_complete());
}
