//! What the checks look at.

use std::collections::BTreeMap;

use osapi_metrics_rules::excerpt::ShownAddress;
use serde::Deserialize;

use super::{error::VerifyError, samples::Samples, tasks::SubmittedTask};
use crate::client::TaskerClient;

/// Everything that the checks look at.
pub(super) struct Evidence<'a> {
    pub(super) health: HealthEvidence,
    pub(super) files: &'a FileEvidence,
    /// The metrics before the tasks.
    pub(super) before: &'a Samples,
    /// The metrics after the tasks.
    pub(super) after: Samples,
    pub(super) tasks: &'a [SubmittedTask],
    /// Whether the samples are scrapes of the processes, rather than a Prometheus'.
    pub(super) scrapes: bool,
}

/// The answer to `/health/detailed`.
#[derive(Debug, Deserialize)]
pub(super) struct HealthEvidence {
    pub(super) checks: BTreeMap<String, HealthCheck>,
    pub(super) info: InfoEvidence,
}

#[derive(Debug, Deserialize)]
pub(super) struct HealthCheck {
    pub(super) status: String,
    pub(super) message: String,
}

/// What the process with the API is.
#[derive(Debug, Deserialize)]
pub(super) struct InfoEvidence {
    /// The parts of the process.
    parts: Vec<String>,
    pub(super) metrics_enabled: bool,
    pub(super) opentelemetry_enabled: bool,
    pub(super) correlation_window: usize,
}

/// The files of the process with the API.
#[derive(Debug, Default)]
pub(super) struct FileEvidence {
    /// The log.
    pub(super) log: Option<String>,
    /// Whether the configuration switches metrics on.
    pub(super) config: Option<bool>,
}

/// The part that every process with an API has.
const API_PART: &str = "orchestration";

/// The detailed health of the process with the API.
pub(super) async fn health(client: &TaskerClient) -> Result<HealthEvidence, VerifyError> {
    let health: Result<HealthEvidence, _> = serde_json::from_value(client.health().await?);
    match health {
        Ok(health) if health.info.parts.iter().any(|part| part == API_PART) => Ok(health),
        _ => Err(VerifyError::NotTasker { url: ShownAddress(client.base()).to_string() }),
    }
}

impl Evidence<'_> {
    /// Whether the metrics have correlation ids, so that the tasks of others are not counted.
    pub(super) fn has_ids(&self) -> bool {
        self.health.info.correlation_window > 0
    }

    /// The sum of a counter over the sample tasks; with other tasks, too, where the metrics have
    /// no ids.
    pub(super) fn counted(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        if !self.has_ids() {
            return self.growth(name, labels);
        }
        let receipts = self.tasks.iter().filter_map(|task| task.receipt.as_ref().ok());
        receipts.fold(0.0, |sum, receipt| sum + self.of_id(name, &receipt.correlation_id, labels))
    }

    /// The sum of a counter over one task.
    pub(super) fn of_id(&self, name: &str, id: &str, labels: &[(&str, &str)]) -> f64 {
        let labels = [&[("correlation_id", id)], labels].concat();
        self.after.sum(name, &labels)
    }

    /// By how much a counter has grown while the tasks ran. A process that was started again counts
    /// from 0.
    pub(super) fn growth(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let (before, after) = (self.before.sum(name, labels), self.after.sum(name, labels));
        if after < before { after } else { after - before }
    }
}
