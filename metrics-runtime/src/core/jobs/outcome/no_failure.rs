//! Errors that are no failures, as closures of the attribute recognise them.
//!
//! The end of a job with such an error keeps the class of the error, so that labels that are made
//! from the stage of a job can show it.

use super::{JobEnd, JobStatus, fails::Fails};
use crate::core::jobs::eval::eval_user_code;

/// The end of a job for which a closure decides whether its error is a failure, and not the type of
/// the error. A closure that panics has not recognised the error.
pub fn ok_if<R: Fails>(end: JobEnd, returned: &R, is_ok: impl FnOnce(&R::Error) -> bool) -> JobEnd {
    match (recognised(returned, is_ok), end) {
        (Some(true), end) => JobEnd { status: JobStatus::Completed, ..end },
        (Some(false), JobEnd { status: JobStatus::Completed, error_type: Some(class), .. }) => {
            JobEnd::of_error(class, JobStatus::Failed)
        }
        (_, end) => end,
    }
}

/// The end of a job that a closure may take for cancelled. A closure that panics has not recognised
/// the error.
pub fn cancelled_if<R: Fails>(
    end: JobEnd,
    returned: &R,
    is_cancellation: impl FnOnce(&R::Error) -> bool,
) -> JobEnd {
    match recognised(returned, is_cancellation) {
        Some(true) => JobEnd { status: JobStatus::Cancelled, ..end },
        Some(false) | None => end,
    }
}

/// The answer of a closure about the error; `None` without an error.
fn recognised<R: Fails>(returned: &R, closure: impl FnOnce(&R::Error) -> bool) -> Option<bool> {
    returned.error().map(|error| eval_user_code(|| closure(error)).unwrap_or(false))
}
