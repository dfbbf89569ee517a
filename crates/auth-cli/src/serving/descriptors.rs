//! Room for connections: each request of a proxy needs two, and systems give a process 1,024 unless it asks.

/// Takes as many file descriptors as the process may have. Where it may not, callers wait, or get a 502: no reason not to start.
#[cfg(unix)]
pub(crate) fn take_all() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
    {
        // As said above.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// There is no such limit.
#[cfg(not(unix))]
pub(crate) fn take_all() {}
