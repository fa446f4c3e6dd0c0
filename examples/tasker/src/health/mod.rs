//! `GET /health/detailed`: what of the process is healthy, and what is not.

mod checks;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Serialize;
use serde_json::{Map, Value};

pub use checks::{Health, HealthInfo, Saturation};

/// How well a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It does what it should.
    Healthy,
    /// It works, and is about to fail or recovers.
    Degraded,
    /// It does not work.
    Unhealthy,
}

/// The result of one check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckResult {
    /// How well the part is.
    pub status: HealthStatus,
    /// Why.
    pub message: String,
    /// The time that the check took.
    pub duration_ms: f64,
}

impl CheckResult {
    /// The result of a check that began at `begun`.
    fn new(status: HealthStatus, message: impl Into<String>, begun: Instant) -> Self {
        let duration_ms = begun.elapsed().as_secs_f64() * 1e3;
        Self { status, message: message.into(), duration_ms }
    }
}

/// The longest time that a check may take.
const CHECK_LIMIT: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Report {
    status: HealthStatus,
    checks: Map<String, Value>,
    info: HealthInfo,
}

/// Answers with 503 if a part is unhealthy.
pub async fn detailed(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let checks = health.check().await;
    let worst = checks.iter().map(|(_, check)| check.status).max();
    let status = worst.unwrap_or(HealthStatus::Healthy);
    let code = if status == HealthStatus::Unhealthy {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let checks = checks.into_iter().map(|(name, check)| (name.to_owned(), to_value(check)));
    (code, Json(Report { status, checks: checks.collect(), info: health.info() }))
}

fn to_value(check: CheckResult) -> Value {
    serde_json::to_value(check).unwrap_or_default()
}
