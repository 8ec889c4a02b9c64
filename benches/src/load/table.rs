//! The subjects that are measured over HTTP, and the comparisons between them.

/// One server under one load.
pub struct Subject {
    pub name: &'static str,
    /// The server, as an argument of `load serve`.
    pub kind: &'static str,
    pub workers: usize,
    pub connections: usize,
    pub scheme: Scheme,
    /// The status of a handled request, which differs from those of rejections and duplicates.
    pub status: u16,
}

pub enum Scheme {
    QrStudio,
    StandardWebhooks,
}

const fn subject(name: &'static str, kind: &'static str, connections: usize) -> Subject {
    Subject { name, kind, workers: 1, connections, scheme: Scheme::QrStudio, status: 204 }
}

/// Enough for the server to have work all the time.
pub const CONNECTIONS: usize = 64;

pub const SUBJECTS: &[Subject] = &[
    subject("axum, bare", "axum-bare", CONNECTIONS),
    subject("axum, by hand: verify and parse", "axum-hand-verified", CONNECTIONS),
    subject("axum, Verified", "axum-verified", CONNECTIONS),
    subject("axum, by hand: in a task", "axum-hand-task", CONNECTIONS),
    subject("axum, by hand: in time", "axum-hand-time", CONNECTIONS),
    subject("axum, by hand: once", "axum-hand-once", CONNECTIONS),
    subject("axum, layer", "axum-layer", CONNECTIONS),
    subject("axum, layer, no claims", "axum-layer-manual", CONNECTIONS),
    subject("axum, layer, waiting", "axum-layer-waits", CONNECTIONS),
    subject("axum, layer, qrhook_axum::serve", "axum-layer-served", CONNECTIONS),
    Subject {
        scheme: Scheme::StandardWebhooks,
        ..subject("axum, axum-standardwebhooks", "axum-standardwebhooks", CONNECTIONS)
    },
    subject("actix, bare", "actix-bare", CONNECTIONS),
    subject("actix, Verified", "actix-verified", CONNECTIONS),
    subject("actix, middleware", "actix-middleware", CONNECTIONS),
    subject("axum, bare, 1 connection", "axum-bare", 1),
    subject("axum, layer, 1 connection", "axum-layer", 1),
    subject("axum, bare, 8 connections", "axum-bare", 8),
    subject("axum, layer, 8 connections", "axum-layer", 8),
    Subject { workers: 2, ..subject("axum, layer, two cores", "axum-layer", CONNECTIONS) },
    Subject { status: 200, ..subject("Flask", "flask", CONNECTIONS) },
    Subject { status: 200, ..subject("Express", "express", CONNECTIONS) },
];

/// Each row's title, our subject and the base.
pub const ROWS: &[(&str, &str, &str)] = &[
    ("axum, a bare `Bytes` handler", "axum, bare", "axum, bare"),
    ("axum, verify and parse by hand", "axum, by hand: verify and parse", "axum, bare"),
    ("axum, `Verified`", "axum, Verified", "axum, bare"),
    ("axum, `Verified`, against by hand", "axum, Verified", "axum, by hand: verify and parse"),
    ("axum, axum-standardwebhooks", "axum, axum-standardwebhooks", "axum, bare"),
    ("axum, once by hand", "axum, by hand: once", "axum, bare"),
    ("axum, `WebhookLayer`", "axum, layer", "axum, bare"),
    ("axum, `WebhookLayer`, against by hand", "axum, layer", "axum, by hand: once"),
    ("cost of a claim and its commit: with, against without", "axum, layer", "axum, layer, no claims"),
    ("cost of a handler that waits once and continues in a task", "axum, layer, waiting", "axum, layer"),
    ("cost of a task, by hand", "axum, by hand: in a task", "axum, by hand: verify and parse"),
    ("cost of a timer, by hand", "axum, by hand: in time", "axum, by hand: in a task"),
    ("axum, `WebhookLayer` on `qrhook_axum::serve`", "axum, layer, qrhook_axum::serve", "axum, bare"),
    ("axum, `serve` against axum's own", "axum, layer, qrhook_axum::serve", "axum, layer"),
    ("axum, a bare handler, 1 connection", "axum, bare, 1 connection", "axum, bare, 1 connection"),
    ("axum, `WebhookLayer`, 1 connection", "axum, layer, 1 connection", "axum, bare, 1 connection"),
    ("axum, a bare handler, 8 connections", "axum, bare, 8 connections", "axum, bare, 8 connections"),
    ("axum, `WebhookLayer`, 8 connections", "axum, layer, 8 connections", "axum, bare, 8 connections"),
    ("axum, `WebhookLayer`, two cores against one", "axum, layer, two cores", "axum, layer"),
    ("actix, a bare `Bytes` handler", "actix, bare", "actix, bare"),
    ("actix, `Verified`", "actix, Verified", "actix, bare"),
    ("actix, `WebhookMiddleware`", "actix, middleware", "actix, bare"),
    ("Flask under waitress, against `WebhookLayer`", "Flask", "axum, layer"),
    ("Express, against `WebhookLayer`", "Express", "axum, layer"),
];
