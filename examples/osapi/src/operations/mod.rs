//! What a job can do: one module per subject, one annotated handler per operation.
//!
//! To add an operation: write its handler and its [`OperationSpec`] in a module, list the spec in
//! [`OPERATIONS`], and give [`Operation`] a variant. Its metrics come with the attribute.

mod args;
mod dns;
mod error;
mod file;
mod limit;
mod node;
mod output;
mod process;
mod wait;

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::job::Job;

pub use dns::ResolveArgs;
pub use error::OperationError;
pub use file::{FileError, Sha256Args};
pub use output::Output;
pub use process::ListArgs;
pub use wait::WaitArgs;

/// An operation with its checked arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `node.hostname`
    NodeHostname,
    /// `node.uptime`
    NodeUptime,
    /// `node.memory`
    NodeMemory,
    /// `node.disk`
    NodeDisk,
    /// `node.load`
    NodeLoad,
    /// `file.sha256`
    FileSha256(Sha256Args),
    /// `dns.resolve`
    DnsResolve(ResolveArgs),
    /// `process.list`
    ProcessList(ListArgs),
    /// `wait`
    Wait(WaitArgs),
}

/// Everything the API knows about an operation before it runs.
pub struct OperationSpec {
    /// The name in requests, and the label `job_name` of the job metrics.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Each argument's name and what it takes.
    pub args: &'static [(&'static str, &'static str)],
    /// Arguments to try it with, as JSON.
    pub example: &'static str,
    parse: fn(Value) -> Result<Operation, serde_json::Error>,
}

/// Every operation, in the order in which the program lists them.
pub const OPERATIONS: &[&OperationSpec] = &[
    &node::HOSTNAME,
    &node::UPTIME,
    &node::MEMORY,
    &node::DISK,
    &node::LOAD,
    &file::SHA256,
    &dns::RESOLVE,
    &process::LIST,
    &wait::WAIT,
];

impl Operation {
    /// Checks a request: the operation exists and its arguments fit.
    ///
    /// ```
    /// use osapi::operations::Operation;
    ///
    /// let args = serde_json::Map::from_iter([("millis".into(), 5.into())]);
    /// assert!(Operation::parse("wait", args).is_ok());
    /// assert!(Operation::parse("wiat", Default::default()).is_err());
    /// ```
    ///
    /// # Errors
    /// The name is unknown, an argument is missing or unknown, or a value is out of its range.
    pub fn parse(name: &str, args: Map<String, Value>) -> Result<Self, RequestError> {
        let Some(spec) = OPERATIONS.iter().find(|spec| spec.name == name) else {
            return Err(RequestError::UnknownOperation {
                given: name.to_owned(),
                nearest: nearest(name),
            });
        };
        (spec.parse)(Value::Object(args))
            .map_err(|cause| RequestError::BadArguments { spec, cause })
    }

    /// What is known about this operation.
    pub fn spec(&self) -> &'static OperationSpec {
        match self {
            Self::NodeHostname => &node::HOSTNAME,
            Self::NodeUptime => &node::UPTIME,
            Self::NodeMemory => &node::MEMORY,
            Self::NodeDisk => &node::DISK,
            Self::NodeLoad => &node::LOAD,
            Self::FileSha256(_) => &file::SHA256,
            Self::DnsResolve(_) => &dns::RESOLVE,
            Self::ProcessList(_) => &process::LIST,
            Self::Wait(_) => &wait::WAIT,
        }
    }

    /// The name in requests and metrics, such as `file.sha256`.
    pub fn name(&self) -> &'static str {
        self.spec().name
    }

    /// The arguments as a request has them: [`parse`](Self::parse) reads them again.
    ///
    /// # Errors
    /// None that can happen: every argument has a JSON form.
    pub fn args(&self) -> Result<Map<String, Value>, serde_json::Error> {
        let args = match self {
            Self::NodeHostname
            | Self::NodeUptime
            | Self::NodeMemory
            | Self::NodeDisk
            | Self::NodeLoad => return Ok(Map::new()),
            Self::FileSha256(args) => serde_json::to_value(args),
            Self::DnsResolve(args) => serde_json::to_value(args),
            Self::ProcessList(args) => serde_json::to_value(args),
            Self::Wait(args) => serde_json::to_value(args),
        };
        serde_json::from_value(args?)
    }
}

/// Runs a job's operation on this machine.
///
/// # Errors
/// What the operation's handler returns; see [`OperationError`].
pub async fn run(job: &Job) -> Result<Output, OperationError> {
    match &job.operation {
        Operation::NodeHostname => node::hostname(job).await,
        Operation::NodeUptime => node::uptime(job).await,
        Operation::NodeMemory => node::memory(job).await,
        Operation::NodeDisk => node::disk(job).await,
        Operation::NodeLoad => node::load(job).await,
        Operation::FileSha256(args) => file::sha256(job, args).await,
        Operation::DnsResolve(args) => dns::resolve(job, args).await,
        Operation::ProcessList(args) => process::list(job, args).await,
        Operation::Wait(args) => wait::wait(job, args).await,
    }
}

/// Why a request names nothing that can be run.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// There is no operation of that name.
    #[error("unknown operation `{given}`{}", did_you_mean(*.nearest))]
    UnknownOperation {
        /// The name in the request.
        given: String,
        /// The known name that looks most like it, if one does.
        nearest: Option<&'static str>,
    },
    /// The arguments do not fit the operation.
    #[error("bad arguments for `{}`: {cause}", .spec.name)]
    BadArguments {
        /// The operation that was asked for.
        spec: &'static OperationSpec,
        /// What is wrong with the arguments.
        #[source]
        cause: serde_json::Error,
    },
}

/// The known operation that `name` most likely means.
fn nearest(name: &str) -> Option<&'static str> {
    OPERATIONS
        .iter()
        .map(|spec| (strsim::jaro_winkler(name, spec.name), spec.name))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// The arguments of an operation that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArgs {}

/// The parser of an operation that takes no arguments.
fn no_args(args: Value, operation: Operation) -> Result<Operation, serde_json::Error> {
    serde_json::from_value::<NoArgs>(args).map(|NoArgs {}| operation)
}

impl fmt::Debug for OperationSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OperationSpec").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests;
