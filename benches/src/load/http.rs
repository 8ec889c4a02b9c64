//! The rounds over the servers.

use std::time::Duration;

use super::{
    Plan, Result,
    child::Server,
    client::Client,
    processor::{Core, pin},
    requests::Requests,
    results::{Measure, Row, Window},
    scripted,
    table::{ROWS, SUBJECTS, Scheme, Subject},
};

/// The requests before a window that are not counted.
const WARM_UP: usize = 1000;

/// A subject with its server and what was measured of it.
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
    for round in 0..plan.rounds {
        // New ones for each round: a signed time is good for some minutes, and an id for one delivery.
        let ids = round * batch..(round + 1) * batch;
        let (qr_studio, standard) = (Requests::qr_studio(ids.clone())?, Requests::standard_webhooks(ids)?);
        for measured in &mut all {
            let requests = match measured.subject.scheme {
                Scheme::QrStudio => &qr_studio,
                Scheme::StandardWebhooks => &standard,
            };
            measured.window(requests, plan.time)?;
        }
        eprintln!("round {} of {}", round + 1, plan.rounds);
    }
    ROWS.iter().map(|(row, measure, ours, base)| compare(&all, row, *measure, ours, base)).collect()
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

    fn window(&mut self, requests: &Requests, time: Duration) -> Result<()> {
        let Subject { name, connections, status, .. } = *self.subject;
        let Ok(server) = &self.server else { return Ok(()) };
        let named = |error| format!("{name}: {error}");
        // Connected anew: some servers close a connection that is idle for long.
        let mut client = Client::connect(server.address(), connections).map_err(named)?;
        client.send(requests, 0..WARM_UP, time / 4, status).map_err(named)?;
        let before = server.processor_time()?;
        let (sent, took) = client.send(requests, WARM_UP..requests.len(), time, status).map_err(named)?;
        let spent = server.processor_time()?.saturating_sub(before);
        let sent = f64::from(u32::try_from(sent)?);
        self.windows.push(Window { rps: sent / took.as_secs_f64(), cpu_us: spent.as_secs_f64() * 1e6 / sent });
        Ok(())
    }
}

fn compare(all: &[Measured], row: &str, measure: Measure, ours: &str, base: &str) -> Result<Row> {
    let find = |name: &str| {
        let found = all.iter().find(|measured| measured.subject.name == name);
        found.ok_or_else(|| format!("there is no subject `{name}`"))
    };
    let (ours, base) = (find(ours)?, find(base)?);
    let name = |measured: &Measured| measured.subject.name;
    let mut row = Row::of(row, measure, (name(ours), &ours.windows), (name(base), &base.windows));
    row.skipped = ours.server.as_ref().err().or(base.server.as_ref().err()).map(ToString::to_string);
    Ok(row)
}
