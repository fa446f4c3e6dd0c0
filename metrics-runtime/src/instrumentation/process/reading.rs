/// What the system reports of the process at one moment. `None` for what could not be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) usage: Option<ResourceUsage>,
    pub(super) status: Option<Status>,
    pub(super) file_descriptors: Option<u64>,
    pub(super) file_descriptor_limit: Option<u64>,
    pub(super) uptime_seconds: Option<f64>,
}

/// The sums of all threads, with the threads that have ended.
#[derive(Clone, Debug)]
pub(super) struct ResourceUsage {
    pub(super) user_seconds: f64,
    pub(super) system_seconds: f64,
    pub(super) voluntary_switches: u64,
    pub(super) involuntary_switches: u64,
    pub(super) major_faults: u64,
    pub(super) minor_faults: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) resident_bytes: Option<u64>,
    pub(super) virtual_bytes: u64,
    pub(super) threads: u64,
}
