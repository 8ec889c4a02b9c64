//! The number of connections that the process has room for.

/// The maximum number of descriptors reserved for the program's own files and stores.
const RESERVE: usize = 256;

/// Returns the number of connections to serve at once: `wanted`, or `usual` if that is `None`. Raises the process's
/// limit of open files as far as needed. If the system does not allow enough, the number is lower.
pub fn max_connections(wanted: Option<usize>, usual: usize) -> usize {
    let connections = wanted.unwrap_or(usual);
    let needed = u64::try_from(connections.saturating_add(RESERVE)).unwrap_or(u64::MAX);
    let Ok(limit) = rlimit::increase_nofile_limit(needed) else { return connections };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let room = limit.saturating_sub(RESERVE.min(limit / 4)).max(1);
    if wanted.is_some() && room < connections {
        tracing::warn!(
            wanted = connections,
            served = room,
            "the limit of open files leaves room for fewer connections"
        );
    }
    connections.min(room)
}
