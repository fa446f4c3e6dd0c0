use super::{JobGuard, JobMetricSet};
use crate::core::jobs::outcome::JobReport;

/// Runs the body of an instrumented function as the job of a guard. `describe` makes the report
/// from the return value.
#[doc(hidden)]
#[inline]
pub fn run<S: JobMetricSet, R>(
    guard: &mut JobGuard<S>,
    body: impl FnOnce() -> R,
    describe: impl FnOnce(&R) -> JobReport,
) -> R {
    let returned = guard.watch(body);
    guard.describe(&returned, describe);
    returned
}
