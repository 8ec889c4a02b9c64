//! The one thread that writes to the file.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
    mpsc::Receiver,
};

use qrhook::store::StoreError;
use rusqlite::Connection;

use crate::{clock::FileClock, error, records::Records, request::Request};

/// How many requests share a transaction at most.
const BATCH: usize = 512;

/// How many records each claim may forget on the way. More than one, so that forgetting keeps up.
const SWEPT_BY_A_CLAIM: usize = 2;

/// How many records are looked at before claims are told that the store is full.
const SWEPT_WHEN_FULL: usize = 4096;

/// Takes requests, and puts all that wait into one transaction: the disk is asked to flush once for all of them.
pub(crate) struct Writer<'c> {
    records: Records<'c>,
    clock: FileClock,
    transactions: Arc<AtomicU64>,
}

impl<'c> Writer<'c> {
    pub(crate) fn on(
        connection: &'c Connection,
        clock: FileClock,
        transactions: Arc<AtomicU64>,
    ) -> rusqlite::Result<Self> {
        Ok(Self { records: Records::of(connection)?, clock, transactions })
    }

    /// Serves until nobody can ask any more and all that was asked is answered.
    pub(crate) fn serve(mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(next) = requests.try_recv()
            {
                batch.push(next);
            }
            self.take(batch);
        }
        let mark = self.clock.mark(self.clock.now());
        // A failure costs nothing but what the mark is for; there is nobody left to tell.
        let _ = self.records.transact(|records| records.mark(mark));
    }

    fn take(&mut self, mut batch: Vec<Request>) {
        batch.retain(|request| !request.is_pointless());
        match self.transact(&mut batch, 0) {
            Err(failure) if error::is_full(&failure) => self.take_when_full(batch, failure),
            result => self.answer(batch, result.err()),
        }
    }

    /// Commits and releases are tried again by themselves, for they need no room and must not fail because claims do.
    /// Then what is over makes room for the claims.
    fn take_when_full(&mut self, batch: Vec<Request>, failure: rusqlite::Error) {
        let (mut claims, mut others): (Vec<_>, Vec<_>) = batch.into_iter().partition(Request::is_claim);
        let settled = self.transact(&mut others, 0);
        self.answer(others, settled.err());
        if claims.is_empty() {
            return;
        }
        let made_room = self.transact(&mut [], SWEPT_WHEN_FULL).is_ok_and(|swept| swept > 0);
        let result = if made_room { self.transact(&mut claims, 0).map(drop) } else { Err(failure) };
        self.answer(claims, result.err());
    }

    /// Runs these requests in one transaction, after forgetting some of what is over. Returns how many it forgot.
    pub(crate) fn transact(&mut self, requests: &mut [Request], sweep: usize) -> rusqlite::Result<usize> {
        let claims = requests.iter().filter(|request| request.is_claim()).count();
        let sweep = sweep.saturating_add(claims.saturating_mul(SWEPT_BY_A_CLAIM));
        if requests.is_empty() && sweep == 0 {
            return Ok(0);
        }
        let clock = &self.clock;
        let (swept, marked) = self.records.transact(|records| {
            // Read when the file is ours: waiting for it may have taken a while.
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
        Ok(swept)
    }

    pub(crate) fn answer(&mut self, batch: Vec<Request>, failure: Option<rusqlite::Error>) {
        let failure: Option<StoreError> = failure.map(error::store_error);
        let orphans: Vec<_> = batch.into_iter().filter_map(|request| request.answer(failure.as_ref())).collect();
        if !orphans.is_empty() {
            // Given back at once, so that the sender's next try need not wait for the lease. If that fails, it waits.
            let _ =
                self.records.transact(|records| orphans.iter().try_for_each(|claim| records.release(claim).map(drop)));
        }
    }
}
