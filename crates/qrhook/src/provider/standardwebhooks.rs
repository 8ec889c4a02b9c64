//! Standard Webhooks (standardwebhooks.com), and Svix, which sends in the same way.
//!
//! Signs the id, the time and the raw body with HMAC-SHA256, in `webhook-signature: v1,<base64>`, with the id in
//! `webhook-id` and the time in `webhook-timestamp`. Svix uses the names `svix-id`, `svix-timestamp` and
//! `svix-signature` unless its customer has chosen the others. The key is the bytes that the secret encodes in base64,
//! after `whsec_`. Source: the specification, version 1.0.0, and the reference libraries.
//!
//! The specification leaves the body to the sender, and recommends `type`, `timestamp` and `data`. Read
//! [`PlainEvent::data`] into a type of your own.
//!
//! # Example
//!
//! ```
//! use qrhook::standardwebhooks::StandardWebhooks;
//! use qrhook::{Secrets, UnixTime};
//!
//! let secrets = Secrets::one("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
//! let headers = [
//!     ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
//!     ("webhook-timestamp", "1614265330"),
//!     ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
//! ];
//! let now = UnixTime::from_secs(1614265330);
//! let delivery = qrhook::verify::<StandardWebhooks>(headers, r#"{"test": 2432232314}"#, &secrets, now)?;
//! assert_eq!(delivery.id(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::time::Duration;

use http::HeaderName;

use super::{Content, Decoded, HmacScheme, Policy, Provider, Scheme, Window};
use crate::{
    body::BodyProblem,
    event::{Layout, PlainEvent},
};

/// Any sender that follows Standard Webhooks, as a [`Provider`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StandardWebhooks;

const HOUR: Duration = Duration::from_secs(3600);

impl Provider for StandardWebhooks {
    type Event = PlainEvent;

    fn name(&self) -> &'static str {
        "standardwebhooks"
    }

    // The last retry of the specification's example comes after 75 h 35 min, that of Svix after 27 h 35 min.
    fn policy(&self) -> Policy {
        let policy = Policy::JSON.with_window(Window::DEFAULT).with_whsec_prefix();
        policy.with_retention(HOUR.saturating_mul(96), HOUR.saturating_mul(76))
    }

    fn scheme(&self) -> Scheme {
        let header = HeaderName::from_static;
        let scheme = HmacScheme::new(header("webhook-signature"))
            .with_time_header(header("webhook-timestamp"))
            .with_id_header(header("webhook-id"));
        let scheme = scheme
            .or(header("svix-signature"))
            .with_time_header(header("svix-timestamp"))
            .with_id_header(header("svix-id"));
        scheme.with_versions("v1").with_base64().with_base64_key().into()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<PlainEvent>, BodyProblem> {
        // None of these is required: a body without them is not odd.
        const LAYOUT: Layout = Layout::new().with_type("/type").with_created_at("/timestamp").with_data("/data");
        PlainEvent::decode(content, &LAYOUT)
    }
}
