//! Requests, built and signed beforehand.

use std::{io::Write, ops::Range};

use axum_standardwebhooks::Webhook;
use qrhook::{UnixTime, qrstudio::QrStudio, testing};

use super::Result;

pub const SECRET: &str = "whsec_00000000000000000000000000000000";

/// A secret for Standard Webhooks, which decodes the part after the prefix.
pub const STANDARD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// Requests in sequence, in wire format.
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Requests {
    /// QR Studio's scans, one for each of these ids.
    pub fn qr_studio(ids: Range<u32>) -> Result<Self> {
        Self::of(ids, |_, body| {
            let request = testing::sign::<QrStudio>(SECRET, body.to_owned(), UnixTime::now());
            let mut lines = Vec::new();
            for (name, value) in &request.headers {
                write!(lines, "{name}: ")?;
                lines.extend([value.as_bytes(), b"\r\n"].concat());
            }
            Ok(lines)
        })
    }

    /// The same bodies, signed in the scheme of Standard Webhooks.
    pub fn standard_webhooks(ids: Range<u32>) -> Result<Self> {
        let webhook = Webhook::new(STANDARD_SECRET)?;
        Self::of(ids, |id, body| {
            let (now, id) = (UnixTime::now().as_secs(), event_id(id));
            let signature = webhook.sign(&id, now, body.as_bytes())?;
            let lines = format!(
                "content-type: application/json\r\nwebhook-id: {id}\r\nwebhook-timestamp: {now}\r\nwebhook-signature: {signature}\r\n"
            );
            Ok(lines.into_bytes())
        })
    }

    fn of(ids: Range<u32>, headers: impl Fn(u32, &str) -> Result<Vec<u8>>) -> Result<Self> {
        let sample = testing::samples::find("qrstudio", "scan.created").ok_or("the sample is missing")?;
        let sample = std::str::from_utf8(sample.body)?.trim_end();
        let (before, after) = sample.split_once("evt_aBc12dEf").ok_or("the sample has another id")?;
        let mut requests = Self { bytes: Vec::new(), ends: Vec::new() };
        for id in ids {
            let body = format!("{before}{}{after}", event_id(id));
            let length = body.len();
            write!(requests.bytes, "POST /hook HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\n")?;
            requests.bytes.extend([&headers(id, &body)?[..], b"\r\n", body.as_bytes()].concat());
            requests.ends.push(requests.bytes.len());
        }
        Ok(requests)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }
}

/// An id as long as the vendor's.
fn event_id(number: u32) -> String {
    format!("evt_{number:08x}")
}
