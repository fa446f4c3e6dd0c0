use std::{io, path::PathBuf, process::ExitStatus, time::Duration};

use humantime::format_duration;

/// Why the targets could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The run would end before the schedule of faults does.
    #[error(
        "--duration {} is shorter than one pass of the schedule of faults, which takes {} at \
         --speed {speed}; give a longer duration, or a greater speed",
        format_duration(*.given), format_duration(*.least)
    )]
    TooShort {
        /// What was given.
        given: Duration,
        /// The shortest duration.
        least: Duration,
        /// The speed.
        speed: f64,
    },
    /// A number of the options is out of its range.
    #[error("{option} is {given}; expected {allowed}")]
    Option {
        /// The option.
        option: &'static str,
        /// What was given.
        given: String,
        /// What is allowed.
        allowed: String,
    },
    /// There is no temporary folder, or the receiver cannot listen.
    #[error("cannot prepare the measurement: {0}")]
    Prepare(#[source] io::Error),
    /// The program cannot be executed.
    #[error(
        "`{}` cannot be started: {cause}; give the program of job-queue with --program",
        .program.display()
    )]
    Start {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// A process of job-queue has ended, or has not become ready.
    #[error("the process {name} {reason}; the end of its log:\n{log}")]
    Process {
        /// Which process: `with metrics`.
        name: &'static str,
        /// What has happened.
        reason: String,
        /// The last lines of its log.
        log: String,
    },
    /// A request to a process fails, though the process runs.
    #[error("{url} does not answer as expected: {reason}")]
    Request {
        /// What was asked.
        url: String,
        /// The cause.
        reason: String,
    },
    /// A job did not complete.
    #[error("a job of the load did not complete: {job} ended as `{record}`")]
    Job {
        /// The job that was submitted.
        job: String,
        /// Its record.
        record: String,
    },
    /// A file of `/proc` cannot be read.
    #[error(
        "cannot read {}: {reason}; the measurement needs the `/proc` of Linux",
        .file.display()
    )]
    Proc {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// What has come is too little for a figure.
    #[error("{what}: there is too little to measure ({found}); give a longer --duration")]
    TooLittle {
        /// The figure.
        what: &'static str,
        /// What there is.
        found: String,
    },
    /// The run takes much longer than its duration.
    #[error("the measurement has not ended after {}; the machine is too slow for it", format_duration(*.limit))]
    TooSlow {
        /// The longest time.
        limit: Duration,
    },
    /// A signal has ended the measurement.
    #[error("interrupted; the processes of the measurement were stopped")]
    Interrupted,
}

impl VerifyError {
    /// The error of a process that ended by itself.
    pub(super) fn ended(name: &'static str, status: ExitStatus, log: String) -> Self {
        Self::Process { name, reason: format!("has ended early ({status})"), log }
    }
}
