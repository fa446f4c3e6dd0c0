//! The handlers whose jobs share their series.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::{
    JobDocument, LabelDocument, MetricDocument, ObjectiveDocument, SetDocument,
};

use super::{alert, document::InputSeries, labels::Labels, series};
use crate::{catalogue::Catalogues, generate::query::Selector};

/// The ends of a job that are failures.
const FAILURES: [&str; 3] = ["failed", "timed_out", "panicked"];
/// All ends of a job.
const ENDS: [&str; 5] = ["completed", "failed", "timed_out", "cancelled", "panicked"];

/// A handler, or several handlers whose jobs share their series.
#[derive(Debug)]
pub(super) struct Handler<'a> {
    pub(super) set: &'a SetDocument,
    /// The names of the jobs.
    pub(super) names: Vec<&'a str>,
    /// The labels of the series.
    pub(super) labels: Labels,
    /// The labels of alerts: those of the series, and the set if another one has the same labels.
    pub(super) alert_labels: Labels,
    keys: BTreeSet<&'a str>,
    objectives: Vec<Option<ObjectiveDocument>>,
    /// The boundaries of its own for the durations.
    boundaries: Option<&'a [f64]>,
    /// Whether a metric without the labels of the handler would mix handlers.
    has_neighbours: bool,
}

/// What the handlers of some name have declared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Objective {
    None,
    One(ObjectiveDocument),
    /// Handlers that share their series have different objectives.
    Several,
}

/// The counters of how jobs end.
#[derive(Debug)]
pub(super) struct Outcomes<'a> {
    pub(super) failed: Vec<Counted<'a>>,
    pub(super) completed: Counted<'a>,
    /// All ends.
    pub(super) ended: Vec<Counted<'a>>,
}

/// Series of a counter, and one of them.
#[derive(Clone, Debug)]
pub(super) struct Counted<'a> {
    pub(super) selector: Selector,
    metric: &'a MetricDocument,
    labels: Labels,
}

impl<'a> Handler<'a> {
    /// The handlers of all programs, sorted by their sets and labels. Handlers of a set that the
    /// catalogues do not have are left out.
    pub(super) fn all(catalogues: &'a Catalogues) -> Vec<Self> {
        let mut all: BTreeMap<_, Self> = BTreeMap::new();
        for document in catalogues.documents() {
            for job in &document.jobs {
                let is_of_job = |set: &&SetDocument| {
                    set.name == job.set
                        && (job.set_package.is_empty() || set.package == job.set_package)
                };
                let Some(set) = document.sets.iter().find(is_of_job) else { continue };
                let key = (&set.package, &set.name, &job.labels);
                all.entry(key).or_insert_with(|| Self::new(set, job)).add(job);
            }
        }
        let mut sets: BTreeMap<_, usize> = BTreeMap::new();
        let mut labels: BTreeMap<_, usize> = BTreeMap::new();
        for (package, set, of_jobs) in all.keys() {
            *sets.entry((*package, *set)).or_default() += 1;
            *labels.entry(*of_jobs).or_default() += 1;
        }
        let all = all.into_iter().map(|((package, set, of_jobs), mut handler)| {
            handler.has_neighbours = sets[&(package, set)] > 1;
            if labels[of_jobs] > 1 {
                handler.alert_labels.insert("set".to_owned(), set.clone());
            }
            handler
        });
        all.collect()
    }

    fn new(set: &'a SetDocument, job: &'a JobDocument) -> Self {
        Self {
            set,
            names: Vec::new(),
            labels: job.labels.clone(),
            alert_labels: job.labels.clone(),
            keys: BTreeSet::new(),
            objectives: Vec::new(),
            boundaries: job.boundaries.as_deref(),
            has_neighbours: false,
        }
    }

    fn add(&mut self, job: &'a JobDocument) {
        if !self.names.contains(&job.name.as_str()) {
            self.names.push(&job.name);
        }
        self.keys.extend(job.keys.iter().map(String::as_str));
        if !self.objectives.contains(&job.objective) {
            self.objectives.push(job.objective);
        }
    }

    /// The name of the jobs, for a person.
    pub(super) fn name(&self) -> String {
        self.names.join(", ")
    }

    /// The name of its groups of rules.
    pub(super) fn group(&self) -> String {
        format!("{}: {}", self.set.name, self.name())
    }

