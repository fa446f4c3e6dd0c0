use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use osapi_metrics::catalogue::document::{LabelDocument, MetricDocument, SetDocument};

use super::{options::CheckOptions, problem::proposal, series::Series};
use crate::catalogue::{Catalogues, SampleKind};

/// Labels of every series that a Prometheus scrapes, and those that an exporter may add.
const AMBIENT: [&str; 9] = [
    "__name__",
    "exported_instance",
    "exported_job",
    "instance",
    "job",
    "otel_metric_overflow",
    "otel_scope_name",
    "otel_scope_schema_url",
    "otel_scope_version",
];

/// Series that Prometheus, or the framework's endpoint, has of its own.
const BUILT_IN: [&str; 5] = ["ALERTS", "ALERTS_FOR_STATE", "osapi_build_info", "target_info", "up"];

/// The most unknown names for which a similar one is looked for among all names: a file of another
/// system can have any number.
const MAX_PROPOSALS: usize = 1_000;

/// What is known of names: the catalogues, and what is right beside them.
pub(super) struct Known<'a> {
    catalogues: &'a Catalogues,
    options: &'a CheckOptions,
    records: BTreeSet<&'a str>,
    metrics: RefCell<HashMap<String, Named>>,
    nearest: RefCell<HashMap<String, Option<String>>>,
}

/// What is known of a name of samples.
#[derive(Clone)]
pub(super) enum Named {
    /// A catalogue has it.
    Declared(Rc<Declared>),
    /// It is right, and nothing else is known.
    Allowed,
    Unknown,
}

/// Samples of a name, in all catalogues that have it.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) kind: SampleKind,
    /// The labels, with all values that are possible where they are known.
    pub(super) labels: BTreeMap<String, Option<BTreeSet<String>>>,
    /// Values that handlers give to labels.
    pub(super) of_handlers: BTreeMap<String, BTreeSet<String>>,
    pub(super) boundaries: Vec<f64>,
    /// The labels that distinguish series with different boundaries.
    pub(super) of_boundaries: BTreeSet<String>,
    /// Whether all catalogues say the same. A counter of one program can be a gauge of another:
    /// then each use of it is right for one of them.
    pub(super) is_certain: bool,
}

impl<'a> Known<'a> {
    pub(super) fn new(
        catalogues: &'a Catalogues,
        options: &'a CheckOptions,
        records: BTreeSet<&'a str>,
    ) -> Self {
        Self {
            catalogues,
            options,
            records,
            metrics: RefCell::default(),
            nearest: RefCell::default(),
        }
    }

    pub(super) fn name(&self, name: &str) -> Named {
        if let Some(named) = self.metrics.borrow().get(name) {
            return named.clone();
        }
        let named = match self.declared(name) {
            Some(declared) => Named::Declared(Rc::new(declared)),
            None if self.is_allowed(name) => Named::Allowed,
            None => Named::Unknown,
        };
        self.metrics.borrow_mut().insert(name.to_owned(), named.clone());
        named
    }

    /// Whether a name that fits is declared or allowed.
    pub(super) fn has_name(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.catalogues.sample_names().any(&fits)
            || BUILT_IN.iter().copied().any(&fits)
            || self.records.iter().copied().any(&fits)
            // It could be any of the names that are allowed.
            || !self.options.allowed.is_empty()
            || fits("scrape_duration_seconds")
    }

    /// Whether a catalogue has samples of this name.
    pub(super) fn has_declared(&self, name: &str) -> bool {
        self.catalogues.has_samples(name)
    }

