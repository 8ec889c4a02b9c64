//! The customers of `axum-tenants` and `actix-tenants`, in a table in SQLite.
//!
//! A customer has one row for each secret that is accepted: two during a rotation. Whoever can read the table can sign
//! events, so encrypt the secrets in a real one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use qrhook::{Secret, Secrets, Tenants, tenant::Limits};
use rusqlite::Connection;

/// The table of all customers.
#[derive(Debug, Clone)]
pub struct Customers(Arc<Mutex<Connection>>);

impl Customers {
    /// Opens the table, which is created if there is none.
    pub fn open(path: &str) -> anyhow::Result<Self> {
        let table = Connection::open(path)?;
        table.execute_batch(
            "CREATE TABLE IF NOT EXISTS customer (
                name TEXT NOT NULL, secret TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (name, label)
            )",
        )?;
        Ok(Self(Arc::new(Mutex::new(table))))
    }

    /// The customers as tenants. Those that exist now are remembered from the start, so that no stranger can keep them
    /// out; others are looked up when their first event arrives.
    pub fn tenants(self) -> anyhow::Result<Tenants> {
        let names = self.names()?;
        let table = self.clone();
        // A change in the table takes effect within this time.
        let limits = Limits { fresh: Duration::from_secs(5), absent: Duration::from_secs(2), ..Limits::DEFAULT };
        let tenants = Tenants::limited(limits, move |name| {
            let table = table.clone();
            async move { tokio::task::spawn_blocking(move || table.secrets(&name)).await? }
        });
        for name in names {
            match self.secrets(&name) {
                Ok(Some(secrets)) => tenants.remember(&name, secrets),
                Ok(None) => {}
                // One customer without a usable secret must not stop the program.
                Err(error) => tracing::error!(customer = name, %error, "the customer is not remembered"),
            }
        }
        Ok(tenants)
    }

    fn names(&self) -> anyhow::Result<Vec<String>> {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows = table.prepare("SELECT DISTINCT name FROM customer")?;
        let names = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    }

    /// The secrets of a customer, the newest first. `None` if there is no such customer.
    fn secrets(&self, name: &str) -> anyhow::Result<Option<Secrets>> {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows = table.prepare("SELECT secret, label FROM customer WHERE name = ? ORDER BY label DESC")?;
        let secret = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let (mut secrets, mut has_rows) = (Vec::new(), false);
        for row in rows.query_map([name], secret)? {
            let (text, label) = row?;
            has_rows = true;
            match Secret::new(&text) {
                Ok(secret) => secrets.push(secret.with_label(label)),
                // One spoiled row must not keep the customer's other secrets out.
                Err(error) => tracing::error!(customer = name, label, %error, "the secret cannot be used"),
            }
        }
        // A customer whose rows are all spoiled is not unknown: after an error, the secrets found before stay in use.
        if has_rows { Ok(Some(Secrets::new(secrets)?)) } else { Ok(None) }
    }
}
