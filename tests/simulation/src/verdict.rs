//! The judgement of what happened to an event.

use std::time::Duration;

use crate::{
    Tally, World,
    event::{Event, Sender},
    history::{Attempt, End, History, Id, Run},
    tally::Row,
};

/// The time for which a claim that was left behind can still refuse others: a lease, and a step of the store.
const LEFT_BEHIND: Duration = Duration::from_secs(31);

/// The longest time of a step of the store that counts as well.
const STEP: Duration = Duration::from_secs(1);

/// The time after the first attempt from which an event counts as late.
const LATE: Duration = Duration::from_secs(10);

pub(crate) struct Judge {
    pub(crate) world: World,
    pub(crate) durable: bool,
    /// The times at which a process took the place of another.
    pub(crate) restarts: Vec<Duration>,
}

impl Judge {
    pub(crate) fn judge(&self, id: Id, event: &Event, history: &History, tally: &mut Tally) {
        let row = tally.row(event.sender);
        row.events += 1;
        row.deliveries += history.attempts.len();
        let wrong = if event.forged { self.forged(history, row) } else { self.authentic(event, history, row) };
        if let Err(wrong) = wrong {
            let World { seed, .. } = self.world;
            let store = if self.durable { "durable" } else { "volatile" };
            tally.wrong.push(format!(
                "{wrong}: event {id} of {} in the world {seed}, with a {store} store\n{history}",
                event.sender.name()
            ));
        }
    }

    fn forged(&self, history: &History, row: &mut Row) -> Result<(), String> {
        row.forged += 1;
        if !history.runs.is_empty() {
            return Err("a forged event was handled".to_owned());
        }
        let refused = |attempt: &&Attempt| {
            let expected = matches!(attempt.ended, Some((_, End::Status(401 | 408) | End::NoProcess | End::Left)));
            !expected || matches!(attempt.ended, Some((_, End::Status(408)))) && !attempt.slow_body
        };
        match history.attempts.iter().find(refused) {
            Some(attempt) => Err(format!("a forged event ended with {:?}", attempt.ended)),
            None => Ok(()),
        }
    }

    fn authentic(&self, event: &Event, history: &History, row: &mut Row) -> Result<(), String> {
        for attempt in &history.attempts {
            let Some((until, end)) = attempt.ended else { return Err("an attempt has no end".to_owned()) };
            match end {
                End::Status(200..300) if !handled_before(history, until) => {
                    row.lost += 1;
                    return Err("it was acknowledged, but not handled".to_owned());
                }
                End::Status(200..300) | End::Left => {}
                _ => {
                    let cause = self.cause(event, history, attempt, until, end);
                    let cause = cause.ok_or_else(|| format!("an attempt ended with {end:?} without a cause"))?;
                    *row.refused.entry(cause).or_default() += 1;
                }
            }
        }
        for run in &history.runs {
            let until = run.ended.unwrap_or(run.from + LEFT_BEHIND);
            if run.ended.is_none() && !run.beyond_limit && !killed(history, run.from, until) {
                return Err("a handler was dropped before its end".to_owned());
            }
        }
        let effects: Vec<&Run> = history.runs.iter().filter(|run| run.effect).collect();
        for pair in effects.windows(2) {
            let cause = self.cause_of_double(event, history, pair[0], pair[1]);
            let Some(cause) = cause else {
                row.double += 1;
                return Err("it was handled twice without a cause".to_owned());
            };
            *row.doubled.entry(cause).or_default() += 1;
        }
        let Some(first) = effects.first().and_then(|run| run.ended) else {
            // Each of its attempts had a cause.
            row.given_up += 1;
            return Ok(());
        };
        row.handled += 1;
        let late = first.saturating_sub(history.attempts[0].from);
        row.late += usize::from(late > LATE);
        row.latest = row.latest.max(late);
        Ok(())
    }

    /// The cause that the simulation injected for an attempt that was not acknowledged.
    fn cause(
        &self,
        event: &Event,
        history: &History,
        attempt: &Attempt,
        until: Duration,
        end: End,
    ) -> Option<&'static str> {
        let since = attempt.from.saturating_sub(LEFT_BEHIND);
        let status = match end {
            End::NoProcess => return Some("no process"),
            // The deadline of 4.5 s comes before the sender's 5 s, whatever happens.
            End::NoResponse | End::Left => return None,
            End::Status(status) => status,
        };
        match status {
            408 => return attempt.slow_body.then_some("slow body"),
            401 => return attempt.stale_by_design.then_some("stale"),
            _ => {}
        }
        // A handler that was running then, and that was not simply going to succeed.
        let settled = |ended: Duration| {
            let soon = history.settled.iter().find(|at| **at >= ended && **at <= ended + STEP);
            soon.copied().unwrap_or(ended)
        };
        let running = |run: &&Run| run.from <= until && run.ended.is_none_or(|ended| settled(ended) >= attempt.from);
        let mut running = history.runs.iter().filter(running);
        // A copy that was sent at the same time.
        let copied = history.attempts.iter().any(|other| {
            let ended = other.ended.is_some_and(|(ended, _)| ended >= attempt.from);
            !std::ptr::eq(other, attempt) && other.from <= until && ended
        });
        let others = copied || running.clone().any(|run| run.from < attempt.from);
        if running.clone().any(|run| !run.quick_success) {
            return Some("handler");
        }
        let fault = |fault: &crate::history::Fault| fault.at >= since && fault.at <= until;
        // An event of QR Planet is not refused because the store fails, but its repeats and copies may be.
        let refusable = event.sender != Sender::QrPlanet || handled_before(history, attempt.from) || copied;
        if refusable && history.faults.iter().any(fault) {
            return Some("store");
        }
        if killed(history, since, until) {
            return Some("claim left by a crash");
        }
        (status == 503 && others && running.next().is_some()).then_some("in flight")
    }

    /// The cause for a second effect.
    fn cause_of_double(&self, event: &Event, history: &History, first: &Run, second: &Run) -> Option<&'static str> {
        let ended = first.ended?;
        let fault = |steps: &[&str]| {
            let of_first = |fault: &&crate::history::Fault| fault.at >= first.from && fault.at <= second.from;
            history.faults.iter().filter(of_first).any(|fault| steps.contains(&fault.step))
        };
        let committed = history.commits.iter().any(|at| *at >= ended && *at < second.from);
        if event.sender == Sender::QrPlanet && history.faults.iter().any(|fault| fault.step == "claim") {
            return Some("claim failed, no retries");
        }
        if !committed && fault(&["commit"]) {
            return Some("commit failed");
        }
        if !committed && killed(history, first.from, second.from) {
            return Some("crash before commit");
        }
        // The process that handled it first may have been on its way out.
        let since = first.from.saturating_sub(LEFT_BEHIND);
        let restarted = self.restarts.iter().any(|at| *at >= since && *at <= second.from);
        (!self.durable && restarted).then_some("ids lost at a restart")
    }
}

fn handled_before(history: &History, until: Duration) -> bool {
    history.runs.iter().any(|run| run.effect && run.ended.is_some_and(|ended| ended <= until))
}

fn killed(history: &History, from: Duration, until: Duration) -> bool {
    history.kills.iter().any(|at| *at >= from && *at <= until)
}
