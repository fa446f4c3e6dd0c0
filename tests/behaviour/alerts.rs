//! What a declaration says for alerts and for aliases is in the descriptors and the catalogue.

use std::time::Duration;

use osapi_metrics::{
    Counter, Gauge, Histogram, MetricDescriptor, MetricSet,
    descriptor::{
        Comparison::{Above, AtLeast, AtMost, Below},
        InstrumentKind, MetricRules,
        Severity::{Critical, Warning},
        Threshold, ValueType,
    },
    instrumented_job,
};

use crate::RUNTIME;

const WAIT_BUCKETS: [f64; 3] = [0.5, 1.0, 5.0];

#[expect(dead_code, reason = "the metrics are declared and never recorded")]
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "alerts", runbook = "https://example.org/runbooks/alerts")]
struct AlertMetrics {
    /// Fill level of
    /// the depot.
    ///
    /// The second paragraph is not part of HELP.
    #[metric(
        unit = "1",
        critical(above = 0.9, lasting = "5m"),
        warning(above = 0.8, lasting = "15m"),
        renamed_from = "depot.level_ratio"
    )]
    fill_ratio: Gauge,
    /// Items lost.
    #[metric(unit = "{item}", warning(above = 0))]
    items_lost_total: Counter,
    /// Temperature of the depot.
    #[metric(unit = "Cel", critical(below = -18.5, lasting = "1h 30m"))]
    depot_temperature_celsius: Gauge,
    /// Time that items wait.
    #[metric(
        unit = "s",
        buckets = WAIT_BUCKETS,
        warning(at_least = 5, quantile = 0.95),
        critical(at_least = 1, quantile = 0.5, lasting = "250ms")
    )]
    wait_seconds: Histogram,
    /// Items in the depot.
    #[metric(warning(at_most = 3), absent_until = "the depot is open", stale_after = "90s")]
    items: Gauge,
    /// Lorries in the yard.
    lorries: Gauge,
}

#[test]
fn descriptors_and_documents_say_what_is_absent_or_stale() {
    let named = |name: &str| AlertMetrics::DESCRIPTORS.iter().find(|of| of.name == name).unwrap();
    let (items, lorries) = (named("alerts_items"), named("alerts_lorries"));
    assert_eq!(items.absent_until, Some("the depot is open"));
    assert_eq!(items.stale_after, Some(Duration::from_secs(90)));
    assert_eq!((lorries.absent_until, lorries.stale_after), (None, None));

    let document = RUNTIME.catalogue().document();
    let mut metrics = document.sets.iter().flat_map(|set| &set.metrics);
    let items = metrics.find(|metric| metric.name == "alerts_items").unwrap();
    assert_eq!(items.absent_until.as_deref(), Some("the depot is open"));
    assert_eq!(items.stale_after_seconds, Some(90.0));
}

#[test]
fn descriptors_have_the_thresholds_that_are_declared() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let expected: [&[Threshold]; 6] = [
        &[
            Threshold::new(Warning, Above, 0.8).lasting(minutes(15)),
            Threshold::new(Critical, Above, 0.9).lasting(minutes(5)),
        ],
        &[Threshold::new(Warning, Above, 0.0)],
        &[Threshold::new(Critical, Below, -18.5).lasting(minutes(90))],
        &[
            Threshold::new(Warning, AtLeast, 5.0).at_quantile(0.95),
            Threshold::new(Critical, AtLeast, 1.0)
                .at_quantile(0.5)
                .lasting(Duration::from_millis(250)),
        ],
        &[Threshold::new(Warning, AtMost, 3.0)],
        &[],
    ];
    assert_eq!(AlertMetrics::DESCRIPTORS.len(), expected.len());
    for (metric, expected) in AlertMetrics::DESCRIPTORS.iter().zip(expected) {
        assert_eq!(metric.thresholds, expected, "{}", metric.name);
    }
}

#[test]
fn the_catalogue_has_the_old_name_and_the_thresholds() {
    let metric = RUNTIME.catalogue().get("alerts_fill_ratio").expect("is linked in");
    assert_eq!(metric.help, "Fill level of the depot.");
    assert_eq!(metric.renamed_from, Some("depot.level_ratio"));
    assert_eq!(metric.thresholds, AlertMetrics::DESCRIPTORS[0].thresholds);
    // The old name is not another name of the metric.
    assert!(RUNTIME.catalogue().get("depot.level_ratio").is_none());
    let lorries = RUNTIME.catalogue().get("alerts_lorries").expect("is linked in");
    assert_eq!((lorries.renamed_from, lorries.thresholds), (None, &[][..]));
}

#[test]
fn what_the_derive_accepts_is_accepted_by_hand() {
    const RULES: MetricRules = MetricRules::new("alerts");
    const THRESHOLDS: &[Threshold] = &[
        Threshold::new(Warning, AtLeast, 1.0).at_quantile(0.95),
        Threshold::new(Critical, AtLeast, 600.0).at_quantile(0.95),
    ];
    // The default boundaries end at 600 s.
    const WAIT: MetricDescriptor =
        MetricDescriptor::new("alerts.wait", InstrumentKind::Histogram, ValueType::F64)
            .with_unit("s")
            .with_help("Time that items wait.")
            .with_renamed_from("depot.wait")
            .with_thresholds(THRESHOLDS)
            .checked(RULES);
    assert_eq!((WAIT.renamed_from, WAIT.thresholds), (Some("depot.wait"), THRESHOLDS));
    for metric in AlertMetrics::DESCRIPTORS {
        let checked = metric.checked(RULES);
        assert_eq!(checked.thresholds, metric.thresholds);
    }
}

#[instrumented_job(name = "alerts.job", slo(latency = "5s", target = 0.99, min_events = 50))]
fn guarded() {}

#[test]
fn an_objective_has_the_fewest_jobs_that_it_counts_for() {
    guarded();
    let job = RUNTIME.catalogue().jobs().find(|job| job.name == "alerts.job");
    let slo = job.and_then(|job| job.slo).expect("an objective is declared");
    assert_eq!((slo.latency, slo.min_events), (Duration::from_secs(5), Some(50)));
    assert_eq!(slo.to_string(), "0.99 of jobs within 5s (from 50 jobs in a window)");
}
