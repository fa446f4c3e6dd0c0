//! Jobs: what `#[instrumented_job]` records, and in which metrics.
//!
//! A job starts when its function is called (an async one: first polled) and has exactly one end.
//! [`JobGuard`](guard::JobGuard) holds the job in between; whatever way the function is left, the
//! guard is dropped and the end is recorded.

mod active;
mod assertions;
mod attempt;
mod end;
mod error_type;
mod eval;
mod event;
mod filled;
mod future;
mod guard;
mod handler;
#[expect(clippy::inline_always, reason = "what is found at once is a load and a compare")]
mod known;
mod labels;
mod metrics;
mod objective;
#[doc(hidden)]
#[expect(clippy::inline_always, reason = "most of what is inlined is gone then")]
pub mod on;
mod outcome;
mod returned;
mod start;
mod waiting;

pub use osapi_metrics_macros::{ErrorType, instrumented_job};

pub use active::report_oldest;
pub use attempt::AttemptNumber;
pub use end::{JobEnd, JobStage, JobStatus};
pub use error_type::{
    AddError, ErrorCandidate, InnerError, ErrorLabel, ErrorRegistration, ErrorType, InnerErrorClass,
};
pub use event::{EventBinding, JobEvent, JobMetricSet};
pub use filled::{FromErrorText, FromStage};
pub use future::run_async;
pub use guard::{JobReport, JobGuard, ActiveJob, end, run};
pub use handler::{JobContext, HasHandler, Handler, NamedHandler};
pub use known::{JobInstrument, SeriesCache};
pub use labels::{FromJob, FromJobLabels, NoLabels};
pub use metrics::{JobErrorLabels, JobLabels, JobMetrics, JobStatusLabels};
pub use outcome::{
    AnySuccess, ClassifyOutcome, OutputSize, ResultSuccess, ReturnValue, classified_by, output_size,
};
pub use returned::{ValueReturn, FutureReturn, make_future, named_by};
pub use start::{Start, attempt, begin, waited};
pub use waiting::QueuedAt;

pub use assertions::{LabelNeeds, NoLabelNeeds, assert_labels_available};

pub(crate) use assertions::shows;