    /// Whether a handler has this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// The boundaries of the series of its jobs in the histogram of durations.
    pub(super) fn boundaries_in(&self, durations: &'a MetricDocument) -> &'a [f64] {
        self.boundaries.unwrap_or(&durations.boundaries)
    }

    pub(super) fn objective(&self) -> Objective {
        match self.objectives[..] {
            [None] => Objective::None,
            [Some(objective)] => Objective::One(objective),
            _ => Objective::Several,
        }
    }

    /// The address of the page that says what to do.
    pub(super) fn runbook(&self, docs_url: &str) -> String {
        alert::runbook(self.set.runbook.as_deref(), docs_url, self.names[0])
    }

    /// The metric that records this event and no other, whose series show this handler alone.
    pub(super) fn metric(&self, event: &str, kind: &str) -> Option<&'a MetricDocument> {
        let mut metrics = self.set.metrics.iter();
        metrics.find(|metric| metric.kind == kind && metric.events == [event] && self.is_in(metric))
    }

    /// The series of the handler's jobs by a name of samples of the metric.
    pub(super) fn selector(&self, sample: &str, metric: &MetricDocument) -> Selector {
        let of_metric = self.labels_in(metric);
        of_metric.iter().fold(Selector::of(sample), |all, (label, value)| all.with(label, value))
    }

    /// The labels of a series of the handler's jobs, with further ones.
    pub(super) fn series_labels(&self, metric: &MetricDocument, with: &[(&str, &str)]) -> Labels {
        let mut known = self.labels.clone();
        known.extend(with.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        series::labels(metric, &known)
    }

    /// How jobs end: a counter with the status as a label, or a counter for each end.
    pub(super) fn outcomes(&self) -> Option<Outcomes<'a>> {
        self.outcomes_by_status().or_else(|| {
            let of = |event: &str| Some(self.counted(self.metric(event, "counter")?, &[]));
            let (failed, completed) = (self.failures(), of("completed")?);
            let ended = failed.iter().cloned().chain([completed.clone()]).chain(of("cancelled"));
            let ended = ended.collect();
            (!failed.is_empty()).then_some(Outcomes { failed, completed, ended })
        })
    }

    /// Counters of failures, so that none is counted twice.
    fn failures(&self) -> Vec<Counted<'a>> {
        let mut seen = BTreeSet::new();
        let mut counters = Vec::new();
        for metric in self.set.metrics.iter().filter(|metric| metric.kind == "counter") {
            let is_failure = |event: &String| FAILURES.contains(&event.as_str());
            let is_new = |event: &String| is_failure(event) && !seen.contains(event);
            if !metric.events.is_empty() && metric.events.iter().all(is_new) && self.is_in(metric) {
                seen.extend(&metric.events);
                counters.push(self.counted(metric, &[]));
            }
        }
        counters
    }

    fn outcomes_by_status(&self) -> Option<Outcomes<'a>> {
        let counts_ends = |metric: &&MetricDocument| {
            metric.kind == "counter" && metric.events.iter().any(|event| event == "finished")
        };
        let mut metrics = self.set.metrics.iter().filter(counts_ends).filter(|m| self.is_in(m));
        let (metric, status) = metrics.find_map(|metric| Some((metric, status(metric)?)))?;
        let of = |ends: &[&'static str]| {
            let has = |end: &&str| values(status).any(|value| value == *end);
            let ends: Vec<_> = ends.iter().copied().filter(has).collect();
            let mut counted = self.counted(metric, &[(&status.prometheus_name, ends[0])]);
            let all = self.selector(&metric.prometheus_name, metric);
            counted.selector = all.with_one_of(&status.prometheus_name, &ends);
            counted
        };
        let completed = of(&["completed"]);
        Some(Outcomes { failed: vec![of(&FAILURES)], completed, ended: vec![of(&ENDS)] })
    }

    fn counted(&self, metric: &'a MetricDocument, with: &[(&str, &str)]) -> Counted<'a> {
        let selector = self.selector(&metric.prometheus_name, metric);
        Counted { selector, metric, labels: self.series_labels(metric, with) }
    }

    /// Whether the series of a metric show this handler alone.
    fn is_in(&self, metric: &MetricDocument) -> bool {
        !self.has_neighbours || self.labels_in(metric).len() == self.labels.len()
    }

    fn labels_in(&self, metric: &MetricDocument) -> Labels {
        let has = |name: &str| metric.labels.iter().any(|label| label.prometheus_name == name);
        let labels = self.labels.iter().filter(|(name, _)| has(name));
        labels.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

impl Counted<'_> {
    /// One of the series.
    pub(super) fn series(&self, values: String) -> InputSeries {
        series::series(&self.metric.prometheus_name, &self.labels, values)
    }
}

/// The label that has how jobs end, if its values are those of the framework.
pub(super) fn status(metric: &MetricDocument) -> Option<&LabelDocument> {
    let has = |label: &LabelDocument, end: &str| values(label).any(|value| value == end);
    let mut labels = metric.labels.iter();
    labels.find(|label| has(label, "completed") && has(label, "failed"))
}

/// The closed values of a label.
pub(super) fn values(label: &LabelDocument) -> impl Iterator<Item = &str> {
    label.values.iter().flatten().map(String::as_str)
}
