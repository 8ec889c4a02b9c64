//! A platform that delivers one event, and retries.

use std::{sync::Arc, time::Duration};

use qrhook::{
    UnixTime,
    codeqr::CodeQr,
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    testing::{SignedRequest, sign},
};
use tokio::time::{sleep, timeout};

use crate::{
    event::{Event, Sender, Way},
    history::{Attempt, End, Histories, Id},
    process::{Paused, SECRET},
    world::Running,
};
use qrhook::Clock;

/// The time after which a platform gives up on a response.
const PATIENCE: Duration = Duration::from_secs(5);

/// The receiver's limit for bodies.
const BODY_TIME: Duration = Duration::from_secs(3);

/// The window of QR Studio's signed time in a durable store, which covers all retries, and in another.
const WINDOWS: [Duration; 2] = [Duration::from_secs(3 * 3600), Duration::from_secs(300)];

pub(crate) struct Client {
    pub(crate) running: Arc<Running>,
    pub(crate) histories: Histories,
    pub(crate) clock: Paused,
    pub(crate) id: Id,
    pub(crate) event: Arc<Event>,
    pub(crate) durable: bool,
}

impl Client {
    /// Delivers the event until it is acknowledged or the platform gives up, and then perhaps a copy of it.
    pub(crate) async fn deliver(self) {
        sleep(self.event.at).await;
        let signed_first = self.clock.unix();
        let mut pauses = self.event.sender.pauses();
        let mut number = 0;
        loop {
            let way = self.event.way(number);
            let ends = if way.twice {
                let (first, second) = tokio::join!(self.attempt(signed_first, way), self.attempt(signed_first, way));
                [first, second]
            } else {
                [self.attempt(signed_first, way).await; 2]
            };
            let acknowledged = |end: End| matches!(end, End::Status(200..300));
            // The platform looks at the response to its request; the second copy is an accident on the way.
            if acknowledged(ends[0]) || self.event.forged {
                break;
            }
            let Some(pause) = pauses.next() else { return };
            sleep(pause).await;
            number += 1;
        }
        if let Some(pause) = self.event.copy {
            sleep(pause).await;
            self.attempt(signed_first, Way { body: Duration::ZERO, leaves: None, twice: false }).await;
        }
    }

    async fn attempt(&self, signed_first: UnixTime, way: Way) -> End {
        let Self { histories, id, event, .. } = self;
        let from = histories.now();
        let signed_at = if event.keeps_time { signed_first } else { self.clock.unix() };
        let age = self.clock.unix().since(signed_at);
        let [durable, volatile] = WINDOWS;
        let window = if self.durable { durable } else { volatile };
        let stale_by_design = event.sender == Sender::QrStudio && age + PATIENCE > window;
        let number = histories.change(*id, |history| {
            let slow_body = way.body >= BODY_TIME;
            history.attempts.push(Attempt { from, ended: None, slow_body, stale_by_design });
            history.attempts.len() - 1
        });
        let end = match self.running.any() {
            None => End::NoProcess,
            Some(process) => {
                let mut connection = process.take(*id, event, self.request(signed_at), way.body);
                let patience = way.leaves.map_or(PATIENCE, |leaves| leaves.min(PATIENCE));
                match timeout(patience, &mut connection.response).await {
                    Ok(Ok(status)) => End::Status(status),
                    Ok(Err(_)) => End::NoProcess,
                    Err(_) => {
                        connection.leave();
                        if way.leaves.is_some() { End::Left } else { End::NoResponse }
                    }
                }
            }
        };
        let now = histories.now();
        histories.change(*id, |history| history.attempts[number].ended = Some((now, end)));
        end
    }

    fn request(&self, signed_at: UnixTime) -> SignedRequest {
        let (id, secret) = (self.id, if self.event.forged { "whsec_of_a_stranger" } else { SECRET });
        match self.event.sender {
            Sender::QrStudio => sign::<QrStudio>(
                secret,
                format!(
                    r#"{{"type":"scan.created","id":"evt_{id}","created_at":"2026-05-09T14:01:23Z","data":{{"short_id":"a"}}}}"#
                ),
                signed_at,
            ),
            Sender::CodeQr => sign::<CodeQr>(
                secret,
                format!(
                    r#"{{"id":"evt_{id}","event":"link.deleted","createdAt":"2026-05-09T14:01:23Z","data":{{"id":"a"}}}}"#
                ),
                signed_at,
            ),
            Sender::QrPlanet => {
                sign::<QrPlanet>(secret, format!("event=QR_CODE_SCANNED&code=c{id}&redirects={id}"), signed_at)
            }
        }
    }
}
