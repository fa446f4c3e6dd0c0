//! The operations by name, and the check of a request for one of them.

use std::fmt;

use osapi_common::json;
use osapi_metrics_rules::{excerpt::Excerpt, similar};
use serde::Deserialize;
use serde_json::{Map, Value, from_value};

use super::args::{ListArgs, ResolveArgs, Sha256Args, WaitArgs};

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

/// Everything that the API knows about an operation before it runs.
pub struct OperationSpec {
    /// The name in requests, and the label `job_name` of the job metrics.
    pub name: &'static str,
    /// A description of the operation in one line.
    pub summary: &'static str,
    /// The name of each argument, with its meaning and its range.
    pub args: &'static [(&'static str, &'static str)],
    /// Arguments to try the operation with, as JSON.
    pub example: &'static str,
    parse: fn(Value) -> Result<Operation, serde_json::Error>,
}

/// Every operation, in the order in which the program lists them.
pub const OPERATIONS: &[&OperationSpec] = &[
    &NODE_HOSTNAME,
    &NODE_UPTIME,
    &NODE_MEMORY,
    &NODE_DISK,
    &NODE_LOAD,
    &FILE_SHA256,
    &DNS_RESOLVE,
    &PROCESS_LIST,
    &WAIT,
];

const NODE_HOSTNAME: OperationSpec = OperationSpec {
    name: "node.hostname",
    summary: "the node's host name",
    args: &[],
    example: "{}",
    parse: |args| no_args(args, Operation::NodeHostname),
};

const NODE_UPTIME: OperationSpec = OperationSpec {
    name: "node.uptime",
    summary: "the time since the node was started",
    args: &[],
    example: "{}",
    parse: |args| no_args(args, Operation::NodeUptime),
};

const NODE_MEMORY: OperationSpec = OperationSpec {
    name: "node.memory",
    summary: "memory and swap, total and used",
    args: &[],
    example: "{}",
    parse: |args| no_args(args, Operation::NodeMemory),
};

const NODE_DISK: OperationSpec = OperationSpec {
    name: "node.disk",
    summary: "the mounted file systems and their free space",
    args: &[],
    example: "{}",
    parse: |args| no_args(args, Operation::NodeDisk),
};

const NODE_LOAD: OperationSpec = OperationSpec {
    name: "node.load",
    summary: "the load averages of 1, 5 and 15 minutes, and the number of processors",
    args: &[],
    example: "{}",
    parse: |args| no_args(args, Operation::NodeLoad),
};

const FILE_SHA256: OperationSpec = OperationSpec {
    name: "file.sha256",
    summary: "the SHA-256 digest of a file",
    args: &[(
        "path",
        "a regular file on the node; a relative path starts where the agent was started",
    )],
    example: r#"{"path": "README.md"}"#,
    parse: |args| from_value(args).map(Operation::FileSha256),
};

const DNS_RESOLVE: OperationSpec = OperationSpec {
    name: "dns.resolve",
    summary: "the addresses of a host",
    args: &[("host", "a host name, or an IP address")],
    example: r#"{"host": "localhost"}"#,
    parse: |args| from_value(args).map(Operation::DnsResolve),
};

const PROCESS_LIST: OperationSpec = OperationSpec {
    name: "process.list",
    summary: "the processes that use the most memory",
    args: &[("limit", "how many to list: a whole number from 1 to 500; optional, 20 by default")],
    example: r#"{"limit": 5}"#,
    parse: |args| from_value(args).map(Operation::ProcessList),
};

const WAIT: OperationSpec = OperationSpec {
    name: "wait",
    summary: "waits, then says for how long",
    args: &[("millis", "how long to wait: a whole number from 0 to 60000")],
    example: r#"{"millis": 500}"#,
    parse: |args| from_value(args).map(Operation::Wait),
};

impl Operation {
    /// Checks a request: the operation exists and its arguments are valid.
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
        let spec = spec_of(name)?;
        (spec.parse)(Value::Object(args))
            .map_err(|cause| RequestError::BadArguments { spec, cause })
    }

    /// As [`parse`](Self::parse), with arguments that another program may have written.
    pub(crate) fn read(name: &str, args: &str) -> Result<Self, RequestError> {
        let spec = spec_of(name)?;
        json::read(args.as_bytes())
            .and_then(|args| (spec.parse)(Value::Object(args)))
            .map_err(|cause| RequestError::BadArguments { spec, cause })
    }

    /// The description of this operation.
    pub fn spec(&self) -> &'static OperationSpec {
        match self {
            Self::NodeHostname => &NODE_HOSTNAME,
            Self::NodeUptime => &NODE_UPTIME,
            Self::NodeMemory => &NODE_MEMORY,
            Self::NodeDisk => &NODE_DISK,
            Self::NodeLoad => &NODE_LOAD,
            Self::FileSha256(_) => &FILE_SHA256,
            Self::DnsResolve(_) => &DNS_RESOLVE,
            Self::ProcessList(_) => &PROCESS_LIST,
            Self::Wait(_) => &WAIT,
        }
    }

    /// The name in requests and metrics, such as `file.sha256`.
    pub fn name(&self) -> &'static str {
        self.spec().name
    }

    /// The arguments as a request has them: [`parse`](Self::parse) reads them again.
    ///
    /// # Errors
    /// Does not happen: every argument has a JSON form.
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
        from_value(args?)
    }
}

fn spec_of(name: &str) -> Result<&'static OperationSpec, RequestError> {
    OPERATIONS.iter().copied().find(|spec| spec.name == name).ok_or_else(|| {
        RequestError::UnknownOperation { given: name.to_owned(), nearest: nearest(name) }
    })
}

/// The arguments of an operation that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArgs {}

/// The parser of an operation that takes no arguments.
fn no_args(args: Value, operation: Operation) -> Result<Operation, serde_json::Error> {
    from_value::<NoArgs>(args).map(|NoArgs {}| operation)
}

impl fmt::Debug for OperationSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OperationSpec").field(&self.name).finish()
    }
}

/// The reason why the API refuses to run an operation.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// There is no operation of that name.
    #[error("unknown operation `{}`{}", Excerpt::of(given), did_you_mean(*.nearest))]
    UnknownOperation {
        /// The name in the request.
        given: String,
        /// The most similar known name, if one is similar enough.
        nearest: Option<&'static str>,
    },
    /// The arguments do not fit the operation.
    #[error("bad arguments for `{}`: {}", .spec.name, Excerpt::of_message(&.cause.to_string()))]
    BadArguments {
        /// The operation that the request names.
        spec: &'static OperationSpec,
        /// The mistake in the arguments.
        #[source]
        cause: serde_json::Error,
    },
}

/// The known name that is most similar to `name`, if one is similar enough.
fn nearest(name: &str) -> Option<&'static str> {
    similar::nearest(name, OPERATIONS.iter().map(|spec| spec.name))
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
