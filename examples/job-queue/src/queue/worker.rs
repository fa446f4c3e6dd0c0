use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::job::{Capabilities, JobRequest, Service};

/// A worker, as the queue knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct WorkerInfo {
    /// The name, unique among the workers of the queue: the label `worker_id`.
    pub id: String,
    /// The services for which it has a connector.
    pub services: BTreeSet<Service>,
    /// What it has beyond its connectors.
    pub capabilities: Capabilities,
    /// How many jobs it runs at the same time.
    pub slots: u32,
}

impl WorkerInfo {
    /// Whether the worker can run the job.
    pub fn can_run(&self, request: &JobRequest) -> bool {
        self.services.contains(&request.service())
            && request.requirements.are_met_by(&self.capabilities)
    }
}
