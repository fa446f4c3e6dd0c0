use osapi_metrics::catalogue::document::{MetricDocument, SetDocument};

use super::{
    attributes::Attributes,
    model::{
        CodeGeneration, Deprecated, Metric, MetricAnnotations, MetricExtras, Objective, Stability,
    },
};
use crate::generate::declarations::DeclaredJob;

/// A metric as the registry defines it.
pub(super) fn metric<'a>(
    set: &'a SetDocument,
    metric: &'a MetricDocument,
    jobs: &[DeclaredJob<'a>],
) -> Metric<'a> {
    let annotations = MetricExtras {
        code_generation: CodeGeneration {
            metric_value_type: if metric.value_type == "f64" { "double" } else { "int" },
        },
        osapi_metrics: MetricAnnotations {
            prometheus_name: &metric.prometheus_name,
            set: &set.name,
            observable: metric.observable,
            max_series: metric.max_series,
            boundaries: &metric.boundaries,
            native: metric.native,
            thresholds: &metric.thresholds,
            job_events: &metric.events,
            objectives: objectives(set, metric, jobs),
            absent_until: metric.absent_until.as_deref(),
            stale_after_seconds: metric.stale_after_seconds,
            otlp_interval_seconds: metric.otlp_interval_seconds,
            runbook: set.runbook.as_deref(),
            source: format!("{}:{}", metric.source.file, metric.source.line),
        },
    };
    Metric { annotations: Some(annotations), ..of_name(&metric.name, metric) }
}

/// The entry for the name that a metric had before.
pub(super) fn former<'a>(name: &'a str, metric: &'a MetricDocument) -> Metric<'a> {
    let deprecated = Some(Deprecated::Renamed { renamed_to: &metric.name });
    Metric { deprecated, ..of_name(name, metric) }
}

fn of_name<'a>(name: &'a str, metric: &'a MetricDocument) -> Metric<'a> {
    Metric {
        name,
        // The registry asks for a text.
        brief: if metric.description.is_empty() { name } else { &metric.description },
        instrument: match metric.kind.as_str() {
            "counter" => "counter",
            // As over OTLP: a sum that is not monotonic.
            "up_down_counter" | "info" | "state_set" => "updowncounter",
            "histogram" => "histogram",
            _ => "gauge",
        },
        unit: metric.unit.as_deref().unwrap_or_default(),
        stability: Stability::Development,
        deprecated: None,
        attributes: Attributes::refs(metric),
        annotations: None,
    }
}

/// The objectives that a metric measures: as the counter of good jobs, or as the duration where the
/// set has no such counter.
fn objectives<'a>(
    set: &SetDocument,
    metric: &MetricDocument,
    jobs: &[DeclaredJob<'a>],
) -> Vec<Objective<'a>> {
    let records =
        |metric: &MetricDocument, event: &str| metric.events.iter().any(|known| known == event);
    let has_good = set.metrics.iter().any(|metric| records(metric, "slo_good"));
    if !records(metric, if has_good { "slo_good" } else { "duration" }) {
        return Vec::new();
    }
    let of_set =
        jobs.iter().filter(|job| (&job.job.set, &job.job.set_package) == (&set.name, &set.package));
    let objectives = of_set.filter_map(|job| {
        let objective = job.job.objective.as_ref()?;
        Some(Objective { job: &job.job.name, objective })
    });
    objectives.collect()
}
