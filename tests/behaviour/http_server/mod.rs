//! Each way in which a request can end, at real servers of both versions of HTTP and at a gRPC
//! server, with the layer of the HTTP server's metrics around the service.

mod bodies;
mod ends;
mod grpc;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use osapi_metrics::{
    Counter, LabelSet, MetricSet, UpDownCounter,
    instrumentation::http_server::{
        EndedRequest, Given, HttpServerLayer, HttpServerRoles, OwnSet, RequestFailure,
    },
    roles::RoleLabels,
};

use crate::read_lines_with;

/// The longest time that a test waits for the end of a request.
const PATIENCE: Duration = Duration::from_secs(60);

/// The request that a series belongs to: every test has names of its own.
#[derive(Clone, LabelSet)]
struct Case {
    #[label(max = 100)]
    case: String,
}

#[derive(LabelSet)]
struct End {
    #[label(flatten)]
    case: Case,
    #[label(max = 10)]
    status: Option<u16>,
    #[label(max = 10)]
    error_type: Option<RequestFailure>,
}

impl RoleLabels<Case, EndedRequest> for End {
    fn role_labels(case: &Case, request: &EndedRequest) -> Self {
        let status = request.status.map(|status| status.as_u16());
        Self { case: case.clone(), status, error_type: request.failure }
    }
}

/// Requests and their ends.
#[derive(MetricSet)]
#[metric_set(prefix = "ends", roles(of = HttpServerRoles, labels = Case))]
struct EndMetrics {
    /// Requests that have ended.
    #[metric(unit = "{request}", on = requests, max_series = 10_000)]
    requests_total: Counter<End>,
    /// Requests that have begun and not ended.
    #[metric(unit = "{request}", on = active)]
    requests_active: UpDownCounter<Case>,
}

/// A layer that records the requests of one case.
fn layer(case: &str) -> HttpServerLayer<Given, OwnSet> {
    HttpServerLayer::new_in::<EndMetrics>(&Case { case: case.to_owned() })
}

/// The ends of the requests of a case, as `status error_type`, and how often each was recorded.
type Ends = BTreeMap<String, u64>;

/// Waits until this number of requests has ended and none is active.
async fn ends(case: &str, requests: u64) -> Ends {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (ends, active) = recorded(case);
        if ends.values().sum::<u64>() >= requests && active == Some(0.0) {
            return ends;
        }
        assert!(Instant::now() < deadline, "{case}: {ends:?}, active: {active:?}");
        tokio::task::yield_now().await;
    }
}

fn recorded(case: &str) -> (Ends, Option<f64>) {
    let reading = read_lines_with(&format!("case=\"{case}\""));
    let (total, active) = ("ends_requests_total", "ends_requests_active");
    let values = |key| reading.label_values(total, key);
    let labels = values("status").into_iter().zip(values("error_type"));
    let ends = labels.map(|(status, failure)| {
        let mut labels = vec![("case", case)];
        labels.extend((!status.is_empty()).then_some(("status", &*status)));
        labels.extend((!failure.is_empty()).then_some(("error_type", &*failure)));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let count = reading.number(total, &labels).unwrap_or_default() as u64;
        (format!("{status} {failure}").trim().to_owned(), count)
    });
    (ends.collect(), reading.number(active, &[("case", case)]))
}
