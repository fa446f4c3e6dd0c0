//! The items of the checklist.

mod correlation;
mod counts;
mod resilience;
mod telemetry;
#[cfg(test)]
mod tests;

use super::{
    checklist::{CheckItem, Checklist, Finding},
    evidence::{Evidence, FileEvidence, InfoEvidence},
};

type Check = fn(&Evidence<'_>) -> Finding;

/// Every item: its title and its check.
const ITEMS: [(&str, Check); 11] = [
    (CONFIGURATION, |evidence| telemetry::configuration(&evidence.health.info, evidence.files)),
    (LOG, |evidence| telemetry::log(&evidence.health.info, evidence.files)),
    ("a task was created, and its correlation id is captured", counts::tasks),
    (
        "requests, enqueued steps, processed results and completions are what the workflows say",
        counts::of_orchestration,
    ),
    ("executions, successes, claims and submitted results agree with them", counts::of_workers),
    ("every histogram has buckets with data", counts::histograms),
    ("all circuit breakers are closed, and /health/detailed shows them", resilience::breakers),
    ("channels are below 80 %, without full events", resilience::channels),
    ("slow sends are near zero", resilience::slow_sends),
    ("every metric with the label can be filtered by the correlation id", correlation::filter),
    ("the flow of a task is visible from its request to its completion", correlation::flow),
];

const CONFIGURATION: &str = "telemetry is enabled in the configuration";
const LOG: &str = "telemetry is enabled in the log";

/// Goes through the checklist.
pub(super) fn all(evidence: &Evidence<'_>) -> Checklist {
    let items = ITEMS.iter().map(|(title, check)| CheckItem { title, finding: check(evidence) });
    Checklist { items: items.collect() }
}

/// The checklist of a process that records no metrics.
pub(super) fn without_metrics(info: &InfoEvidence, files: &FileEvidence) -> Checklist {
    let items = ITEMS.iter().map(|(title, _)| {
        let finding = match *title {
            CONFIGURATION => telemetry::configuration(info, files),
            LOG => telemetry::log(info, files),
            _ => Finding::NotChecked("because metrics are off".to_owned()),
        };
        CheckItem { title, finding }
    });
    Checklist { items: items.collect() }
}
