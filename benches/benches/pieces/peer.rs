//! webhook-verify at a fixed time, like ours.

use std::sync::Arc;

use http::HeaderMap;
use qrhook::UnixTime;
use qrhook_benches::subjects::SECRET;
use webhook_verify::{Clock, Provider, Secret, VerifyOptions};

pub struct Peer {
    provider: Provider,
    secret: Secret,
    options: VerifyOptions,
}

struct Fixed(u64);

impl Clock for Fixed {
    fn now(&self) -> u64 {
        self.0
    }
}

impl Peer {
    pub fn new(provider: Provider, now: UnixTime) -> Self {
        let mut options = VerifyOptions::default();
        options.clock = Some(Arc::new(Fixed(now.as_secs().try_into().expect("after 1970"))));
        Self { provider, secret: Secret::new(SECRET), options }
    }

    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) {
        webhook_verify::verify(self.provider, headers, body, &self.secret, self.options.clone()).expect("authentic");
    }
}
