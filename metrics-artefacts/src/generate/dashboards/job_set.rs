//! Which metric of a set records what of jobs: by the events, not by names.

use osapi_metrics::catalogue::document::{LabelDocument, MetricDocument};

use super::{board::TARGET, set::Set};
use crate::generate::query::{Selector, aggregated};

/// The values of a label of how jobs end, or how far they are, that are failures.
const FAILURES: [&str; 7] =
    ["error", "failed", "failure", "panic", "panicked", "timed_out", "timeout"];
/// The values of such a label that are not ends.
const STAGES: [&str; 6] = ["active", "created", "queued", "retried", "running", "started"];
/// The events that are failures.
const FAILURE_EVENTS: [&str; 3] = ["failed", "timed_out", "panicked"];

/// A set that records jobs.
#[derive(Clone, Debug)]
pub(super) struct JobMetricSet<'a> {
    pub(super) set: &'a Set<'a>,
    /// The labels that distinguish handlers and can be chosen.
    pub(super) handler: Vec<&'a str>,
}

/// How jobs end.
#[derive(Clone, Debug)]
pub(super) struct Outcomes<'a> {
    /// The metric of all ends, or of the good ones.
    pub(super) metric: &'a MetricDocument,
    /// The series of the jobs that have ended: those of one counter, or of one for good ends and
    /// one for failures.
    pub(super) ended: Vec<Selector>,
    /// The series of those that failed, if the set has them.
    pub(super) failed: Option<Selector>,
}

impl<'a> JobMetricSet<'a> {
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

    /// How jobs end.
    pub(super) fn outcomes(&self) -> Option<Outcomes<'a>> {
        let failed = self.counter("failed");
        let failed_apart =
            |from: &MetricDocument| failed.filter(|of| of.prometheus_name != from.prometheus_name);
        if let Some(metric) = self.counter("finished") {
            let whole = self.selector(metric, "");
            let Some(status) = status(metric) else {
                let failed = failed_apart(metric).map(|failed| self.selector(failed, ""));
                return Some(Outcomes { metric, ended: vec![whole], failed });
            };
            let values: Vec<_> = status.values.iter().flatten().map(String::as_str).collect();
            let of = |is_chosen: fn(&str) -> bool| {
                let chosen: Vec<_> = values.iter().copied().filter(|of| is_chosen(of)).collect();
                whole.clone().with_any(&status.prometheus_name, &chosen.join("|"))
            };
            let failed = Some(of(|value| FAILURES.contains(&value)));
            let has_stages = values.iter().any(|value| STAGES.contains(value));
            let ended =
                if has_stages { of(|value| !STAGES.contains(&value)) } else { whole.clone() };
            return Some(Outcomes { metric, ended: vec![ended], failed });
        }
        let metric = self.counter("completed")?;
        let failed = failed_apart(metric).map(|failed| self.selector(failed, ""));
        let ended = [self.selector(metric, "")].into_iter().chain(failed.clone()).collect();
        Some(Outcomes { metric, ended, failed })
    }

    /// A counter of an event, if possible one that counts no errors by class.
    fn counter(&self, event: &str) -> Option<&'a MetricDocument> {
        let counters = self.set.metrics.iter().copied().filter(|metric| {
            metric.kind == "counter" && metric.events.iter().any(|on| on == event)
        });
        counters.min_by_key(|metric| metric.labels.iter().any(is_of_errors))
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

    /// The series of a metric of the chosen targets and handlers.
    pub(super) fn selector(&self, metric: &MetricDocument, suffix: &str) -> Selector {
        let mut selector =
            Selector::of(&format!("{}{suffix}", metric.prometheus_name)).of_series_of(metric);
        for (label, pattern) in TARGET {
            selector = selector.with_any(label, pattern);
        }
        for label in self.handler_of(metric) {
            selector = selector.with_any(label, &format!("${label}"));
        }
        selector
    }

    /// The labels of a metric that distinguish handlers.
    pub(super) fn handler_of(&self, metric: &MetricDocument) -> Vec<&'a str> {
        let has = |label: &&str| metric.labels.iter().any(|has| has.prometheus_name == *label);
        self.handler.iter().copied().filter(has).collect()
    }
}

impl Outcomes<'_> {
    /// The jobs that have ended, of which `amount` makes an increase.
    pub(super) fn ended(&self, by: &[&str], amount: impl Fn(&Selector) -> String) -> String {
        let sums = self.ended.iter().map(|series| aggregated("sum", by, &amount(series)));
        match &sums.collect::<Vec<_>>()[..] {
            [a, b] => format!("({a} + {b} or {a} or {b})"),
            sums => sums.concat(),
        }
    }

    /// The share of the jobs that failed of those that ended.
    pub(super) fn failure_ratio(
        &self,
        by: &[&str],
        amount: impl Fn(&Selector) -> String,
    ) -> Option<String> {
        let failed = aggregated("sum", by, &amount(self.failed.as_ref()?));
        let ended = self.ended(by, amount);
        Some(format!("({failed} or {ended} * 0) / ({ended} != 0)"))
    }

    /// What the jobs of a title have done: a set may count only those that complete.
    pub(super) fn title(&self) -> &'static str {
        let counts_all =
            self.failed.is_some() || self.metric.events.iter().any(|on| on == "finished");
        if counts_all { "Ended" } else { "Completed" }
    }
}

/// The label of a metric that says how jobs end.
pub(super) fn status(metric: &MetricDocument) -> Option<&LabelDocument> {
    let has_failures = |label: &&LabelDocument| {
        !label.constant
            && label.values.iter().flatten().any(|value| FAILURES.contains(&value.as_str()))
    };
    metric.labels.iter().find(has_failures)
}

/// Whether the label has classes of errors.
fn is_of_errors(label: &LabelDocument) -> bool {
    let mut words = label.prometheus_name.split('_');
    !label.constant && words.any(|word| ["error", "failure"].contains(&word))
}
