use std::time::Duration;

use crate::core::{
    descriptor::{JobDescriptor, Slo},
    jobs::outcome::JobEnd,
    sync::Moment,
};

/// An event in the life of a job, or of its handler.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum JobEvent<'a> {
    /// A handler is linked in. The counters of its jobs start at 0.
    Declared(&'a JobDescriptor),
    /// The job was submitted.
    Created,
    /// The job started.
    Started,
    /// The job started, and an earlier attempt had been made.
    Retried,
    /// The job had waited this long when it started.
    Waited(Duration),
    /// The job produced this number of bytes.
    Output(u64),
    /// The job is about to end, and its handler has boundaries of its own for the durations.
    Ending(&'a JobEnd, &'static [f64]),
    /// The job ended.
    Ended(&'a JobEnd),
    /// The job completed at this moment.
    Succeeded(Moment),
    /// The end of the job counts for its service-level objective.
    Judged {
        /// Whether the job completed in time.
        good: bool,
        /// The objective.
        slo: &'a Slo,
    },
}
