//! The work of each application, which records every metric with every closed value of its labels.

pub(crate) mod job_queue;
pub(crate) mod osapi;
pub(crate) mod tasker;

mod machine;

use osapi_metrics_tests::servers::PrometheusServer;

use crate::{application::Application, patience::until};

/// How the work of an application ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Good,
    Bad,
}

/// Waits until a query has a result, such as `max_over_time(queue_size[1h]) > 0`.
async fn seen(prometheus: &PrometheusServer, query: &str) {
    until(query, async || !prometheus.query(query).is_empty()).await;
}

/// Waits until the document at a path has a value, and returns the document.
async fn once(
    application: &Application,
    path: &str,
    is_wanted: impl Fn(&serde_json::Value) -> bool,
) -> serde_json::Value {
    let mut last = serde_json::Value::Null;
    until(&format!("{path} is as wanted"), async || {
        let (status, document) = application.get(path).await;
        assert!(matches!(status, 200 | 503), "{path}: {status}: {document}");
        last = document;
        status == 200 && is_wanted(&last)
    })
    .await;
    last
}
