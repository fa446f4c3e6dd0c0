//! Jobs: what `#[instrumented_job]` records, and in which metrics.
//!
//! A job starts when its function is called (an async one: first polled) and has exactly one end.
//! [`JobGuard`](guard::JobGuard) holds the job in between; whatever way the function is left, the
//! guard is dropped and the end is recorded.

mod active;
mod end;
mod error_type;
mod event;
mod future;
mod guard;
#[expect(clippy::inline_always, reason = "what is found at once is a load and a compare")]
mod known;
mod labels;
mod metrics;
#[doc(hidden)]
#[expect(clippy::inline_always, reason = "most of what is inlined is gone then")]
pub mod on;
mod outcome;
mod registration;
mod waiting;

pub use active::report_oldest;
pub use end::{JobEnd, JobStatus};
pub use error_type::{ErrorLabel, ErrorType};
pub use event::{JobEvent, JobSet};
pub use future::run_async;
pub use guard::{Finished, run, start};
pub use known::{Followed, KnownSeries};
pub use labels::FromJob;
pub use metrics::{JobErrorLabels, JobLabels, JobMetrics, JobStatusLabels};
pub use outcome::{
    AnyReturn, AnySuccess, ClassifiedError, OutputSize, ResultSuccess, Returned, UnclassifiedError,
    classified_by, output_size,
};
pub use registration::JobRegistration;
pub use waiting::QueuedAt;

pub(crate) use registration::declare_registered;
