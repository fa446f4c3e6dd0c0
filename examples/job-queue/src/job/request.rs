use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    payload::{Payload, PayloadError},
    priority::Priority,
    requirements::Requirements,
    service::Service,
};

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

    /// Checks a request that comes from a store.
    ///
    /// # Errors
    /// A value that no client can ask for.
    pub fn check(&self) -> Result<(), PayloadError> {
        self.payload.check()?;
        if self.timeout > Self::MAX_TIMEOUT {
            let given = humantime::format_duration(self.timeout).to_string();
            return Err(PayloadError::Range { field: "timeout", given, allowed: "at most 1h" });
        }
        if self.retries > Self::MAX_RETRIES {
            let given = self.retries.to_string();
            return Err(PayloadError::Range { field: "retries", given, allowed: "at most 10" });
        }
        Ok(())
    }

    /// What is kept of the request when its job is over, where that is less: it has no text, which
    /// may be long and is of no use any more.
    pub fn kept(&self) -> Option<Self> {
        Some(Self {
            payload: self.payload.without_text()?,
            priority: self.priority,
            requirements: self.requirements.clone(),
            timeout: self.timeout,
            retries: self.retries,
            user: self.user.clone(),
        })
    }

    /// The service of the work.
    pub fn service(&self) -> Service {
        self.payload.service()
    }
}
