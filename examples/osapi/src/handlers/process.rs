//! `process.list`: the processes of this node.

use std::{cmp::Reverse, time::Duration};

use osapi_metrics::instrumented_job;
use serde::Serialize;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{error::OperationError, limit::blocking, system};
use crate::{
    job::Job,
    operations::{ListArgs, Output},
};

/// A node with tens of thousands of processes takes seconds to read.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Serialize)]
struct Processes {
    /// The number of processes on the node, including processes that are not listed.
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
    const WHAT: &str = "the processes";
    system::check(WHAT)?;
    let mut system =
        System::new().map_err(|source| OperationError::System { what: WHAT, source })?;
    system.refresh_processes_specifics(
        ProcessesToUpdate::All,
        true,
        // Without tasks, because on Linux each thread would be listed as a process.
        ProcessRefreshKind::nothing().with_memory().without_tasks(),
    );
    // This process is one of them. Others may be left out if no more files could be opened.
    if system.process(Pid::from_u32(std::process::id())).is_none() {
        return Err(system::absent(WHAT));
    }
    system::check(WHAT)?;
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
