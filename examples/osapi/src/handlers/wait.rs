//! `wait`: does nothing for a while, to watch a job that runs.

use std::time::{Duration, Instant};

use osapi_metrics::instrumented_job;
use serde::Serialize;

use super::{error::OperationError, limit::within};
use crate::{
    job::Job,
    operations::{Output, WaitArgs},
};

/// Longer than the longest wait that a request can ask for.
const LIMIT: Duration = Duration::from_secs(65);

#[derive(Serialize)]
struct WaitResult {
    waited_seconds: f64,
}

#[instrumented_job(
    name = "wait",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
)]
pub(super) async fn wait(job: &Job, args: &WaitArgs) -> Result<Output, OperationError> {
    within(LIMIT, async {
        let start = Instant::now();
        tokio::time::sleep(Duration::from_millis(args.millis)).await;
        let waited_seconds = start.elapsed().as_secs_f64();
        Ok(Output::json(&WaitResult { waited_seconds })?)
    })
    .await
}
