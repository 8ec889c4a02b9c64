//! Free space on the disk.

use std::path::PathBuf;

/// The number of bytes on the disk that are reserved for the write-ahead log. While less is free, the main file does
/// not grow: the rest must suffice for commits, and for deleting records that are past their retention.
const KEPT: u64 = 512 * 1024;

/// The disk that the store's files are on.
pub(crate) struct Room {
    file: PathBuf,
    /// The most pages that the main file may have.
    pub(crate) max_pages: u32,
}

impl Room {
    pub(crate) const fn of(file: PathBuf, max_pages: u32) -> Self {
        Self { file, max_pages }
    }

    /// Returns whether so little is free that the main file must not grow.
    pub(crate) fn is_low(&self) -> bool {
        self.free().is_some_and(|free| free < KEPT)
    }

    /// The most bytes that the main file can have, while it has this many in pages of this size: by its own limit, or
    /// until the disk is full. `None` if there is neither a limit nor a number of free bytes.
    pub(crate) fn capacity(&self, used: u64, page: u64) -> Option<u64> {
        let limit = (self.max_pages < u32::MAX).then(|| u64::from(self.max_pages).saturating_mul(page));
        let disk = self.free().map(|free| used.saturating_add(free));
        limit.into_iter().chain(disk).min()
    }

    /// The free bytes, or `None` if the system does not report them.
    #[cfg(unix)]
    fn free(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.file).ok()?;
        disk.f_bavail.checked_mul(disk.f_frsize)
    }

    #[cfg(not(unix))]
    fn free(&self) -> Option<u64> {
        None
    }
}
