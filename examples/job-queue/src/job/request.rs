use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{payload::Payload, priority::Priority, requirements::Requirements, service::Service};

/// What a client asks for, with checked values.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct JobRequest {
    /// The work, and with it the service.
    #[serde(flatten)]
    pub payload: Payload,
    /// How urgent it is.
    pub priority: Priority,
    /// What a worker needs to have.
    pub requirements: Requirements,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How many times a job that fails is tried again.
    pub retries: u32,
    /// Who asks, if the client says so.
    pub user: Option<String>,
}

impl JobRequest {
    /// The time-out of a request that has none.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// The longest time-out.
    pub const MAX_TIMEOUT: Duration = Duration::from_secs(3_600);

    /// The most retries.
    pub const MAX_RETRIES: u32 = 10;

    /// A request with the defaults.
    pub fn new(payload: Payload) -> Self {
        Self {
            payload,
            priority: Priority::default(),
            requirements: Requirements::default(),
            timeout: Self::DEFAULT_TIMEOUT,
            retries: 0,
            user: None,
        }
    }

    /// The service of the work.
    pub fn service(&self) -> Service {
        self.payload.service()
    }
}
