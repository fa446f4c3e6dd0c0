//! The resource usage of a process, from `/proc`.

use std::{fs, process::Command, sync::LazyLock};

/// The resources that a process has at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceUsage {
    /// Resident memory in KiB.
    pub(crate) resident_kib: f64,
    pub(crate) threads: usize,
    pub(crate) descriptors: usize,
}

impl ResourceUsage {
    pub(crate) fn of(process: u32) -> Self {
        let status = read(process, "status");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|kib| kib.trim().strip_suffix(" kB"));
        Self {
            resident_kib: resident.and_then(|kib| kib.parse().ok()).expect("a resident size"),
            threads: entries(process, "task"),
            descriptors: entries(process, "fd"),
        }
    }
}

/// The processor time that a process has used, in all its threads, in seconds.
pub(crate) fn processor_seconds(process: u32) -> f64 {
    let stat = read(process, "stat");
    // The name in parentheses may contain spaces and parentheses.
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    // proc_pid_stat(5): `utime` and `stime` are the fields 14 and 15, and the name was the second.
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.map(|ticks| ticks.parse::<f64>().expect("ticks")).sum();
    ticks / *TICKS_PER_SECOND
}

static TICKS_PER_SECOND: LazyLock<f64> = LazyLock::new(|| {
    let output = Command::new("getconf").arg("CLK_TCK").output().expect("there is getconf");
    let ticks = String::from_utf8(output.stdout).expect("a number");
    ticks.trim().parse().expect("a number")
});

fn read(process: u32, file: &str) -> String {
    fs::read_to_string(format!("/proc/{process}/{file}")).expect("a running process on Linux")
}

fn entries(process: u32, folder: &str) -> usize {
    fs::read_dir(format!("/proc/{process}/{folder}")).expect("a running process on Linux").count()
}
