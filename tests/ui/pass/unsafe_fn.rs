//! An `unsafe` function stays unsafe to call, and can be a job.

use osapi_metrics::instrumented_job;

/// # Safety
///
/// There has to be a first byte.
#[instrumented_job]
unsafe fn first(bytes: &[u8]) -> u8 {
    // SAFETY: the caller says that there is a first byte.
    unsafe { *bytes.get_unchecked(0) }
}

#[instrumented_job]
async unsafe fn last(bytes: &[u8]) -> u8 {
    bytes[bytes.len() - 1]
}

fn main() {
    // SAFETY: there is a first byte.
    assert_eq!(unsafe { first(b"job") }, b'j');
    // SAFETY: nothing is required.
    drop(unsafe { last(b"job") });
}
