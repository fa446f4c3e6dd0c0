//! The body of `POST /jobs`.

use std::{collections::BTreeMap, time::Duration};

use osapi_common::http::RequestBody;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{ApiError, priorities, services};
use crate::job::{JobRequest, Payload, Priority, Requirements, Service, Trait};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `service` and `payload`")]
pub(super) struct JobBody {
    service: String,
    #[serde(default)]
    payload: Option<Map<String, Value>>,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    requirements: BTreeMap<String, Trait>,
    #[serde(default)]
    timeout: Option<String>,
    #[serde(default)]
    retries: u32,
}

impl RequestBody for JobBody {
    fn expected() -> Value {
        json!({
            "service": services(),
            "payload": "an object with the work; which fields, the error of a wrong one says",
            "priority": priorities(),
            "requirements": "what a worker needs: by key, a text or the least number",
            "timeout": "how long one attempt may take, such as 30s, at most 1h",
            "retries": "how many times a job that fails is tried again, at most 10",
        })
    }
}

impl JobBody {
    /// Checks every field.
    pub(super) fn request(self, user: Option<String>) -> Result<JobRequest, ApiError> {
        let service = Service::named(&self.service).ok_or_else(|| ApiError::BadField {
            field: "service",
            given: format!("`{}`, which no worker knows", self.service),
            allowed: json!(services()),
        })?;
        let payload = Value::Object(self.payload.unwrap_or_default());
        let mut request = JobRequest::new(Payload::parse(service, payload)?);
        if let Some(name) = self.priority {
            let named = Priority::ALL.into_iter().find(|priority| priority.name() == name);
            request.priority = named.ok_or_else(|| ApiError::BadField {
                field: "priority",
                given: format!("`{name}`"),
                allowed: json!(priorities()),
            })?;
        }
        request.requirements = Requirements::new(self.requirements)?;
        if let Some(text) = self.timeout {
            request.timeout = timeout(&text)?;
        }
        if self.retries > JobRequest::MAX_RETRIES {
            return Err(ApiError::BadField {
                field: "retries",
                given: self.retries.to_string(),
                allowed: json!(format!("a number from 0 to {}", JobRequest::MAX_RETRIES)),
            });
        }
        request.retries = self.retries;
        request.user = user;
        Ok(request)
    }
}

/// From a tenth of a second to an hour.
fn timeout(text: &str) -> Result<Duration, ApiError> {
    const SHORTEST: Duration = Duration::from_millis(100);
    humantime::parse_duration(text)
        .ok()
        .filter(|timeout| (SHORTEST..=JobRequest::MAX_TIMEOUT).contains(timeout))
        .ok_or_else(|| ApiError::BadField {
            field: "timeout",
            given: format!("`{text}`"),
            allowed: json!("a duration from 100ms to 1h, such as `30s`"),
        })
}
