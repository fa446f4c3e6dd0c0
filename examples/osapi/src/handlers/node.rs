//! `node.*`: facts about the machine that the agent runs on.

use std::{path::PathBuf, thread::available_parallelism, time::Duration};

use osapi_metrics::instrumented_job;
use serde::Serialize;
use sysinfo::{DiskRefreshKind, Disks, System};

use super::{error::OperationError, limit::blocking, system};
use crate::{job::Job, operations::Output};

/// Each handler reads a few small files. Only a network mount that hangs takes longer.
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct HostName {
    hostname: String,
}

#[instrumented_job(
    name = "node.hostname",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn hostname(job: &Job) -> Result<Output, OperationError> {
    blocking(LIMIT, || {
        let hostname = System::host_name().map_err(system_error("the host name"))?;
        Ok(Output::json(&HostName { hostname })?)
    })
    .await
}

#[derive(Serialize)]
struct Uptime {
    uptime_seconds: u64,
}

#[instrumented_job(
    name = "node.uptime",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn uptime(job: &Job) -> Result<Output, OperationError> {
    blocking(LIMIT, || {
        let uptime_seconds = System::uptime().map_err(system_error("the uptime"))?;
        Ok(Output::json(&Uptime { uptime_seconds })?)
    })
    .await
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to the name")]
struct Memory {
    total_bytes: u64,
    available_bytes: u64,
    used_bytes: u64,
    swap_total_bytes: u64,
    swap_used_bytes: u64,
}

#[instrumented_job(
    name = "node.memory",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn memory(job: &Job) -> Result<Output, OperationError> {
    blocking(LIMIT, || {
        let mut system = System::new().map_err(system_error("the memory"))?;
        system.refresh_memory();
        if system.total_memory() == 0 {
            return Err(system::absent("the memory"));
        }
        Ok(Output::json(&Memory {
            total_bytes: system.total_memory(),
            available_bytes: system.available_memory(),
            used_bytes: system.used_memory(),
            swap_total_bytes: system.total_swap(),
            swap_used_bytes: system.used_swap(),
        })?)
    })
    .await
}

#[derive(Serialize)]
struct FileSystems {
    disks: Vec<FileSystem>,
}

#[derive(Serialize)]
struct FileSystem {
    device: String,
    mount_point: PathBuf,
    kind: String,
    /// Absent where the operating system does not report the space.
    #[serde(flatten)]
    space: Option<Space>,
}

#[derive(Serialize)]
struct Space {
    total_bytes: u64,
    available_bytes: u64,
}

#[instrumented_job(
    name = "node.disk",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn disk(job: &Job) -> Result<Output, OperationError> {
    blocking(LIMIT, || {
        system::check("the disks")?;
        let what = DiskRefreshKind::nothing().with_storage();
        let found = Disks::new_with_refreshed_list_specifics(what);
        let found = found.map_err(system_error("the disks"))?;
        if found.iter().next().is_none() {
            // A node may have none.
            system::check("the disks")?;
        }
        let mut disks: Vec<_> = found
            .iter()
            .map(|disk| FileSystem {
                device: disk.name().to_string_lossy().into_owned(),
                mount_point: disk.mount_point().to_owned(),
                kind: disk.file_system().to_string_lossy().into_owned(),
                space: (disk.total_space() > 0).then(|| Space {
                    total_bytes: disk.total_space(),
                    available_bytes: disk.available_space(),
                }),
            })
            .collect();
        disks.sort_by(|a, b| a.mount_point.cmp(&b.mount_point));
        Ok(Output::json(&FileSystems { disks })?)
    })
    .await
}

#[derive(Serialize)]
struct Load {
    one: f64,
    five: f64,
    fifteen: f64,
    /// Absent where the operating system does not report the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    processors: Option<usize>,
}

#[instrumented_job(
    name = "node.load",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn load(job: &Job) -> Result<Output, OperationError> {
    blocking(LIMIT, || {
        let average = System::load_average().map_err(system_error("the load average"))?;
        Ok(Output::json(&Load {
            one: average.one,
            five: average.five,
            fifteen: average.fifteen,
            processors: available_parallelism().ok().map(Into::into),
        })?)
    })
    .await
}

fn system_error(what: &'static str) -> impl Fn(sysinfo::Error) -> OperationError {
    move |source| OperationError::System { what, source }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{handlers, operations::Operation};

    async fn run(operation: Operation) -> Value {
        let job = Job::new(operation);
        let output = handlers::run(&job).await.expect("the machine reports it");
        serde_json::to_value(&output).expect("valid JSON")
    }

    #[tokio::test]
    async fn memory_adds_up() {
        let memory = run(Operation::NodeMemory).await;
        let bytes = |key: &str| memory[key].as_u64().expect("a number");
        assert!(bytes("total_bytes") > 0);
        assert!(bytes("used_bytes") <= bytes("total_bytes"));
        assert!(bytes("available_bytes") <= bytes("total_bytes"));
    }

    #[tokio::test]
    async fn the_host_name_is_not_empty() {
        let name = run(Operation::NodeHostname).await;
        assert!(!name["hostname"].as_str().expect("a text").is_empty());
    }

    #[tokio::test]
    async fn load_reports_the_processors() {
        let load = run(Operation::NodeLoad).await;
        assert!(load["one"].as_f64().expect("a number") >= 0.0);
        assert!(load["processors"].as_u64().expect("a number") >= 1);
    }
}
