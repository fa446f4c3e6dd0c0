//! Which metric of a set records what of jobs: by the events, not by names.

use osapi_metrics::catalogue::document::{LabelDocument, MetricDocument};

use super::{board::TARGET, set::Set};
use crate::generate::query::Selector;

/// The values of a label of how jobs end, or how far they are, that are failures.
const FAILURES: [&str; 7] =
    ["error", "failed", "failure", "panic", "panicked", "timed_out", "timeout"];
/// The values of such a label that are not ends.
const STAGES: [&str; 6] = ["active", "created", "queued", "retried", "running", "started"];
/// The events that are failures.
const FAILURE_EVENTS: [&str; 3] = ["failed", "timed_out", "panicked"];

/// A set that records jobs.
#[derive(Clone, Debug)]
pub(super) struct JobSet<'a> {
    pub(super) set: &'a Set<'a>,
    /// The labels that tell handlers from each other and can be chosen.
    pub(super) handler: Vec<&'a str>,
}

impl<'a> JobSet<'a> {
    /// `None` if the set records no jobs.
    pub(super) fn of(set: &'a Set<'a>) -> Option<Self> {
        let records_jobs = set.metrics.iter().any(|metric| !metric.events.is_empty());
        records_jobs.then(|| {
            // A Prometheus has names of its own for such labels of a program.
            let is_free = |label: &&str| TARGET.iter().all(|(target, _)| target != label);
            let handler = set.handler_labels.iter().copied().filter(is_free).collect();
            Self { set, handler }
        })
    }

    /// The metric that records an event.
    pub(super) fn metric(&self, event: &str) -> Option<&'a MetricDocument> {
        let records = |metric: &&&MetricDocument| metric.events.iter().any(|on| on == event);
        self.set.metrics.iter().find(records).copied()
    }

    /// The counter of jobs that have ended, or completed.
    pub(super) fn ends(&self) -> Option<&'a MetricDocument> {
        let records = |event: &str, metric: &MetricDocument| {
            metric.kind == "counter"
                && metric.events.iter().any(|on| on == event)
                && !metric.labels.iter().any(is_of_errors)
        };
        ["finished", "completed"].into_iter().find_map(|event| {
            self.set.metrics.iter().copied().find(|metric| records(event, metric))
        })
    }

    /// The counter of errors, with the labels of their classes.
    pub(super) fn errors(&self) -> Option<(&'a MetricDocument, Vec<&'a str>)> {
        let counters = self.set.metrics.iter().filter(|metric| {
            let is_end = |on: &String| on == "finished" || FAILURE_EVENTS.contains(&on.as_str());
            metric.kind == "counter" && metric.events.iter().any(is_end)
        });
        let mut with_classes = counters.map(|metric| {
            let classes = metric.labels.iter().filter(|label| is_of_errors(label));
            (*metric, classes.map(|label| label.prometheus_name.as_str()).collect::<Vec<_>>())
        });
        with_classes.find(|(_, classes)| !classes.is_empty())
    }

    /// The series of jobs that failed, and of all that ended.
    pub(super) fn failures(&self) -> Option<(Selector, Selector)> {
        let ends = self.ends()?;
        if let Some(status) = status(ends) {
            let values: Vec<_> = status.values.iter().flatten().map(String::as_str).collect();
            let of = |chosen: &dyn Fn(&str) -> bool| {
                let chosen: Vec<_> = values.iter().copied().filter(|value| chosen(value)).collect();
                self.selector(ends, "").with_any(&status.prometheus_name, &chosen.join("|"))
            };
            let failed = of(&|value| FAILURES.contains(&value));
            let has_stages = values.iter().any(|value| STAGES.contains(value));
            let all = if has_stages {
                of(&|value| !STAGES.contains(&value))
            } else {
                self.selector(ends, "")
            };
            return Some((failed, all));
        }
        // A counter of failures beside one of every end.
        let failed = self.metric("failed")?;
        let is_apart = failed.prometheus_name != ends.prometheus_name
            && ends.events.iter().any(|on| on == "finished");
        is_apart.then(|| (self.selector(failed, ""), self.selector(ends, "")))
    }

    /// The series of a metric of the chosen targets and handlers.
    pub(super) fn selector(&self, metric: &MetricDocument, suffix: &str) -> Selector {
        let mut selector = Selector::of(&format!("{}{suffix}", metric.prometheus_name));
        for (label, pattern) in TARGET {
            selector = selector.with_any(label, pattern);
        }
        for label in self.handler_of(metric) {
            selector = selector.with_any(label, &format!("${label}"));
        }
        selector
    }

    /// The labels of a metric that tell handlers from each other.
    pub(super) fn handler_of(&self, metric: &MetricDocument) -> Vec<&'a str> {
        let has = |label: &&str| metric.labels.iter().any(|has| has.prometheus_name == *label);
        self.handler.iter().copied().filter(has).collect()
    }
}

/// The label of a metric that says how jobs end.
pub(super) fn status(metric: &MetricDocument) -> Option<&LabelDocument> {
    let has_failures = |label: &&LabelDocument| {
        label.values.iter().flatten().any(|value| FAILURES.contains(&value.as_str()))
    };
    metric.labels.iter().find(has_failures)
}

/// Whether the label has classes of errors.
fn is_of_errors(label: &LabelDocument) -> bool {
    label.prometheus_name.split('_').any(|word| ["error", "failure"].contains(&word))
}
