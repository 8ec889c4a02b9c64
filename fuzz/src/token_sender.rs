//! A sender that repeats its secret in a form, whose event is the form itself.

use std::fmt;

use http::HeaderValue;
use qrhook::{
    BodyProblem, Delivery, Provider, Secrets, VerifyError, WebhookEvent,
    event::{Identity, Oddities},
    provider::{Content, Decoded, Policy, Scheme},
};

use crate::{NOW, SECRET};

/// The field of the token.
pub const TOKEN: &str = "token";

/// The most fields of a form.
pub const FIELDS: usize = 1000;

/// The sender.
#[derive(Default)]
pub struct TokenSender;

/// The fields of a form, without the token.
#[derive(PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Provider for TokenSender {
    type Event = Fields;

    fn name(&self) -> &'static str {
        "token-sender"
    }

    fn policy(&self) -> Policy {
        Policy::JSON.with_field_limit(FIELDS)
    }

    fn scheme(&self) -> Scheme {
        Scheme::Token { field: TOKEN }
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
        let Content::Form(form) = content else { panic!("a token sender gets a form") };
        let fields = form.iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let mut oddities = Oddities::default();
        for (field, reason) in form.notes() {
            oddities.note(field, reason);
        }
        Ok(Decoded::new(Fields(fields), oddities))
    }
}

impl WebhookEvent for Fields {
    fn identity(&self) -> Identity<'_> {
        Identity::Content { discriminated: false }
    }

    fn event_type(&self) -> Option<&str> {
        None
    }

    fn created_at(&self) -> Option<&qrhook::Timestamp> {
        None
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

/// Reads a body of this content type. `None` if the type cannot be in a header.
pub fn read<P: Provider + Default>(content_type: &[u8], body: &[u8]) -> Option<Result<Delivery<P>, VerifyError>> {
    let content_type = HeaderValue::from_bytes(content_type).ok()?;
    let headers = [("content-type", content_type)];
    let secrets = Secrets::one(SECRET).expect("a usable secret");
    Some(qrhook::verify::<P>(headers, body.to_vec(), &secrets, NOW))
}
