//! What the operating system does not let the agent read.
//!
//! `sysinfo` leaves out what it cannot open, as if there were none of it: without a free file
//! descriptor a node has no memory, no disks and no processes. A job for them must fail instead.

use std::io;

use super::error::OperationError;

/// Fails if the system does not let this process read about itself and others now.
pub(super) fn check(what: &'static str) -> Result<(), OperationError> {
    open_some().map_err(|cause| OperationError::System { what, source: cause.into() })
}

/// The error for a value that was not there: the cause, if it can be found.
pub(super) fn absent(what: &'static str) -> OperationError {
    match check(what) {
        Err(error) => error,
        Ok(()) => {
            let cause = io::Error::other("the system reports nothing");
            OperationError::System { what, source: cause.into() }
        }
    }
}

/// Opens as many files at once as a reading does.
#[cfg(target_os = "linux")]
fn open_some() -> io::Result<()> {
    let _processes = std::fs::read_dir("/proc")?;
    let _process = std::fs::File::open("/proc/self/stat")?;
    let _memory = std::fs::File::open("/proc/meminfo")?;
    let _mounts = std::fs::File::open("/proc/mounts")?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn open_some() -> io::Result<()> {
    Ok(())
}
