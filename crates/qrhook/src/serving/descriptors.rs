//! How many connections the process has room for.

/// The most descriptors that are left for the files and the stores of the program.
const RESERVE: usize = 256;

/// How many connections are served at once: as many as are wanted, or as usual. The process's limit of descriptors is
/// raised as far as they need it and the system allows it; where that is less, so are they.
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
