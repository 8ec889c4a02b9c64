//! The plain function: headers and body, without a server.

use qrhook::{Rejection, UnixTime, Verifier, VerifyError};

use super::world::secrets;
use crate::scenario::{Request, Scenario, Step, for_sender};

/// The verdict of the plain function on a scenario that is one complete request: the status and the reason, or `None`
/// for a delivery. The outer `None` means that it cannot be asked.
pub fn verdict(scenario: &Scenario) -> Option<Option<(u16, &'static str)>> {
    let Some(Step::Send(request, _)) = scenario.steps.first() else { return None };
    if !scenario.is_verdict() || !request.is_whole() || scenario.setup.unverified_limit.is_some() {
        return None;
    }
    let result = verify(scenario, request).err().map(|error| {
        let (reason, rejection) = (error.reason(), Rejection::from(error));
        (rejection.status().as_u16(), reason)
    });
    Some(result)
}

/// Verifies a request with the plain function, or with a verifier if a body limit is set.
pub fn verify(scenario: &Scenario, request: &Request) -> Result<(), VerifyError> {
    let secrets = qrhook::Secrets::new(secrets(scenario.secrets)).unwrap();
    let (mut lines, body, now) = (request.headers.clone(), request.body.clone(), UnixTime::now());
    lines.extend(request.announced().map(|length| ("content-length".to_owned(), length.to_string().into_bytes())));
    for_sender!(scenario.sender, P => match scenario.setup.body_limit {
        None => qrhook::verify::<P>(&lines[..], body, &secrets, now).map(drop),
        Some(limit) => Verifier::<P>::new(secrets).with_body_limit(limit).verify(&lines[..], body, now).map(drop),
    })
}
