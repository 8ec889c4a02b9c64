//! The steps as SQL.

use qrhook::store::{Claim, Key, Outcome, Settled};
use rusqlite::{Connection, OptionalExtension, Statement, config::DbConfig, params};

use crate::clock::{Mark, millis};

const DONE: i64 = 1;

/// The number of records that a sweep examines, in addition to two for each that it may forget.
const SEEN_BY_A_SWEEP: i64 = 64;

/// The records of a file.
pub(crate) struct Records<'c> {
    connection: &'c Connection,
    claim: Statement<'c>,
    find: Statement<'c>,
    commit: Statement<'c>,
    release: Statement<'c>,
    sweep: Statement<'c>,
    mark: Statement<'c>,
}

impl<'c> Records<'c> {
    pub(crate) fn of(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            // In one statement: takes an absent or expired key, and leaves any other record unchanged.
            claim: connection.prepare(
                "INSERT INTO event (key, owner, state, until, forget, occurrence) VALUES (?1, ?2, 0, ?3, ?4, ?5)
                 ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, state = excluded.state,
                    until = excluded.until, forget = excluded.forget, occurrence = excluded.occurrence
                 WHERE event.until <= ?6",
            )?,
            find: connection.prepare("SELECT state, owner, occurrence FROM event WHERE key = ?1")?,
            commit: connection
                .prepare("UPDATE event SET state = 1, until = ?3 WHERE key = ?1 AND owner = ?2 AND state = 0")?,
            release: connection.prepare("DELETE FROM event WHERE key = ?1 AND owner = ?2 AND state = 0")?,
            // Two bounds, because events that took long to handle are still within their retention when a sweep first
            // examines them.
            sweep: connection.prepare(
                "DELETE FROM event WHERE key IN (
                    SELECT key FROM (SELECT key, until FROM event WHERE forget <= ?1 ORDER BY forget LIMIT ?3)
                    WHERE until <= ?1 LIMIT ?2)",
            )?,
            // The condition is for two processes that use the file, whose clocks differ a little.
            mark: connection.prepare(
                "INSERT INTO clock (id, now, wall) VALUES (1, ?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET now = excluded.now, wall = excluded.wall
                 WHERE clock.now <= excluded.now",
            )?,
        })
    }

    /// Runs steps in one transaction. When it returns, either all of them are on disk or none has an effect.
    pub(crate) fn transact<T>(&mut self, steps: impl FnOnce(&mut Self) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        // Immediate, because a transaction that starts with a read can be refused when it wants to write.
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let done = steps(self).and_then(|done| self.connection.execute_batch("COMMIT").map(|()| done));
        // SQLite rolls back on its own after some failures, but not after others.
        if done.is_err() && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        done
    }

    pub(crate) fn claim(&mut self, claim: &Claim, now: i64) -> rusqlite::Result<Outcome> {
        let lease_until = now.saturating_add(millis(claim.terms().lease()));
        let forget = now.saturating_add(millis(claim.terms().retention()));
        let occurrence = claim.terms().occurrence();
        let (key, owner) = (claim.key().as_bytes(), claim.owner());
        let taken = self.claim.execute(params![key, owner.as_bytes(), lease_until, forget, occurrence, now])?;
        if taken > 0 {
            return Ok(Outcome::Acquired(claim.clone()));
        }
        Ok(match self.find(claim.key())? {
            Some(found) if found.state == DONE => Outcome::Done { same_occurrence: found.occurrence == occurrence },
            _ => Outcome::InFlight,
        })
    }

    pub(crate) fn commit(&mut self, claim: &Claim, now: i64) -> rusqlite::Result<Settled> {
        let until = now.saturating_add(millis(claim.terms().retention()));
        if self.commit.execute(params![claim.key().as_bytes(), claim.owner().as_bytes(), until])? > 0 {
            return Ok(Settled::Applied);
        }
        let ours = |found: Found| found.state == DONE && found.owner == *claim.owner().as_bytes();
        Ok(if self.find(claim.key())?.is_some_and(ours) { Settled::Applied } else { Settled::Lost })
    }

    pub(crate) fn release(&mut self, claim: &Claim) -> rusqlite::Result<Settled> {
        if self.release.execute(params![claim.key().as_bytes(), claim.owner().as_bytes()])? > 0 {
            return Ok(Settled::Applied);
        }
        Ok(if self.find(claim.key())?.is_some() { Settled::Lost } else { Settled::Applied })
    }

    pub(crate) fn sweep(&mut self, limit: usize, now: i64) -> rusqlite::Result<usize> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let seen = limit.saturating_mul(2).saturating_add(SEEN_BY_A_SWEEP);
        self.sweep.execute(params![now, limit, seen])
    }

    pub(crate) fn mark(&mut self, mark: Mark) -> rusqlite::Result<()> {
        self.mark.execute(params![mark.now, mark.wall]).map(drop)
    }

    /// Limits the main file to this many pages. A larger file is not truncated.
    pub(crate) fn limit(&self, pages: u32) -> rusqlite::Result<()> {
        self.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
    }

    /// The bytes in use in the main file.
    pub(crate) fn used(&self) -> rusqlite::Result<Used> {
        let number = |sql| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let number = |sql| number(sql).map(|number| u64::try_from(number).unwrap_or_default());
        let (pages, free) = (number("PRAGMA page_count")?, number("PRAGMA freelist_count")?);
        let page = number("PRAGMA page_size")?;
        Ok(Used { bytes: pages.saturating_sub(free).saturating_mul(page), page })
    }

    /// Moves the content of the log to the main file and frees its disk space. Returns whether that worked: it does not
    /// while another connection reads the log.
    pub(crate) fn empty_log(&self) -> bool {
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        emptied.is_ok_and(|busy| busy == 0)
    }

    /// Makes closing the connection leave the files alone: SQLite would remove the log by its name.
    pub(crate) fn leave_files(&self) {
        let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }

    fn find(&mut self, key: &Key) -> rusqlite::Result<Option<Found>> {
        let found =
            |row: &rusqlite::Row<'_>| Ok(Found { state: row.get(0)?, owner: row.get(1)?, occurrence: row.get(2)? });
        self.find.query_row([key.as_bytes()], found).optional()
    }
}

/// The use of the main file.
pub(crate) struct Used {
    pub(crate) bytes: u64,
    /// The size of a page.
    pub(crate) page: u64,
}

struct Found {
    state: i64,
    owner: [u8; 16],
    occurrence: u32,
}
