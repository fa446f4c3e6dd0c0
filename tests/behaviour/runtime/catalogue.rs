//! The catalogue of all sets that are linked into the program.

use osapi_metrics::{
    Counter, Histogram, JobMetrics, MetricDescriptor, MetricSet,
    descriptor::{InstrumentKind, ValueType},
    jobs::JobLabels,
};

use crate::{RUNTIME, read};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "catalogue")]
struct Listed {
    /// Listed, though nobody
    /// records it.
    #[metric(name = "catalogue.step.wait", unit = "s", buckets = [1, 2.5])]
    #[expect(dead_code, reason = "listed nevertheless")]
    wait: Histogram,
}

/// Metrics that `osapi-metrics` declares too, with equal declarations.
#[derive(Debug, MetricSet)]
struct Shared {
    /// Jobs submitted.
    #[metric(name = "osapi_jobs_created_total", unit = "{job}")]
    created: Counter<JobLabels>,
    /// Time from the submission of a job to its start.
    #[metric(name = "osapi_job_queue_wait_seconds", unit = "s")]
    wait: Histogram<JobLabels>,
}

#[test]
fn every_metric_is_listed_with_all_that_is_known_of_it() {
    let catalogue = RUNTIME.catalogue();
    let metric = catalogue.get("catalogue.step.wait").unwrap();
    assert_eq!(catalogue.get("catalogue_step_wait_seconds").unwrap().origin, metric.origin);
    assert_eq!(metric.name, Listed::DESCRIPTORS[0].name);
    assert_eq!(metric.prometheus_name(), "catalogue_step_wait_seconds");
    assert_eq!((metric.kind, metric.value_type), (InstrumentKind::Histogram, ValueType::F64));
    assert_eq!((metric.unit, metric.buckets), (Some("s"), &[1.0, 2.5][..]));
    assert_eq!(metric.help, "Listed, though nobody records it.");
    assert!(!metric.observable && metric.labels.is_empty());
    assert_eq!(metric.origin.package, "osapi-metrics-tests");
    let line = include_str!("catalogue.rs").lines().position(|line| line == "    wait: Histogram,");
    assert_eq!(Some(metric.origin.line as usize), line.map(|line| line + 1));
    assert!(metric.origin.to_string().contains("catalogue.rs:"), "{}", metric.origin);
    assert!(catalogue.get("catalogue.step").is_none());
}

#[test]
fn the_list_is_sorted_and_holds_what_is_shipped() {
    let names = RUNTIME.catalogue().iter().map(MetricDescriptor::prometheus_name);
    let names: Vec<_> = names.collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(names.len(), RUNTIME.catalogue().len());
    for shipped in JobMetrics::DESCRIPTORS {
        assert!(names.contains(&shipped.prometheus_name()), "{}", shipped.name);
    }
}

#[test]
fn what_two_crates_declare_alike_is_one_metric() {
    let labels = || JobLabels { job_name: "catalogue.shared".into() };
    JobMetrics::global().created("catalogue.shared").add(2);
    Shared::global().created.with(labels()).add(3);
    Shared::global().wait.with(labels()).record(1.5);
    let reading = read();
    let labels = [("job_name", "catalogue.shared")];
    assert_eq!(reading.number("osapi_jobs_created_total", &labels), Some(5.0));
    let wait = reading.histogram("osapi_job_queue_wait_seconds", &labels).unwrap();
    assert_eq!((wait.count, wait.sum), (1, 1.5));
}
