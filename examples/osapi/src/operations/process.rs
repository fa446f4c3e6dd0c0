//! `process.list`: what runs on this node.

use std::{cmp::Reverse, time::Duration};

use osapi_metrics::instrumented_job;
use serde::{Deserialize, Serialize};
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

use super::{
    Operation, OperationError, OperationSpec, Output, args::whole_number, limit::blocking,
};
use crate::job::Job;

const DEFAULT_LIMIT: u64 = 20;
const MAX_LIMIT: u64 = 500;
/// A node with tens of thousands of processes takes seconds to read.
const LIMIT: Duration = Duration::from_secs(30);

pub(super) const LIST: OperationSpec = OperationSpec {
    name: "process.list",
    summary: "the processes that use the most memory",
    args: &[("limit", "how many to list: a whole number from 1 to 500; optional, 20 by default")],
    example: r#"{"limit": 5}"#,
    parse: |args| serde_json::from_value(args).map(Operation::ProcessList),
};

/// The arguments of `process.list`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ListArgs {
    /// How many processes to list, 1 to 500; 20 when it is left out.
    #[serde(default = "default_limit", deserialize_with = "whole_number::<_, 1, MAX_LIMIT>")]
    pub limit: u64,
}

fn default_limit() -> u64 {
    DEFAULT_LIMIT
}

#[derive(Serialize)]
struct Processes {
    /// All processes on the node, listed or not.
    total: usize,
    processes: Vec<Process>,
}

#[derive(Serialize)]
struct Process {
    pid: u32,
    name: String,
    status: String,
    memory_bytes: u64,
    running_seconds: u64,
}

#[instrumented_job(
    name = "process.list",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn list(job: &Job, args: &ListArgs) -> Result<Output, OperationError> {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    blocking(LIMIT, move || Ok(Output::json(&read(limit)?)?)).await
}

fn read(limit: usize) -> Result<Processes, OperationError> {
    let mut system =
        System::new().map_err(|source| OperationError::System { what: "the processes", source })?;
    system.refresh_processes_specifics(
        ProcessesToUpdate::All,
        true,
        // Without tasks: on Linux the threads of each process would be listed beside it.
        ProcessRefreshKind::nothing().with_memory().without_tasks(),
    );
    let mut all: Vec<_> = system.processes().values().collect();
    all.sort_by_key(|process| (Reverse(process.memory()), process.pid()));
    Ok(Processes {
        total: all.len(),
        processes: all
            .into_iter()
            .take(limit)
            .map(|process| Process {
                pid: process.pid().as_u32(),
                name: process.name().to_string_lossy().into_owned(),
                status: process.status().to_string(),
                memory_bytes: process.memory(),
                running_seconds: process.run_time(),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_at_most_the_limit_the_largest_first() {
        let found = read(1).expect("processes can be read");
        assert_eq!(found.processes.len(), 1);
        assert!(found.total >= 1);
        let all = read(usize::MAX).expect("processes can be read");
        assert!(all.processes.is_sorted_by_key(|p| Reverse(p.memory_bytes)));
        assert!(all.processes.iter().any(|p| p.pid == std::process::id()));
    }
}
