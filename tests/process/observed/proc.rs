//! What the test reads below `/proc` itself.

use std::fs;

/// Fields of `/proc/self/stat`, of which `proc_pid_stat(5)` has the numbers.
#[derive(Debug)]
pub(super) struct Stat {
    pub(super) minor_faults: f64,
    pub(super) major_faults: f64,
    pub(super) user_ticks: f64,
    pub(super) system_ticks: f64,
    pub(super) threads: f64,
    pub(super) begun_ticks: f64,
    pub(super) virtual_bytes: f64,
    pub(super) resident_bytes: f64,
}

impl Stat {
    pub(super) fn read() -> Self {
        let text = fs::read_to_string("/proc/self/stat").unwrap();
        // The second field is the name of the program, which may contain spaces.
        let (_, rest) = text.rsplit_once(") ").unwrap();
        let fields: Vec<_> = rest.split_whitespace().collect();
        let field = |number: usize| fields[number - 3].parse::<f64>().unwrap();
        Self {
            minor_faults: field(10),
            major_faults: field(12),
            user_ticks: field(14),
            system_ticks: field(15),
            threads: field(20),
            begun_ticks: field(22),
            virtual_bytes: field(23),
            resident_bytes: resident_bytes(),
        }
    }
}

/// Linux has pages of several sizes, and shows this one in kibibytes.
fn resident_bytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<f64>().unwrap() * 1024.0
}

/// The seconds since the system began.
pub(super) fn uptime() -> f64 {
    let text = fs::read_to_string("/proc/uptime").unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
}
