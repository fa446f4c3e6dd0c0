//! The end of a job, and how it follows from the value that a function returns.
//!
//! ```text
//! return value ──► ClassifyOutcome ──► JobEnd ──┐
//!       │              └─ error_type/: the      ├──► JobReport
//!       │                 class of the error    │
//!       └────────► ResultSuccess, AnySuccess: output size
//! ```

mod classify;
mod error_type;
mod fails;
mod job_end;
mod no_failure;
mod output;
mod report;
mod return_check;
mod return_value;

pub use classify::{ClassifyOutcome, classified_by, named_by};
pub use error_type::{
    AddError, ErrorCandidate, ErrorLabel, ErrorRegistration, ErrorType, InnerError, InnerErrorClass,
};

pub use job_end::{JobEnd, JobStage, JobStatus};
pub use no_failure::{cancelled_if, ok_if};
pub use output::{AnySuccess, OutputSize, ResultSuccess, output_size};
pub use report::JobReport;
pub use return_check::{FutureReturn, StreamReturn, ValueReturn, make_future, make_stream};
pub use return_value::ReturnValue;

pub(super) use classify::classified;
