use std::collections::BTreeMap;

use osapi_metrics_rules::InstrumentKind;

use super::{
    dashboards::all,
    json::SCHEMA_VERSION,
    model::{
        CatalogueDocument, JobDocument, LabelDocument, LabelLimit, MetricDocument,
        ObjectiveDocument, SetDocument,
    },
    parts::{of_origin, of_threshold, prometheus_label},
};
use crate::core::{
    catalogue::Catalogue,
    descriptor::{
        ConstantLabel, EventBinding, LabelDescriptor, LabelValues, MetricDescriptor, Slo,
    },
    registry::{JobRegistration, RegisteredJob, SetRegistration},
};

impl Catalogue {
    /// The catalogue as data, for tools and for a file that is committed.
    ///
    /// It has the sets that the program declares and the metrics about metrics. It has
    /// [`JobMetrics`](crate::JobMetrics) and sets that come with instrumentations if the program
    /// uses them: code has called `global()`, as starting an instrumentation does, or a function
    /// with `#[instrumented_job]` records in them.
    ///
    /// ```
    /// use osapi_metrics::Catalogue;
    ///
    /// # fn main() -> Result<(), osapi_metrics::catalogue::Conflicts> {
    /// let document = Catalogue::linked()?.document();
    /// assert_eq!(document.schema_version, 1);
    /// println!("{}", document.to_json());
    /// # Ok(())
    /// # }
    /// ```
    pub fn document(&self) -> CatalogueDocument {
        let mut sets: Vec<_> = inventory::iter::<SetRegistration>()
            .filter(|set| set.is_in_use())
            .map(|set| self.set(set))
            .filter(|set| !set.metrics.is_empty())
            .collect();
        sets.sort_by(|a, b| {
            (&a.package, &a.module, &a.name).cmp(&(&b.package, &b.module, &b.name))
        });
        let mut jobs: Vec<_> =
            inventory::iter::<JobRegistration>().map(|job| of_job(job.0)).collect();
        jobs.sort_by(|a, b| {
            let place = |job: &JobDocument| (job.source.file.clone(), job.source.line);
            (&a.name, place(a)).cmp(&(&b.name, place(b)))
        });
        // A generic function may be registered once for each crate that uses it.
        jobs.dedup();
        CatalogueDocument { schema_version: SCHEMA_VERSION, sets, jobs, dashboards: all() }
    }

    /// The set without the metrics whose names the program uses otherwise.
    fn set(&self, set: &SetRegistration) -> SetDocument {
        let origin = set.descriptors.first().map(|metric| metric.origin);
        SetDocument {
            name: set.name.to_owned(),
            package: origin.map_or("", |origin| origin.package).to_owned(),
            module: origin.map_or("", |origin| origin.module).to_owned(),
            metrics: set
                .descriptors
                .iter()
                .enumerate()
                .filter(|(_, metric)| self.has(metric))
                .map(|(position, metric)| {
                    let of_metric = |binding: &&EventBinding| binding.metric == position;
                    let events = set.events.iter().filter(of_metric);
                    let events = events.map(|binding| binding.on.to_owned()).collect();
                    MetricDocument { events, ..self.metric(metric) }
                })
                .collect(),
            description: set.help.to_owned(),
            details: set.details.to_owned(),
            runbook: set.runbook.map(str::to_owned),
        }
    }

    /// Whether this declaration is in the catalogue.
    fn has(&self, metric: &MetricDescriptor) -> bool {
        self.iter().any(|other| other.name == metric.name && other.origin == metric.origin)
    }

    fn metric(&self, metric: &MetricDescriptor) -> MetricDocument {
        let prometheus_name = metric.prometheus_name();
        let boundaries = self.boundaries(metric.name).unwrap_or_default();
        MetricDocument {
            name: metric.name.to_owned(),
            prometheus_name: prometheus_name.to_owned(),
            samples: match metric.kind {
                InstrumentKind::Histogram => ["_bucket", "_count", "_sum"]
                    .map(|suffix| format!("{prometheus_name}{suffix}"))
                    .to_vec(),
                _ => vec![prometheus_name.to_owned()],
            },
            kind: metric.kind.as_str().replace([' ', '-'], "_"),
            observable: metric.observable,
            value_type: metric.value_type.as_str().to_owned(),
            unit: metric.unit.map(str::to_owned),
            description: metric.help.to_owned(),
            details: metric.details.to_owned(),
            labels: labels_of(metric),
            boundaries: boundaries.to_vec(),
            native: self.is_native(metric.name).unwrap_or_default(),
            max_series: metric.max_series(),
            otlp_interval_seconds: self.otlp_interval(metric.name).map(|i| i.as_secs_f64()),
            source: of_origin(metric.declaration()),
            events: Vec::new(),
            renamed_from: metric.renamed_from.map(str::to_owned),
            absent_until: metric.absent_until.map(str::to_owned),
            stale_after_seconds: metric.stale_after.map(|after| after.as_secs_f64()),
            thresholds: metric.thresholds.iter().map(of_threshold).collect(),
        }
    }
}

fn labels_of(metric: &MetricDescriptor) -> Vec<LabelDocument> {
    let constants = metric.constant_labels.iter().map(of_constant);
    metric.labels.iter().map(of_label).chain(constants).collect()
}

fn of_constant(label: &ConstantLabel) -> LabelDocument {
    LabelDocument {
        key: label.key.to_owned(),
        prometheus_name: prometheus_label(label.key),
        values: Some(vec![label.value.to_owned()]),
        constant: true,
        limit: None,
    }
}

fn of_label(label: &LabelDescriptor) -> LabelDocument {
    let texts = |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect());
    let (values, limit) = match label.values {
        LabelValues::Closed(values) => (texts(values), None),
        LabelValues::Bool => (texts(&["false", "true"]), None),
        LabelValues::Open { max } => (None, Some(LabelLimit::Max(max))),
        LabelValues::Recent { max } => (None, Some(LabelLimit::Recent(max))),
    };
    LabelDocument {
        key: label.key.to_owned(),
        prometheus_name: prometheus_label(label.key),
        values,
        constant: false,
        limit,
    }
}

fn of_job(job: &'static dyn RegisteredJob) -> JobDocument {
    let of = job.descriptor();
    let mut sets = inventory::iter::<SetRegistration>();
    let set = sets.find(|set| set.instance.set_type() == job.set());
    let mut labels = BTreeMap::new();
    job.each_label(&mut |key, value| {
        labels.insert(prometheus_label(key), value.to_string());
    });
    JobDocument {
        name: of.name.to_owned(),
        set: set.map_or(of.set, |set| set.name).to_owned(),
        set_package: set
            .and_then(|set| set.descriptors.first())
            .map_or("", |metric| metric.origin.package)
            .to_owned(),
        labels,
        keys: of.keys.iter().map(|key| (*key).to_owned()).collect(),
        objective: of.slo.map(of_objective),
        boundaries: of.buckets.map(<[f64]>::to_vec),
        source: of_origin(&of.origin),
    }
}

fn of_objective(slo: Slo) -> ObjectiveDocument {
    let Slo { latency, target, min_events } = slo;
    ObjectiveDocument { latency_seconds: latency.as_secs_f64(), target, min_events }
}
