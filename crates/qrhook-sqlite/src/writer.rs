//! The one thread that writes to the file.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use qrhook::store::StoreError;
use rusqlite::Connection;

use crate::{
    clock::FileClock,
    error::{self, Failure},
    files::Files,
    fullness::{Fullness, Gauge},
    records::Records,
    request::Request,
    room::Room,
};

/// The maximum number of requests in one transaction.
const BATCH: usize = 512;

/// The same when there is little room: a transaction writes a page or two for each request.
const BATCH_WHEN_FULL: usize = 16;

/// The number of expired records that each claim may also delete. More than one, so that deletion keeps up.
const SWEPT_BY_A_CLAIM: usize = 2;

/// The number of records that a sweep may delete before claims fail because the store is full.
const SWEPT_WHEN_FULL: usize = 4096;

/// The same when the disk has little room for the log of the sweep.
const SWEPT_WHEN_LOW: usize = 64;

/// The interval at which an idle store checks its files. A busy store checks them in every transaction.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Takes requests, and runs all that wait in one transaction, so that the disk flushes once for all of them.
pub(crate) struct Writer<'c> {
    records: Records<'c>,
    files: Files,
    room: Room,
    clock: FileClock,
    transactions: Arc<AtomicU64>,
    gauge: Gauge,
}

impl<'c> Writer<'c> {
    pub(crate) fn on(
        connection: &'c Connection,
        files: Files,
        room: Room,
        clock: FileClock,
        transactions: Arc<AtomicU64>,
        fullness: Fullness,
    ) -> rusqlite::Result<Self> {
        let records = Records::of(connection)?;
        records.limit(room.max_pages)?;
        Ok(Self { records, files, room, clock, transactions, gauge: Gauge::of(fullness) })
    }

    /// Serves until all senders of requests are dropped and every request has its result.
    pub(crate) fn serve(mut self, requests: &Receiver<Request>) {
        loop {
            self.gauge.measure(&self.records, &self.room);
            match requests.recv_timeout(LOOK_EVERY) {
                Ok(first) => {
                    let mut batch = vec![first];
                    batch.extend(requests.try_iter().take(BATCH.saturating_sub(1)));
                    self.take(batch);
                }
                // The check itself logs a problem, once.
                Err(RecvTimeoutError::Timeout) => drop(self.look()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close();
    }

    fn close(mut self) {
        if self.look().is_err() {
            return self.records.leave_files();
        }
        let mark = self.clock.mark(self.clock.now());
        // If this fails, only the mark is lost, and there is no caller left to tell.
        let _ = self.records.transact(|records| records.mark(mark));
    }

    fn take(&mut self, mut batch: Vec<Request>) {
        batch.retain(|request| !request.is_pointless());
        if self.room.is_low() {
            return self.take_in_little_room(batch);
        }
        match self.transact(&mut batch, 0) {
            Err(failure) if failure.is_no_room() => self.take_in_little_room(batch),
            result => self.answer(batch, failure_of(result)),
        }
    }

    /// Runs commits and releases first and separately, because they must not fail when claims do. Then expired records
    /// make room for the claims. Before each of these transactions the log is emptied, because it may be the log that
    /// filled the disk. While the disk has little room, the file does not grow.
    fn take_in_little_room(&mut self, batch: Vec<Request>) {
        let emptied = self.records.empty_log();
        let low = self.room.is_low();
        // SQLite treats a limit below the current size as the current size.
        let _ = self.records.limit(if low { 1 } else { self.room.max_pages });
        let (mut claims, mut others): (Vec<_>, Vec<_>) = batch.into_iter().partition(Request::is_claim);
        while !others.is_empty() {
            let mut some: Vec<_> = others.drain(..others.len().min(BATCH_WHEN_FULL)).collect();
            let failure = failure_of(self.transact_behind_an_empty_log(&mut some, 0));
            self.answer(some, failure);
        }
        if low && !emptied {
            // Another connection reads the log, so it would grow into the room that is reserved for commits.
            self.answer(claims, Some(StoreError::full()));
        } else if !claims.is_empty() {
            let swept = self.transact_behind_an_empty_log(&mut [], if low { SWEPT_WHEN_LOW } else { SWEPT_WHEN_FULL });
            let mut failure = failure_of(swept);
            while !claims.is_empty() {
                let mut some: Vec<_> = claims.drain(..claims.len().min(BATCH_WHEN_FULL)).collect();
                if failure.is_none() {
                    failure = failure_of(self.transact_behind_an_empty_log(&mut some, 0));
                }
                self.answer(some, failure.clone());
            }
        }
        let _ = self.records.limit(self.room.max_pages);
    }

    fn transact_behind_an_empty_log(&mut self, requests: &mut [Request], sweep: usize) -> Result<usize, Failure> {
        // The log cannot be emptied while another connection reads it, but there may be room anyway.
        self.records.empty_log();
        self.transact(requests, sweep)
    }

    /// Deletes some expired records and then runs the requests, in one transaction. Returns the number of deleted
    /// records.
    pub(crate) fn transact(&mut self, requests: &mut [Request], sweep: usize) -> Result<usize, Failure> {
        let claims = requests.iter().filter(|request| request.is_claim()).count();
        let sweep = sweep.saturating_add(claims.saturating_mul(SWEPT_BY_A_CLAIM));
        if requests.is_empty() && sweep == 0 {
            return Ok(0);
        }
        self.look()?;
        let clock = &self.clock;
        let (swept, marked) = self.records.transact(|records| {
            // Read after the lock is acquired, because waiting for it may have taken a while.
            let now = clock.now();
            let swept = if sweep > 0 { records.sweep(sweep, now)? } else { 0 };
            for request in requests {
                request.run(records, now)?;
            }
            let mark = clock.due_mark(now);
            if let Some(mark) = mark {
                records.mark(mark)?;
            }
            Ok((swept, mark))
        })?;
        if let Some(mark) = marked {
            self.clock.was_marked(mark);
        }
        self.transactions.fetch_add(1, Ordering::Relaxed);
        // Again, before anything is acknowledged: the files may have vanished during the write.
        self.look()?;
        Ok(swept)
    }

    /// Checks that a restart would find what is written.
    fn look(&mut self) -> Result<(), Failure> {
        self.files.check().map_err(|lost| {
            // Another process cannot have opened the file without creating a new log, so this is still safe.
            if lost.is_news && lost.only_log {
                self.records.empty_log();
            }
            Failure::Lost(lost.problem)
        })
    }

    pub(crate) fn answer(&mut self, batch: Vec<Request>, failure: Option<StoreError>) {
        let orphans: Vec<_> = batch.into_iter().filter_map(|request| request.answer(failure.as_ref())).collect();
        if !orphans.is_empty() {
            // Released at once, so that the sender's next attempt need not wait for the lease. If this fails, it waits.
            let _ =
                self.records.transact(|records| orphans.iter().try_for_each(|claim| records.release(claim).map(drop)));
        }
    }
}

fn failure_of<T>(result: Result<T, Failure>) -> Option<StoreError> {
    result.err().map(error::store_error)
}
