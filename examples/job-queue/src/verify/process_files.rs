//! What the kernel says of a process: its processor time and its memory.

use std::{fs, path::PathBuf, time::Duration};

use serde::Serialize;

use super::error::VerifyError;

/// The processor time that a process has used, in user and in system mode, of all its threads,
/// also of those that have ended.
pub(super) fn processor_time(process: u32) -> Result<Duration, VerifyError> {
    let file = file(process, "stat");
    let text = read(&file)?;
    let ticks = ticks(&text).ok_or_else(|| VerifyError::Proc {
        file,
        reason: format!("it has no processor time: {}", text.trim()),
    })?;
    Ok(Duration::from_secs(ticks).div_f64(ticks_per_second()))
}

/// The memory of a process in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Memory {
    /// Resident memory.
    pub(super) resident: u64,
    /// The share of the process in it, where the kernel says it.
    pub(super) proportional: Option<u64>,
}

impl Memory {
    pub(super) fn of(process: u32) -> Result<Self, VerifyError> {
        let status = file(process, "status");
        let text = read(&status)?;
        let resident = kibibytes(&text, "VmRSS:").ok_or_else(|| VerifyError::Proc {
            file: status,
            reason: "it has no `VmRSS`".to_owned(),
        })?;
        let rollup = fs::read_to_string(file(process, "smaps_rollup")).unwrap_or_default();
        Ok(Self { resident, proportional: kibibytes(&rollup, "Pss:") })
    }
}

fn file(process: u32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{process}/{name}"))
}

fn read(file: &PathBuf) -> Result<String, VerifyError> {
    fs::read_to_string(file)
        .map_err(|cause| VerifyError::Proc { file: file.clone(), reason: cause.to_string() })
}

/// The fields `utime` and `stime` of `/proc/PID/stat`, added up. The second field is a name, which
/// may have spaces and brackets.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(unix)]
fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(not(unix))]
fn ticks_per_second() -> f64 {
    100.0
}

/// A size in a file of lines such as `VmRSS:    1804 kB`, in bytes.
fn kibibytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    number.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_move_the_fields() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194304 1 2 3 4 250 31 7 8 20 0 9 0 100 200";
        assert_eq!(ticks(stat), Some(281));
        assert_eq!(ticks("42 (a) S 1 2"), None);
    }

    #[test]
    fn sizes_are_in_bytes() {
        let text = "Name:\tjob-queue\nVmRSS:\t    1804 kB\nPss_Anon:  1 kB\nPss:   258 kB\n";
        assert_eq!(kibibytes(text, "VmRSS:"), Some(1_804 * 1_024));
        assert_eq!(kibibytes(text, "Pss:"), Some(258 * 1_024));
        assert_eq!(kibibytes(text, "VmHWM:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_time_and_memory() {
        let begin = std::time::Instant::now();
        let before = processor_time(std::process::id()).unwrap();
        let mut sum = 0_u64;
        while processor_time(std::process::id()).unwrap() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
            assert!(begin.elapsed() < Duration::from_secs(60), "no time passes");
        }
        assert!(Memory::of(std::process::id()).unwrap().resident > 1 << 20);
        let error = Memory::of(u32::MAX).unwrap_err().to_string();
        assert!(error.starts_with("cannot read /proc/4294967295/status: "), "{error}");
    }
}
