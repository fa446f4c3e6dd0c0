use std::{fmt, time::Instant};

use humantime::format_duration;
use osapi_metrics::instrumentation::circuit_breaker::BreakerState;
use serde::Serialize;
use tokio::time::timeout;

use super::{CHECK_LIMIT, CheckResult, HealthStatus};
use crate::{
    queues::QueueSamples,
    resilience::{Breakers, without_panic},
    store::Database,
};

/// Where a share counts as degraded, and as unhealthy.
const LIMITS: (f64, f64) = (0.8, 0.95);

/// What the checks look at.
#[derive(Debug)]
pub struct Health {
    /// The pools of the process, by name: `web`, `orchestration`, `worker`.
    pub pools: Vec<(&'static str, Database)>,
    /// The breakers of the process.
    pub breakers: Breakers,
    /// The requests in the queue, as they were counted last; absent in a process without them.
    pub queued: Option<QueueSamples>,
    /// The requests that may wait.
    pub max_queued_tasks: u64,
    /// The fill levels of the channels.
    pub saturation: Saturation,
    /// What the process is.
    pub info: HealthInfo,
}

/// Reads the share of the capacity that the fullest channel uses.
pub struct Saturation(pub Box<dyn Fn() -> f64 + Send + Sync>);

/// What the process is.
#[derive(Clone, Debug, Serialize)]
pub struct HealthInfo {
    /// The version of the program.
    pub version: &'static str,
    /// The parts that the process runs.
    pub parts: Vec<String>,
    /// Whether metrics are recorded.
    pub metrics_enabled: bool,
    /// Whether metrics are pushed over OTLP.
    pub opentelemetry_enabled: bool,
    /// The number of correlation ids with series of their own.
    pub correlation_window: usize,
}

impl Health {
    /// What the process is.
    pub fn info(&self) -> HealthInfo {
        self.info.clone()
    }

    /// Every check, by name.
    pub async fn check(&self) -> Vec<(String, CheckResult)> {
        let mut checks = Vec::new();
        for (name, database) in &self.pools {
            checks.push((format!("{name}_database"), check_database(database).await));
        }
        checks.push(("database_use".to_owned(), self.check_use()));
        checks.push(("circuit_breakers".to_owned(), self.check_breakers()));
        checks.push(("pool_utilization".to_owned(), self.check_pools()));
        if let Some(queued) = &self.queued {
            checks.push(("queue_depth".to_owned(), self.check_queue(queued)));
        }
        checks.push(("channel_saturation".to_owned(), self.check_channels()));
        checks
    }

    fn check_use(&self) -> CheckResult {
        let begun = Instant::now();
        match self.breakers.health.problem() {
            None => CheckResult::new(HealthStatus::Healthy, "all that is needed works", begun),
            Some(problem) => CheckResult::new(HealthStatus::Unhealthy, problem, begun),
        }
    }

    fn check_breakers(&self) -> CheckResult {
        let begun = Instant::now();
        let states = self.breakers.states();
        let grades = states.iter().map(|(_, state)| match state {
            BreakerState::Closed => HealthStatus::Healthy,
            BreakerState::HalfOpen => HealthStatus::Degraded,
            BreakerState::Open => HealthStatus::Unhealthy,
        });
        let worst = grades.max().unwrap_or(HealthStatus::Healthy);
        let shown = |(name, state): &(&str, BreakerState)| format!("{name} {}", name_of(*state));
        let message: Vec<_> = states.iter().map(shown).collect();
        CheckResult::new(worst, message.join(", "), begun)
    }

    fn check_pools(&self) -> CheckResult {
        let begun = Instant::now();
        let mut worst: f64 = 0.0;
        let mut shown = Vec::new();
        for (name, database) in &self.pools {
            let pool = database.pool();
            let most = pool.options().get_max_connections();
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            let used = pool.size().saturating_sub(idle);
            worst = worst.max(f64::from(used) / f64::from(most));
            shown.push(format!("{name} {used} of {most}"));
        }
        // A pool whose connections are all in use works, as long as it gives them in time.
        let status = graded(worst).min(HealthStatus::Degraded);
        CheckResult::new(status, shown.join(", "), begun)
    }

    fn check_queue(&self, queued: &QueueSamples) -> CheckResult {
        let begun = Instant::now();
        let most = self.max_queued_tasks;
        match queued.requests() {
            None => CheckResult::new(HealthStatus::Degraded, "not counted lately", begun),
            Some(depth) => CheckResult::new(
                graded(depth as f64 / most as f64),
                format!("{depth} of {most} requests wait"),
                begun,
            ),
        }
    }

    fn check_channels(&self) -> CheckResult {
        let begun = Instant::now();
        let share = (self.saturation.0)();
        let message = format!("the fullest channel is full to {:.0} %", share * 100.0);
        CheckResult::new(graded(share), message, begun)
    }
}

async fn check_database(database: &Database) -> CheckResult {
    let begun = Instant::now();
    let question = sqlx::query_scalar::<_, i32>("SELECT 1").fetch_one(database);
    match timeout(CHECK_LIMIT, without_panic(question)).await {
        Ok(Ok(_)) => CheckResult::new(HealthStatus::Healthy, "answers", begun),
        Ok(Err(error)) => CheckResult::new(HealthStatus::Unhealthy, error.to_string(), begun),
        Err(_) => {
            let message = format!("does not answer within {}", format_duration(CHECK_LIMIT));
            CheckResult::new(HealthStatus::Unhealthy, message, begun)
        }
    }
}

fn graded(share: f64) -> HealthStatus {
    let (degraded, unhealthy) = LIMITS;
    if share >= unhealthy {
        HealthStatus::Unhealthy
    } else if share >= degraded {
        HealthStatus::Degraded
    } else {
        HealthStatus::Healthy
    }
}

fn name_of(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::HalfOpen => "half-open",
        BreakerState::Open => "open",
    }
}

impl fmt::Debug for Saturation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saturation").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use HealthStatus::{Degraded, Healthy, Unhealthy};

    use super::*;

    #[test]
    fn shares_are_graded() {
        let grades = [0.0, 0.79, 0.8, 0.94, 0.95, 2.0].map(graded);
        assert_eq!(grades, [Healthy, Healthy, Degraded, Degraded, Unhealthy, Unhealthy]);
    }
}
