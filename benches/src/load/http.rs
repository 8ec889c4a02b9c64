//! The rounds over the servers.

use std::{net::Ipv4Addr, time::Duration};

use qrhook::UnixTime;

use super::{
    Plan, Result,
    child::Server,
    client::Client,
    processor::{Core, pin},
    requests::Requests,
    results::{Row, Window},
    scripted,
    table::{CONNECTIONS, ROWS, SUBJECTS, Scheme, Subject},
};

/// The number of requests before a window that are not counted.
const WARM_UP: usize = 500;

/// A subject with its server and its measurements.
struct Measured {
    subject: &'static Subject,
    server: Result<Server>,
    windows: Vec<Window>,
}

/// Measures all subjects, one after the other in each round, and compares them.
pub fn measure(plan: Plan) -> Result<Vec<Row>> {
    let mut all: Vec<_> = SUBJECTS.iter().map(Measured::start).collect();
    pin(Core::Client)?;
    let batch = u32::try_from(plan.requests + WARM_UP)?;
    for turn in 0..plan.rounds * plan.turns {
        // New ones for each turn: a signed time is valid for some minutes, and an id for one delivery.
        let ids = turn * batch..(turn + 1) * batch;
        let (qr_studio, standard) = (Requests::qr_studio(ids.clone())?, Requests::standard_webhooks(ids)?);
        for measured in &mut all {
            let requests = match measured.subject.scheme {
                Scheme::QrStudio => &qr_studio,
                Scheme::StandardWebhooks => &standard,
            };
            if turn % plan.turns == 0 {
                measured.windows.push(Window::default());
            }
            measured.turn(requests, plan.time)?;
        }
    }
    ROWS.iter().map(|(row, ours, base)| compare(&all, row, ours, base)).collect()
}

impl Measured {
    fn start(subject: &'static Subject) -> Self {
        let installed = match subject.kind {
            "flask" => scripted::install_flask(),
            "express" => scripted::install_express(),
            _ => Ok(()),
        };
        let server = installed.and_then(|()| Server::start(subject.kind, subject.workers));
        Self { subject, server, windows: Vec::new() }
    }

    fn turn(&mut self, requests: &Requests, time: Duration) -> Result<()> {
        let Subject { name, connections, status, .. } = *self.subject;
        let (Ok(server), Some(window)) = (&self.server, self.windows.last_mut()) else { return Ok(()) };
        let named = |error| format!("{name}: {error}");
        // A new connection each time: some servers close a connection that has been idle for long.
        let mut client = Client::connect(server.address(), connections).map_err(named)?;
        client.send(requests, 0..WARM_UP, time / 4, status).map_err(named)?;
        let before = server.processor_time()?;
        let (sent, took) = client.send(requests, WARM_UP..requests.len(), time, status).map_err(named)?;
        let spent = server.processor_time()?.saturating_sub(before);
        window.add(sent, took, spent)
    }
}

/// Sends this many requests to a running server.
pub fn drive(port: u16, count: u32) -> Result<()> {
    pin(Core::Client)?;
    // Derived from the time, so that the ids are new in each call.
    let first = u32::try_from(UnixTime::now().as_secs() & 0xfff)? << 20;
    let requests = Requests::qr_studio(first..first + count)?;
    let mut client = Client::connect((Ipv4Addr::LOCALHOST, port).into(), CONNECTIONS)?;
    let (sent, took) = client.send(&requests, 0..requests.len(), Duration::MAX, 204)?;
    println!("{sent} requests in {took:?}");
    Ok(())
}

fn compare(all: &[Measured], row: &str, ours: &str, base: &str) -> Result<Row> {
    let find = |name: &str| {
        let found = all.iter().find(|measured| measured.subject.name == name);
        found.ok_or_else(|| format!("there is no subject `{name}`"))
    };
    let (ours, base) = (find(ours)?, find(base)?);
    let name = |measured: &Measured| measured.subject.name;
    let mut row = Row::of(row, (name(ours), &ours.windows), (name(base), &base.windows));
    row.skipped = ours.server.as_ref().err().or(base.server.as_ref().err()).map(ToString::to_string);
    Ok(row)
}
