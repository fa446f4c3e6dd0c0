//! The checklist of a running tasker: runs workflows through the API, and compares what they did
//! with the metrics.
//!
//! ```text
//! sample tasks ─► API                              ┌─► checks ─► checklist
//!                  └─► metrics ─► scrapes          │
//!                            └─► Prometheus ─► samples, before and after
//! ```

mod checklist;
mod checks;
mod error;
mod evidence;
mod print;
mod samples;
mod source;
mod tasks;

use std::{path::PathBuf, time::Duration};

use osapi_metrics::regular_file;
use tokio::time::{Instant, sleep};

use crate::{client::TaskerClient, config::TaskerConfig};
use evidence::{Evidence, FileEvidence};
use source::Source;
use tasks::SubmittedTask;

pub use checklist::{CheckItem, Checklist, Finding};
pub use error::VerifyError;
pub use samples::{Sample, SampleError, Samples};

/// The largest log that is read.
const MAX_LOG: u64 = 256 * 1024 * 1024;

/// The time between two looks at the metrics.
const LOOK: Duration = Duration::from_millis(200);

/// What is verified, and how.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The URLs of the metrics of all processes, at least one.
    pub metrics: Vec<String>,
    /// A Prometheus that scrapes the processes; without it, the processes are scraped.
    pub prometheus: Option<String>,
    /// The API; without it, the host of the first URL of metrics.
    pub api: Option<String>,
    /// The log of the process with the API.
    pub log: Option<PathBuf>,
    /// The configuration of the process with the API.
    pub config: Option<PathBuf>,
    /// How long the tasks may take.
    pub limit: Duration,
}

impl Verification {
    /// Runs the tasks, waits for their end, and goes through the checklist.
    ///
    /// # Errors
    /// Nobody answers, what answers is not tasker or serves no metrics, or a file cannot be read.
    pub async fn run(&self) -> Result<Checklist, VerifyError> {
        let source = Source::of(&self.metrics, self.prometheus.as_deref())?;
        let client = TaskerClient::new(&self.api()?)?;
        let files = self.files()?;
        let info = evidence::health(&client).await?.info;
        if !info.metrics_enabled {
            return Ok(checks::without_metrics(&info, &files));
        }
        let before = source.read(&[]).await?;
        let tasks = tasks::run(&client, self.limit).await?;
        let ids = if info.correlation_window == 0 { Vec::new() } else { ids(&tasks) };
        let mark = source.mark().await?;
        let ended = Instant::now();
        // A process counts an event after it has committed it, so the API may be ahead.
        loop {
            let progress = source.progress(mark, ended.elapsed()).await?;
            let after = source.read(&ids).await?;
            let health = evidence::health(&client).await?;
            let evidence = Evidence {
                health,
                files: &files,
                before: &before,
                after,
                tasks: &tasks,
                scrapes: source.is_scrapes(),
            };
            let checklist = checks::all(&evidence);
            if progress.is_last || progress.is_complete && checklist.misses() == 0 {
                return Ok(checklist);
            }
            sleep(LOOK).await;
        }
    }

    /// The base of the API.
    fn api(&self) -> Result<String, VerifyError> {
        if let Some(api) = &self.api {
            return Ok(api.clone());
        }
        let mut url = source::parse(self.metrics.first().map_or("", String::as_str))?;
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Ok(url.to_string())
    }

    fn files(&self) -> Result<FileEvidence, VerifyError> {
        let log = match &self.log {
            None => None,
            Some(path) => {
                let read = regular_file::read(path, MAX_LOG);
                let bytes = read.map_err(|cause| VerifyError::Log { path: path.clone(), cause })?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
        };
        let config = self.config.as_ref().map(TaskerConfig::from_file).transpose()?;
        let config = config.map(|config| config.metrics.enabled);
        Ok(FileEvidence { log, config })
    }
}

/// The correlation ids of the tasks that were accepted.
fn ids(tasks: &[SubmittedTask]) -> Vec<String> {
    tasks
        .iter()
        .filter_map(|task| Some(task.receipt.as_ref().ok()?.correlation_id.clone()))
        .collect()
}
