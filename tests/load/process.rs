//! What this process holds, as far as the system says it.

/// At one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// In KiB; 0 where the system does not say it as Linux does.
    pub(crate) resident: usize,
    pub(crate) descriptors: usize,
    /// Of the runtime.
    pub(crate) tasks: usize,
}

impl Held {
    pub(crate) fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or_default();
        let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        Self { resident, descriptors, tasks }
    }
}
