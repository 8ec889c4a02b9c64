//! A deploy under load: one program ends while another takes over.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use super::program::{Connection, Program, SENDERS, Sender, wait};

/// The number of clients of each sender that keep their connection. As many again open a new one for each request.
const CLIENTS: usize = 3;

struct Deploy {
    old: Program,
    new: Program,
    sent: AtomicUsize,
    over: AtomicBool,
}

impl Deploy {
    /// Connects to the old program, or to the new one if the old one refuses.
    fn connect(&self) -> Connection {
        match Connection::open(self.old.address) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Connection::open(self.new.address).unwrap()
            }
            connection => connection.unwrap(),
        }
    }

    /// Sends events, each only once, as a sender that does not retry.
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
        wait("no client moved to the new program", || deploy.new.runs() > 300);
        deploy.over.store(true, Ordering::SeqCst);
    });
    let Deploy { old, new, sent, .. } = deploy;
    assert_eq!(old.runs() + new.runs(), sent.into_inner());
    assert!(old.ended().is_complete());
    new.stop();
    assert!(new.ended().is_complete());
}
