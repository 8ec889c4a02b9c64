//! The targets of this project, row by row.

use super::figures::{Figures, cell};

/// The bound of a figure, and the side on which the figure must be.
#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

/// A row: its title, the name of its figure, its bound, and the best other library with the name of its figure.
type Target = (&'static str, &'static str, Bound, Option<(&'static str, &'static str)>);

const TARGETS: &[Target] = &[
    (
        "`t=,v1=` verified from a `HeaderMap` and a body, relative to a keyed HMAC: 0.5 KB",
        "pieces/verify-512/qrhook",
        AtMost(1.28),
        Some(("webhook-verify", "pieces/verify-512/webhook-verify")),
    ),
    (
        "the same, 4 KB",
        "pieces/verify-4096/qrhook",
        AtMost(1.05),
        Some(("webhook-verify", "pieces/verify-4096/webhook-verify")),
    ),
    (
        "the same, 64 KB",
        "pieces/verify-65536/qrhook",
        AtMost(1.01),
        Some(("webhook-verify", "pieces/verify-65536/webhook-verify")),
    ),
    (
        "bare hex over the raw body, 0.5 KB",
        "pieces/bare-hex-512/qrhook",
        AtMost(1.15),
        Some(("webhook-verify", "pieces/bare-hex-512/webhook-verify")),
    ),
    (
        "verified and typed, relative to a keyed HMAC, a UTF-8 check and `from_str` into the same struct: 0.5 KB",
        "pieces/typed-512/qrhook",
        AtMost(1.15),
        Some(("webhook-verify and serde_json", "pieces/typed-512/webhook-verify and serde_json")),
    ),
    (
        "the same, 4 KB",
        "pieces/typed-4096/qrhook",
        AtMost(1.08),
        Some(("webhook-verify and serde_json", "pieces/typed-4096/webhook-verify and serde_json")),
    ),
    (
        "the same, 64 KB",
        "pieces/typed-65536/qrhook",
        AtMost(1.03),
        Some(("webhook-verify and serde_json", "pieces/typed-65536/webhook-verify and serde_json")),
    ),
    ("allocations: verified", "counts/allocations/check", AtMost(0.0), None),
    ("allocations: verified and typed `scan.created`", "counts/allocations/typed", AtMost(14.0), None),
    (
        "bytes allocated with an unknown member of 60 KB, which is not copied",
        "counts/bytes/typed, an unknown member of 60 KB",
        AtMost(1024.0),
        None,
    ),
    ("instructions outside the hash: verified", "counts/instructions/check", AtMost(2500.0), None),
    ("instructions outside the hash: verified and typed", "counts/instructions/typed", AtMost(16_500.0), None),
    (
        "a form verified and typed, relative to serde_urlencoded into the same struct",
        "pieces/form/qrhook",
        AtMost(0.75),
        None,
    ),
    (
        "axum, `Verified`: share of a bare handler's requests per second",
        "load/axum, `Verified`/rate",
        AtLeast(0.75),
        Some(("axum-standardwebhooks", "load/axum, axum-standardwebhooks/rate")),
    ),
    (
        "axum, `WebhookLayer` with the memory store: the same share",
        "load/axum, `WebhookLayer`/rate",
        AtLeast(0.66),
        None,
    ),
    (
        "the same: processor time of a request, relative to the best by hand",
        "load/axum, `WebhookLayer`, against by hand/processor",
        AtMost(1.15),
        None,
    ),
    (
        "actix, `Verified`: share of a bare handler's requests per second",
        "load/actix, `Verified`/rate",
        AtLeast(0.74),
        None,
    ),
    ("actix, `WebhookMiddleware`: the same share", "load/actix, `WebhookMiddleware`/rate", AtLeast(0.64), None),
    (
        "memory store at 1 million ids: claim and commit with expiry, ns",
        "store/qrhook/1000000/steady",
        AtMost(250.0),
        Some(("DashMap", "store/DashMap/1000000/steady")),
    ),
    (
        "the same at 10 million ids, ns",
        "store/qrhook/10000000/steady",
        AtMost(450.0),
        Some(("DashMap", "store/DashMap/10000000/steady")),
    ),
    (
        "bytes per id at 1 million",
        "counts/bytes per id/1 million",
        AtMost(56.0),
        Some(("DashMap", "store/DashMap/1000000/resident")),
    ),
    (
        "bytes per id at 10 million",
        "counts/bytes per id/10 million",
        AtMost(56.0),
        Some(("DashMap", "store/DashMap/10000000/resident")),
    ),
    (
        "longest operation at 1 million ids, ms",
        "store/qrhook/1000000/longest",
        AtMost(20.0),
        Some(("DashMap", "store/DashMap/1000000/longest")),
    ),
    (
        "longest operation at 10 million ids, ms",
        "store/qrhook/10000000/longest",
        AtMost(20.0),
        Some(("DashMap", "store/DashMap/10000000/longest")),
    ),
    (
        "SQLite, `synchronous=FULL`: 64 claimers relative to one",
        "load/SQLite, 64 claimers against one/rate",
        AtLeast(3.5),
        None,
    ),
    (
        "Redis: time relative to the raw client, 1 task",
        "load/Redis against its raw client, 1 task/time",
        AtMost(1.10),
        None,
    ),
    ("the same, 64 tasks", "load/Redis against its raw client, 64 tasks/time", AtMost(1.10), None),
    ("crates in the core's dependency tree, itself included", "tree", AtMost(40.0), None),
];

pub fn table(figures: &Figures) -> String {
    let mut table = String::from("| | target | figure | | best other |\n| --- | --- | --- | --- | --- |\n");
    for (what, name, bound, other) in TARGETS {
        let figure = figures.get(name);
        let (sign, limit) = match *bound {
            AtMost(limit) => ("<=", limit),
            AtLeast(limit) => (">=", limit),
        };
        let verdict = match figure.map(|figure| bound.holds(figure.median)) {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "not measured",
        };
        let other = other.map_or_else(String::new, |(who, name)| format!("{who}: {}", cell(figures.get(name))));
        table += &format!("| {what} | {sign} {limit} | {} | {verdict} | {other} |\n", cell(figure));
    }
    table
}

impl Bound {
    fn holds(self, figure: f64) -> bool {
        match self {
            AtMost(limit) => figure <= limit,
            AtLeast(limit) => figure >= limit,
        }
    }
}
