use std::time::Duration;

use serde_json::{Map, Value};

use super::context::{ContextError, Field};
use crate::metrics::HandlerType;

/// A workflow: steps, and which step comes after which.
#[derive(Debug)]
pub struct Workflow {
    /// The name in requests, such as `math.diamond`, which begins with the namespace.
    pub name: &'static str,
    /// The workers that run the steps.
    pub namespace: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The context that a request gives.
    pub context: &'static [Field],
    /// A context to try the workflow with, in JSON.
    pub example: &'static str,
    /// The steps, each after the steps that it depends on.
    pub steps: &'static [StepTemplate],
}

/// One step of a workflow.
#[derive(Debug)]
pub struct StepTemplate {
    /// The name, which is unique in the workflow.
    pub name: &'static str,
    /// What the step does.
    pub handler: Handler,
    /// The steps whose results it needs.
    pub after: &'static [&'static str],
    /// How often it may be attempted.
    pub max_attempts: u16,
    /// The longest time that one attempt may take.
    pub timeout: Duration,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// Squares the sum of the results before it, or the number of the context.
    Square,
    /// Doubles that sum.
    Double,
    /// Adds the results before it.
    Sum,
    /// The SHA-256 of a file.
    HashFile,
    /// The check sum of a file, by an external program.
    Checksum,
    /// Writes rows into a table.
    WriteRows,
    /// Counts the rows that the task has written.
    CountRows,
    /// Fails in the first attempts, as many as the context says.
    FailFirst,
    /// Fails always.
    Fail,
    /// Panics.
    Panic,
    /// Waits for the time in the context.
    Wait,
    /// Has nothing to do if the context says so.
    Skip,
}

/// The names of the handlers in the database.
const HANDLERS: [(Handler, &str); 12] = [
    (Handler::Square, "square"),
    (Handler::Double, "double"),
    (Handler::Sum, "sum"),
    (Handler::HashFile, "hash_file"),
    (Handler::Checksum, "checksum"),
    (Handler::WriteRows, "write_rows"),
    (Handler::CountRows, "count_rows"),
    (Handler::FailFirst, "fail_first"),
    (Handler::Fail, "fail"),
    (Handler::Panic, "panic"),
    (Handler::Wait, "wait"),
    (Handler::Skip, "skip"),
];

impl Workflow {
    /// Checks the context of a request.
    ///
    /// # Errors
    /// The first field that is missing, unknown, or has a value that no handler can use.
    pub fn check_context(&self, context: &Map<String, Value>) -> Result<(), ContextError> {
        Field::check_all(self.context, context)
    }
}

impl Handler {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        HANDLERS.iter().find(|(handler, _)| *handler == self).map_or("", |(_, name)| name)
    }

    /// The handler of that name.
    pub fn parse(name: &str) -> Option<Self> {
        HANDLERS.iter().find(|(_, known)| *known == name).map(|(handler, _)| *handler)
    }

    /// What runs it.
    pub fn handler_type(self) -> HandlerType {
        match self {
            Self::Checksum => HandlerType::Ruby,
            _ => HandlerType::Rust,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_has_a_name() {
        for (handler, name) in HANDLERS {
            assert_eq!(handler.as_str(), name);
            assert_eq!(Handler::parse(name), Some(handler));
        }
        assert_eq!(Handler::parse("shell"), None);
    }
}
