//! Constant labels of sets: what knows of them, and what does not.

use crate::read;
use osapi_metrics::{
    Catalogue, Counter, Histogram, LabelSet, LabelValue, MetricDescriptor, MetricSet,
    UpDownCounter,
    catalogue::document::{CatalogueDocument, LabelDocument, MetricDocument},
    dashboards::{Expression, metric, rate},
    descriptor::ConstantLabel,
    instrumented_job,
    jobs::JobLabels,
    testing::capture,
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Size {
    Small,
    Large,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    opened_total: Counter<Size>,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct StoreMetrics {
    #[metric(group)]
    pool: PoolMetrics,
}

/// Imports in batches.
#[derive(MetricSet)]
#[metric_set(
    prefix = "fixed",
    job(labels = JobLabels),
    constant_labels(tier = "batch", r#type = "import"),
)]
struct ImportMetrics {
    /// Jobs running.
    #[metric(on = active)]
    jobs_active: UpDownCounter<JobLabels>,
    /// Time to import.
    #[metric(unit = "s", buckets = [1], on = duration)]
    import_seconds: Histogram<JobLabels>,
    /// Files read.
    files_read_total: Counter<Size>,
    #[metric(group)]
    store: StoreMetrics,
}

/// The same without constant labels.
#[derive(MetricSet)]
#[metric_set(prefix = "plain")]
struct PlainMetrics {
    /// Files read.
    files_read_total: Counter<Size>,
}

const CONSTANTS: [ConstantLabel; 2] =
    [ConstantLabel::new("tier", "batch"), ConstantLabel::new("type", "import")];

#[instrumented_job(metrics = ImportMetrics, labels = JobLabels { job_name: "fixed.import".into() })]
fn import() {
    ImportMetrics::global().files_read_total.with(Size::Small).inc();
}

#[test]
fn each_descriptor_has_them_beside_its_labels() {
    let all = ImportMetrics::DESCRIPTORS;
    assert_eq!(all.len(), 4);
    assert_eq!(all[3].name, "fixed_store_pool_opened_total");
    for metric in all {
        assert_eq!(metric.constant_labels, CONSTANTS, "{}", metric.name);
    }
    let files = |all: &'static [MetricDescriptor]| {
        all.iter().find(|metric| metric.name.ends_with("files_read_total")).unwrap()
    };
    let (fixed, plain) = (files(all), files(PlainMetrics::DESCRIPTORS));
    assert_eq!((fixed.labels, fixed.max_series()), (plain.labels, plain.max_series()));
    assert!(plain.constant_labels.is_empty());
}

#[test]
fn handles_and_series_know_nothing_of_them() {
    let (fixed, plain) = (ImportMetrics::global(), PlainMetrics::global());
    assert_eq!(size_of_val(&fixed.files_read_total), size_of_val(&plain.files_read_total));
    let handle = fixed.files_read_total.with(Size::Large);
    assert_eq!(size_of_val(&handle), size_of_val(&plain.files_read_total.with(Size::Large)));
    // Both sizes from the start, and no others.
    let reading = read();
    assert_eq!(reading.label_values("fixed_files_read_total", "size"), ["large", "small"]);
    assert_eq!(reading.label_values("fixed_files_read_total", "tier"), ["batch", "batch"]);
    assert_eq!(reading.label_values("plain_files_read_total", "tier"), ["", ""]);
}

#[test]
fn a_scrape_shows_them_on_the_series_of_jobs_and_groups() {
    import();
    ImportMetrics::global().store.pool.opened_total.with(Size::Large).add(2);
    let reading = read();
    let job = [("job_name", "fixed.import"), ("tier", "batch"), ("type", "import")];
    assert!(reading.histogram("fixed_import_seconds", &job).unwrap().count >= 1);
    let opened = [("size", "large"), ("tier", "batch"), ("type", "import")];
    assert_eq!(reading.number("fixed_store_pool_opened_total", &opened), Some(2.0));
}

#[test]
fn captures_find_series_by_them_and_show_them() {
    let captured = capture(import);
    let with = |labels: &[(&str, &str)]| captured.counter("fixed_files_read_total", labels);
    assert_eq!(with(&[("tier", "batch")]), 1);
    assert_eq!(with(&[("size", "small"), ("type", "import")]), 1);
    assert_eq!(with(&[("size", "large"), ("type", "import")]), 0);
    let line = "fixed_files_read_total{size=\"small\", tier=\"batch\", type=\"import\"} 1\n";
    assert!(captured.to_string().contains(line), "{captured}");
}

#[test]
#[should_panic(
    expected = "the label `tier` of `fixed_files_read_total` is never `web`; its values are `batch`"
)]
fn a_capture_has_no_other_value_of_them() {
    capture(import).counter("fixed_files_read_total", &[("tier", "web")]);
}

#[test]
#[should_panic(expected = "has no label `colour`; its labels are `size`, `tier`, `type`")]
fn a_capture_lists_them_among_the_labels() {
    capture(import).counter("fixed_files_read_total", &[("colour", "red")]);
}

#[test]
fn the_document_has_them_as_labels_with_one_value() {
    let _ = ImportMetrics::global();
    let mut document = Catalogue::linked().unwrap().document();
    // Tests that declare names of other tests are no program.
    document.sets.retain(|set| set.name == "ImportMetrics");
    document.jobs.retain(|job| job.set == "ImportMetrics");
    document.dashboards.clear();
    let set = &document.sets[0];
    let constants = |metric: &MetricDocument| -> Vec<_> {
        let constant = metric.labels.iter().filter(|label| label.constant);
        let parts =
            |label: &LabelDocument| (label.prometheus_name.clone(), label.values.clone().unwrap());
        constant.map(parts).collect()
    };
    let expected = CONSTANTS.map(|label| (label.key.to_owned(), vec![label.value.to_owned()]));
    for metric in &set.metrics {
        assert_eq!(constants(metric), expected, "{}", metric.name);
    }
    let json = document.to_json();
    assert!(json.contains("\"constant\": true") && !json.contains("\"constant\": false"));
    assert_eq!(CatalogueDocument::from_json(&json).unwrap(), document);
}

#[test]
fn a_query_of_a_dashboard_selects_them() {
    const FILES: Expression = rate(metric::<ImportMetrics>("fixed_files_read_total"))
        .with(&[("tier", "batch")])
        .by(&["type"]);
    assert_eq!((FILES.with, FILES.by), (&[("tier", "batch")][..], &["type"][..]));
}
