//! A check that a file is sound enough to be a store.

use std::{path::Path, time::Duration};

use qrhook::store::{Claim, Key, Terms};
use rusqlite::{Connection, ErrorCode};

use crate::{error::OpenError, records::Records};

/// The size up to which a file is read in full, which takes a few tenths of a second.
const READ_AS_A_WHOLE: u64 = 64 * 1024 * 1024;

/// The number of keys to try. Each one reads another path through the table.
const TRIED: u8 = 16;

/// Refuses a file that is too damaged to claim from.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let of_sqlite = |error| OpenError::from_sqlite(path.to_owned(), error);
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).map(u64::from).map_err(of_sqlite);
    let bytes = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
    if bytes <= READ_AS_A_WHOLE {
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(of_sqlite)?;
        if found != "ok" {
            return Err(OpenError::Damaged { path: path.to_owned(), source: found.into() });
        }
    }
    match try_steps(connection) {
        // A full store keeps its records, and makes room once it is open.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => Ok(()),
        result => result.map_err(of_sqlite),
    }
}

/// Runs the steps of a store in a transaction that is rolled back.
fn try_steps(connection: &Connection) -> rusqlite::Result<()> {
    // Later than every record, because a real claim also adds to the end of the index.
    let late = i64::MAX / 2;
    let second = Duration::from_secs(1);
    let terms = Terms::new(second, second, 0).into_iter();
    let claims: Vec<_> = terms
        .flat_map(|terms| (0..TRIED).map(move |number| Claim::new(Key::new("", "", &[number]), terms)))
        .filter_map(Result::ok)
        .collect();
    let mut records = Records::of(connection)?;
    let taken_back = records.transact(|records| {
        for claim in &claims {
            records.claim(claim, late)?;
            records.commit(claim, late)?;
        }
        records.sweep(1, i64::MAX)?;
        Err::<(), _>(rusqlite::Error::ExecuteReturnedResults)
    });
    match taken_back {
        Err(rusqlite::Error::ExecuteReturnedResults) => Ok(()),
        result => result,
    }
}
