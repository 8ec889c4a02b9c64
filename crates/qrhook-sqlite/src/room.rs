//! Room on the disk.

use std::path::PathBuf;

/// How many bytes of the disk are left for the write-ahead log. While less is free the main file does not grow: what is
/// left must do for commits, and for forgetting what is past its retention.
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

    /// Whether so little is free that the main file must not grow.
    pub(crate) fn is_low(&self) -> bool {
        self.free().is_some_and(|free| free < KEPT)
    }

    /// `None` where the system does not tell.
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
