//! What the exports of a fleet over OTLP cost. The collector is a receiver of this program:
//! Prometheus takes OTLP since version 2.47, and Debian's is older.

use std::{cell::Cell, time::Duration};

use osapi_metrics_tests::otlp_receiver::{Export, OtlpReceiver};

use crate::process::{FleetProcess, Options};

/// The temporalities of the configuration.
pub(crate) const TEMPORALITIES: [&str; 3] = ["cumulative", "delta", "lowmemory"];

/// One export.
#[derive(Debug)]
pub(crate) struct ExportCost {
    pub(crate) what: &'static str,
    pub(crate) points: usize,
    pub(crate) requests: usize,
    pub(crate) plain_bytes: usize,
    pub(crate) gzip_bytes: usize,
    pub(crate) processor: Duration,
}

/// The exports of one fleet.
#[derive(Debug)]
pub(crate) struct PushCost {
    pub(crate) exports: Vec<ExportCost>,
    /// The resident memory before the first export and after the last one.
    pub(crate) resident: (u64, u64),
}

/// Pushes everything a first time, then after every series has changed, then after the series of
/// one worker in a hundred have changed.
pub(crate) fn measure(workers: usize, temporality: &str) -> PushCost {
    let receiver = OtlpReceiver::start();
    let url = receiver.url();
    let push = Some((url.as_str(), temporality));
    let mut fleet = FleetProcess::start(Options { push, ..Options::scraped(workers, true) });
    let before = fleet.resident();
    let mut exports = vec![export(&mut fleet, &receiver, "the first")];
    for (what, changed) in [("all changed", workers), ("1 % changed", workers.div_ceil(100))] {
        fleet.work(changed);
        exports.push(export(&mut fleet, &receiver, what));
    }
    PushCost { exports, resident: (before, fleet.resident()) }
}

fn export(fleet: &mut FleetProcess, receiver: &OtlpReceiver, what: &'static str) -> ExportCost {
    let known = receiver.tries();
    let used = fleet.processor_time();
    fleet.push();
    let processor = fleet.processor_time().saturating_sub(used);
    let cost = Cell::new(None);
    receiver.await_exports(|exports| {
        cost.set(Some(cost_of(&exports[known..], what, processor)));
        true
    });
    cost.into_inner().expect("an export has at least one request")
}

fn cost_of(requests: &[Export], what: &'static str, processor: Duration) -> ExportCost {
    let compressed = |request: &Export| -> usize {
        assert_eq!(request.headers.get("content-encoding").map(String::as_str), Some("gzip"));
        request.headers["content-length"].parse().expect("a number of bytes")
    };
    let metrics = requests.iter().flat_map(|request| request.metrics.values());
    ExportCost {
        what,
        points: metrics.map(|metric| metric.series.len()).sum(),
        requests: requests.len(),
        plain_bytes: requests.iter().map(|request| request.body.len()).sum(),
        gzip_bytes: requests.iter().map(compressed).sum(),
        processor,
    }
}
