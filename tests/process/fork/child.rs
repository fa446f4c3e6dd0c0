//! A process that is split from this one, and what it reports.

use std::{
    io::{PipeReader, Read, Write, pipe},
    panic::{AssertUnwindSafe, catch_unwind},
};

use nix::{
    libc,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, alarm, fork},
};

/// A new process must end within this number of seconds.
const LIMIT: u32 = 60;

pub(crate) struct Child {
    process: Pid,
    report: PipeReader,
}

impl Child {
    /// Splits this process. The new one runs `work`, reports its result and ends.
    pub(crate) fn run(work: impl FnOnce() -> String) -> Self {
        let (report, mut write) = pipe().unwrap();
        // SAFETY: the new process runs the framework after a split, which is what is tested. It
        // ends without running destructors of this process.
        match unsafe { fork() }.unwrap() {
            ForkResult::Parent { child } => Self { process: child, report },
            ForkResult::Child => {
                alarm::set(LIMIT);
                let result = catch_unwind(AssertUnwindSafe(work));
                let result = result.unwrap_or_else(|_| "panicked".to_owned());
                let written = write.write_all(result.as_bytes());
                // SAFETY: nothing is left to do.
                unsafe { libc::_exit(i32::from(written.is_err())) }
            }
        }
    }

    /// Waits for the report.
    pub(crate) fn report(mut self) -> String {
        let mut report = String::new();
        self.report.read_to_string(&mut report).unwrap();
        let status = waitpid(self.process, None).unwrap();
        assert_eq!(status, WaitStatus::Exited(self.process, 0), "it hangs, or has crashed");
        report
    }
}
