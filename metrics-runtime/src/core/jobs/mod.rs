//! Jobs: the events of annotated functions, and the metrics that record them.
//!
//! A job starts when its function is called; an async function starts its job when it is first
//! polled. A job has exactly one end: [`JobGuard`] records the end when the function is left,
//! however it is left.
//!
//! ```text
//! handler ──► start ──────► guard ──────► outcome ───────► events
//! the static  labels, wait, from start    return value ─►  each metric of the set
//! of an       attempt       to end        status, class    records its events
//! annotated                  │ │          of the error      │
//! function                   │ │                            │
//!                 active ◄───┘ └───► metrics: JobMetrics    └──► labels: from the job's
//!                 the age of         or another set              labels to the metric's
//!                 the oldest job
//! ```

mod active;
mod eval;
mod events;
mod guard;
mod handler;
mod labels;
mod metrics;
mod outcome;
mod start;

pub use osapi_metrics_macros::{ErrorType, instrumented_job};

pub use active::report_oldest;
pub use events::{EventSeries, JobEvent, JobInstrument, Recording, on};
pub use guard::{ActiveJob, JobGuard, JobMetricSet, begin, end, run, run_async, run_stream};
pub use handler::{HasHandler, NamedHandler, SetHandler};
pub use labels::{
    FromErrorText, FromJob, FromJobLabels, FromStage, LabelNeeds, NoLabelNeeds, NoLabels,
    assert_labels_available,
};
pub use metrics::{JobErrorLabels, JobLabels, JobMetrics, JobStatusLabels};
pub use outcome::{
    AddError, AnySuccess, ClassifyOutcome, ErrorCandidate, ErrorLabel, ErrorRegistration,
    ErrorType, FutureReturn, InnerError, InnerErrorClass, JobEnd, JobReport, JobStage, JobStatus,
    OutputSize, ResultSuccess, ReturnValue, StreamReturn, ValueReturn, cancelled_if, classified_by,
    make_future, make_stream, named_by, ok_if, output_size,
};
pub use start::{AttemptNumber, JobContext, QueuedAt, Start, attempt, waited};

pub(crate) use handler::is_boundary;
