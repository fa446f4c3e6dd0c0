use super::{JobEnd, JobStatus};

/// The end of a job and its output, as the return value describes them.
#[doc(hidden)]
#[derive(Debug)]
pub struct JobReport {
    /// The end, without its duration and the attempt.
    pub end: JobEnd,
    /// The number of bytes that the job produced, if an expression gives it.
    pub output_size: Option<u64>,
}

impl JobReport {
    /// A report of this end, without an output.
    pub const fn at(end: JobEnd) -> Self {
        Self { end, output_size: None }
    }

    /// The report of a job whose value cannot say that it has failed.
    pub const fn completed<R>(_: &R) -> Self {
        Self::at(JobEnd::COMPLETED)
    }

    /// The report of an item of a stream, if the item ends the job: an error that is a failure, or
    /// with which the job was cancelled.
    pub fn unless_completed(self) -> Option<Self> {
        (self.end.status != JobStatus::Completed).then_some(self)
    }
}
