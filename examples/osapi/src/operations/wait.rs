//! `wait`: does nothing for a while, to see a job run.

use std::time::{Duration, Instant};

use osapi_metrics::instrumented_job;
use serde::{Deserialize, Serialize};

use super::{Operation, OperationError, OperationSpec, Output, args::whole_number, limit::within};
use crate::job::Job;

/// The longest wait that can be asked for.
const MAX_MILLIS: u64 = 60_000;
const LIMIT: Duration = Duration::from_secs(65);

pub(super) const WAIT: OperationSpec = OperationSpec {
    name: "wait",
    summary: "waits, then says for how long",
    args: &[("millis", "how long to wait: a whole number from 0 to 60000")],
    example: r#"{"millis": 500}"#,
    parse: |args| serde_json::from_value(args).map(Operation::Wait),
};

/// The arguments of `wait`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WaitArgs {
    /// How long to wait, 0 to 60,000 milliseconds.
    #[serde(deserialize_with = "whole_number::<_, 0, MAX_MILLIS>")]
    pub millis: u64,
}

#[derive(Serialize)]
struct Waited {
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
        Ok(Output::json(&Waited { waited_seconds })?)
    })
    .await
}
