//! A job between its start and its end.
//!
//! ```text
//!              begin           run, run_async, run_stream    end
//! Start ──► JobGuard ──► the code of the job ──► JobReport ──► events
//!              │                                    ▲
//!              └── dropped: cancelled or panicked ──┘
//! ```

mod begin;
mod by_hand;
mod end;
mod future;
mod job_guard;
mod objective;
mod run;
mod set;
mod stream;

pub use begin::begin;
pub use end::end;
pub use future::run_async;
pub use run::run;
pub use set::{ActiveJob, JobGuard, JobMetricSet};
pub use stream::run_stream;