    /// The name that one without samples most likely means.
    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        if let Some(nearest) = self.nearest.borrow().get(name) {
            return nearest.clone();
        }
        if self.nearest.borrow().len() >= MAX_PROPOSALS {
            return None;
        }
        let nearest = self.catalogues.nearest(name).map(str::to_owned);
        self.nearest.borrow_mut().insert(name.to_owned(), nearest.clone());
        nearest
    }

    /// The name that samples have now, if this is a former one.
    pub(super) fn renamed(&self, name: &str) -> Option<&str> {
        self.catalogues.renamed(name)
    }

    /// What to propose for a label that series do not have.
    pub(super) fn labels_of(&self, series: &Series, label: &str) -> String {
        let of_metric = series.of.is_some();
        let is_shown = |name: &&str| {
            let is_ambient = self.ambient().any(|ambient| ambient == *name);
            let is_seldom =
                is_ambient && AMBIENT.contains(name) && !["job", "instance"].contains(name);
            !(is_seldom || of_metric && is_ambient)
        };
        let none = if of_metric { "it has no labels of its own" } else { "it has no labels" };
        let labels = series.labels.names().filter(is_shown);
        proposal(label, labels, "it has").unwrap_or_else(|| none.to_owned())
    }

    /// Labels that series have beside those of their metric.
    pub(super) fn ambient(&self) -> impl Iterator<Item = &str> {
        AMBIENT.into_iter().chain(self.options.target_labels.iter().map(String::as_str))
    }

    fn is_allowed(&self, name: &str) -> bool {
        BUILT_IN.contains(&name)
            || name.starts_with("scrape_")
            || self.records.contains(name)
            || self.options.allowed.iter().any(|pattern| pattern.matches(name))
    }

    fn declared(&self, name: &str) -> Option<Declared> {
        let mut declared: Option<Declared> = None;
        for sample in self.catalogues.samples(name) {
            let handlers = self.of_handlers(sample.set);
            let mut one = Declared::of(name, sample.kind, sample.metric, handlers);
            if sample.kind == SampleKind::Bucket {
                let own = self.catalogues.with_own_boundaries(sample.metric);
                let own = own.filter_map(|job| job.boundaries.as_ref());
                one.boundaries.extend(own.flatten());
                one.boundaries.sort_by(f64::total_cmp);
                one.boundaries.dedup();
                let labels = self.catalogues.labels_of_boundaries(sample.metric);
                one.of_boundaries = labels.into_iter().map(str::to_owned).collect();
            }
            declared = Some(match declared {
                None => one,
                Some(other) => other.merged(one),
            });
        }
        declared
    }

    /// The values that handlers of a set give to labels.
    fn of_handlers(&self, set: &SetDocument) -> BTreeMap<String, BTreeSet<String>> {
        let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let is_of_set =
            |job_set: &str, package: &str| job_set == set.name && package == set.package;
        for job in self.catalogues.jobs().filter(|job| is_of_set(&job.set, &job.set_package)) {
            for (label, value) in &job.labels {
                values.entry(label.clone()).or_default().insert(value.clone());
            }
        }
        values
    }
}

impl Declared {
    fn of(
        name: &str,
        kind: SampleKind,
        metric: &MetricDocument,
        of_handlers: BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        let values = |label: &LabelDocument| label.values.clone().map(BTreeSet::from_iter);
        let mut labels: BTreeMap<_, _> = metric
            .labels
            .iter()
            .map(|label| (label.prometheus_name.clone(), values(label)))
            .collect();
        if kind == SampleKind::Bucket {
            labels.insert("le".to_owned(), None);
        }
        let boundaries = metric.boundaries.clone();
        Self {
            name: name.to_owned(),
            kind,
            labels,
            of_handlers,
            boundaries,
            of_boundaries: BTreeSet::new(),
            is_certain: true,
        }
    }

    /// What is possible by either of two declarations.
    fn merged(mut self, other: Self) -> Self {
        self.is_certain &= self.kind == other.kind && self.labels.keys().eq(other.labels.keys());
        for (label, values) in other.labels {
            match self.labels.get_mut(&label) {
                Some(known) => {
                    *known = known.take().zip(values).map(|(a, b)| a.union(&b).cloned().collect());
                }
                None => {
                    self.labels.insert(label, values);
                }
            }
        }
        for (label, values) in other.of_handlers {
            self.of_handlers.entry(label).or_default().extend(values);
        }
        self.of_boundaries.extend(other.of_boundaries);
        self.boundaries = if self.boundaries.is_empty() || other.boundaries.is_empty() {
            Vec::new()
        } else {
            let mut boundaries = self.boundaries;
            boundaries.extend(other.boundaries);
            boundaries.sort_by(f64::total_cmp);
            boundaries.dedup();
            boundaries
        };
        self
    }
}
