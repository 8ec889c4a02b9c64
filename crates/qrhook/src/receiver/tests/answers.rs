//! The response to each rejection.

use super::*;

#[test]
fn every_rejection_has_its_answer() {
    let unverified = |error| Rejection::Unverified(error);
    let cases = [
        (Rejection::Method, 405, "method"),
        (unverified(VerifyError::SignatureMismatch), 401, "signature-mismatch"),
        (unverified(VerifyError::MissingToken { field: "f" }), 401, "missing-token"),
        (unverified(VerifyError::BodyTooLarge { limit: 1 }), 413, "body-too-large"),
        (unverified(VerifyError::UnsupportedMediaType), 415, "unsupported-media-type"),
        (unverified(VerifyError::UnusableBody(BodyProblem::NotAnObject)), 400, "unusable-body"),
        (Rejection::BodyTimeout, 408, "body-timeout"),
        (Rejection::BodyIncomplete, 400, "body-incomplete"),
        (Rejection::BodyOverOuterLimit, 413, "body-too-large"),
        (Rejection::TooManyBodies, 503, "too-many-bodies"),
        (Rejection::TooManyHandlers, 503, "too-many-handlers"),
        (Rejection::TenantSource, 503, "tenant-source"),
        (Rejection::Closing, 503, "closing"),
        (DUPLICATE, 200, "duplicate"),
        (Rejection::Duplicate { id_conflict: true }, 200, "id-conflict"),
        (Rejection::InFlight, 503, "in-flight"),
        (Rejection::Store(StoreErrorKind::Full), 503, "store"),
        (Rejection::HandlerTimeout, 503, "handler-timeout"),
        (Rejection::HandlerStopped, 503, "handler-stopped"),
        (Rejection::HandlerPanicked, 500, "handler-panicked"),
        (Rejection::LeaseOver, 503, "lease-over"),
        (Rejection::TaskGone, 503, "task-gone"),
        (Rejection::ClaimNotManual, 500, "claim-not-manual"),
    ];
    for (rejection, status, reason) in cases {
        assert_eq!(rejection.reason(), reason);
        let response = rejection.to_response();
        assert_eq!(response.status().as_u16(), status, "{reason}");
        assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{reason}");
        assert_eq!(response.headers().contains_key("allow"), status == 405, "{reason}");
        assert!(!response.status().is_redirection() && response.status() != StatusCode::GONE);
        assert_eq!(response.extensions().get::<Rejection>(), Some(&rejection));
        let after = ["handler-timeout", "handler-stopped", "handler-panicked", "task-gone", "claim-not-manual"];
        let is_after = after.contains(&reason);
        assert_eq!(rejection.is_before_the_handler(), !is_after, "{reason}");
    }
    let text = |rejection: Rejection| *rejection.to_response().body();
    let mismatch = unverified(VerifyError::SignatureMismatch);
    assert_eq!(text(mismatch), text(unverified(VerifyError::MissingToken { field: "f" })), "the same body");
    let texts = [
        (DUPLICATE, "already handled\n"),
        (Rejection::BodyIncomplete, "unusable request\n"),
        (unverified(VerifyError::SignatureMismatch), "not verified\n"),
        (Rejection::Method, "only POST\n"),
        (Rejection::BodyTimeout, "the body took too long\n"),
        (unverified(VerifyError::BodyTooLarge { limit: 1 }), "the body is too large\n"),
        (unverified(VerifyError::UnsupportedMediaType), "unsupported content type\n"),
        (Rejection::InFlight, "try again later\n"),
        (Rejection::HandlerPanicked, "internal error\n"),
    ];
    for (rejection, expected) in texts {
        assert_eq!(text(rejection), expected);
    }
}

#[test]
fn a_rejection_says_what_it_is() {
    let unusable = Rejection::Unverified(VerifyError::UnusableBody(BodyProblem::NotAnObject));
    assert_eq!(unusable.to_string(), "authentic, but the body is not a JSON object");
    assert_eq!(Rejection::Closing.to_string(), "the receiver is draining");
}
