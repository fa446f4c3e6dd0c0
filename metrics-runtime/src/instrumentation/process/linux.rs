//! The process as Linux reports it.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

use nix::{
    sys::{
        resource::{RLIM_INFINITY, Resource, UsageWho, getrlimit, getrusage},
        time::TimeVal,
    },
    unistd::{SysconfVar, sysconf},
};
use procfs::{
    Current, FromRead, ProcError, ProcResult, Uptime,
    process::{Process, Stat},
};

use super::{
    ProcessError,
    reading::{Reading, ResourceUsage, Status},
};
use crate::{roles::Count, sampling::Source};

/// The open files of this process below `/proc`.
///
/// They stay open, because a process without file descriptors cannot open them.
#[derive(Debug)]
pub(super) struct ProcFiles {
    stat: File,
    process: Process,
    /// The age of the process when it was opened, and that moment.
    opened: (Option<Duration>, Instant),
    errors: Count,
    stat_part: Source,
    descriptors_part: Source,
    usage_part: Source,
    limit_part: Source,
}

impl ProcFiles {
    /// Opens the files. Failures of readings are counted in `errors`.
    pub(super) fn open(errors: Count) -> Result<Self, ProcessError> {
        const STAT: &str = "/proc/self/stat";
        let unreadable = |file| move |source| ProcessError::Unreadable { file, source };
        let stat = File::open(STAT).map_err(unreadable(STAT))?;
        let read = read_stat(&stat).map_err(io_error).map_err(unreadable(STAT))?;
        let process = Process::myself().map_err(io_error).map_err(unreadable("/proc/self"))?;
        Ok(Self {
            stat,
            process,
            opened: (age(&read), Instant::now()),
            errors,
            stat_part: Source::new(STAT),
            descriptors_part: Source::new("/proc/self/fd"),
            usage_part: Source::new("getrusage"),
            limit_part: Source::new("getrlimit"),
        })
    }

    pub(super) fn read(&self) -> Reading {
        let errors = &self.errors;
        let usage = getrusage(UsageWho::RUSAGE_SELF);
        let limit = getrlimit(Resource::RLIMIT_NOFILE);
        let (age, at) = self.opened;
        Reading {
            usage: self.usage_part.check(usage, errors).map(|usage| ResourceUsage {
                user_seconds: seconds(usage.user_time()),
                system_seconds: seconds(usage.system_time()),
                voluntary_switches: count(usage.voluntary_context_switches()),
                involuntary_switches: count(usage.involuntary_context_switches()),
                major_faults: count(usage.major_page_faults()),
                minor_faults: count(usage.minor_page_faults()),
            }),
            status: self.stat_part.check(read_stat(&self.stat), errors).map(|stat| Status {
                resident_bytes: constant(SysconfVar::PAGE_SIZE).map(|page| stat.rss * page),
                virtual_bytes: stat.vsize,
                threads: count(stat.num_threads),
            }),
            file_descriptors: self
                .descriptors_part
                .check(self.process.fd_count(), errors)
                .map(|count| count as u64),
            file_descriptor_limit: self
                .limit_part
                .check(limit, errors)
                .map(|(soft, _)| soft)
                .filter(|soft| *soft != RLIM_INFINITY),
            uptime_seconds: age.map(|age| (age + at.elapsed()).as_secs_f64()),
        }
    }
}

/// Reads the file from its beginning, which the kernel then makes anew.
fn read_stat(file: &File) -> ProcResult<Stat> {
    let mut text = [0; 2048];
    let length = file.read_at(&mut text, 0)?;
    Stat::from_read(&text[..length])
}

/// The time since the process began. `None` where the clock of `/proc/uptime` is not the clock of
/// the process, as in containers that have an uptime of their own.
fn age(stat: &Stat) -> Option<Duration> {
    let begun = stat.starttime as f64 / constant(SysconfVar::CLK_TCK)? as f64;
    let age = Uptime::current().ok()?.uptime - begun;
    // Both have a precision of a hundredth of a second.
    Duration::try_from_secs_f64(if age > -0.1 { age.max(0.0) } else { age }).ok()
}

/// A constant of the system. The C library reports it, and not procfs, whose reader of the
/// auxiliary vector crashes under valgrind.
fn constant(of: SysconfVar) -> Option<u64> {
    sysconf(of).ok().flatten().and_then(|value| value.try_into().ok())
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// The kernel's counts are signed, and not negative.
fn count(count: i64) -> u64 {
    count.unsigned_abs()
}

fn io_error(error: ProcError) -> io::Error {
    match error {
        ProcError::Io(error, _) => error,
        ProcError::NotFound(_) => io::ErrorKind::NotFound.into(),
        ProcError::PermissionDenied(_) => io::ErrorKind::PermissionDenied.into(),
        other => io::Error::other(other.to_string()),
    }
}
