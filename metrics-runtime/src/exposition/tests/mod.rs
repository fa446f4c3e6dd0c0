//! Instruments of an SDK provider, rendered as a scrape.

mod cache;
mod scopes;

use std::sync::{Arc, Mutex};

use opentelemetry::{
    InstrumentationScope, KeyValue,
    metrics::{Meter, MeterProvider},
};
use opentelemetry_sdk::{
    Resource,
    metrics::{Aggregation, Instrument, SdkMeterProvider, Stream},
};

use super::{Exposition, ExpositionSettings, Format, NameFilter};
use crate::{
    bridge::SdkSnapshots,
    config::ScopeLabels,
    core::{
        snapshot::{MetricSnapshot, Snapshot},
        storage::{AttributeRef, AttributeValue, SeriesLabels},
    },
};

/// Names and values alone.
const PLAIN: ExpositionSettings =
    ExpositionSettings { created_samples: false, scope_labels: ScopeLabels::None };

/// A provider, and the scrape of it.
struct Scraper {
    provider: SdkMeterProvider,
    snapshots: Mutex<SdkSnapshots>,
    exposition: Mutex<Exposition>,
    settings: ExpositionSettings,
}

impl Scraper {
    fn new() -> Self {
        Self::with_resource([])
    }

    fn with_resource<const N: usize>(attributes: [KeyValue; N]) -> Self {
        let resource = Resource::builder_empty().with_attributes(attributes).build();
        let snapshots = SdkSnapshots::new(&resource);
        let provider = SdkMeterProvider::builder()
            .with_reader(snapshots.reader())
            .with_resource(resource)
            .with_view(|instrument: &Instrument| {
                let aggregation = Aggregation::Base2ExponentialHistogram {
                    max_size: 160,
                    max_scale: 0,
                    record_min_max: true,
                };
                (instrument.name() == "exponential")
                    .then(|| Stream::builder().with_aggregation(aggregation).build().ok())
                    .flatten()
            })
            .build();
        Self {
            provider,
            snapshots: Mutex::new(snapshots),
            exposition: Mutex::new(Exposition::new(PLAIN)),
            settings: PLAIN,
        }
    }

    fn showing(scope_labels: ScopeLabels) -> Self {
        let settings = ExpositionSettings { scope_labels, ..PLAIN };
        Self { exposition: Mutex::new(Exposition::new(settings)), settings, ..Self::new() }
    }

    fn meter(&self) -> Meter {
        self.provider.meter("test")
    }

    fn snapshot(&self) -> Snapshot {
        self.snapshots.lock().unwrap().collect()
    }

    fn render(&self, format: Format) -> String {
        let metrics = self.snapshot();
        let cold = Exposition::new(self.settings).render(&metrics, format, &NameFilter::ALL);
        let mut exposition = self.exposition.lock().unwrap();
        for _ in 0..2 {
            assert_eq!(
                exposition.render(&metrics, format, &NameFilter::ALL),
                cold,
                "what is kept changes nothing"
            );
        }
        let cold_messages = Exposition::new(self.settings).encode(&metrics, &NameFilter::ALL);
        for _ in 0..2 {
            assert_eq!(exposition.encode(&metrics, &NameFilter::ALL), cold_messages);
        }
        cold
    }

    fn text(&self) -> String {
        self.render(Format::Text)
    }

    fn open_metrics(&self) -> String {
        self.render(Format::OpenMetrics)
    }
}

#[test]
fn a_counter_in_both_formats() {
    let scraper = Scraper::new();
    let jobs = scraper
        .meter()
        .u64_counter("osapi_jobs_completed_total")
        .with_unit("{job}")
        .with_description("Jobs completed.")
        .build();
    jobs.add(2, &[KeyValue::new("status", "failed")]);
    jobs.add(40, &[KeyValue::new("status", "completed")]);

    assert_eq!(
        scraper.text(),
        r#"# TYPE osapi_jobs_completed_total counter
# HELP osapi_jobs_completed_total Jobs completed.
osapi_jobs_completed_total{status="completed"} 40
osapi_jobs_completed_total{status="failed"} 2
"#
    );
    assert_eq!(
        scraper.open_metrics(),
        r#"# TYPE osapi_jobs_completed counter
# HELP osapi_jobs_completed Jobs completed.
osapi_jobs_completed_total{status="completed"} 40
osapi_jobs_completed_total{status="failed"} 2
# EOF
"#
    );
}

#[test]
fn a_histogram_in_both_formats() {
    let scraper = Scraper::new();
    let duration = scraper
        .meter()
        .f64_histogram("job.duration")
        .with_unit("s")
        .with_boundaries(vec![0.005, 1.0, 1e6])
        .build();
    for value in [0.001, 0.5, 0.5, 2e6] {
        duration.record(value, &[KeyValue::new("job_name", "resize")]);
    }
    let samples = r#"job_duration_seconds_bucket{job_name="resize",le="0.005"} 1
job_duration_seconds_bucket{job_name="resize",le="1.0"} 3
job_duration_seconds_bucket{job_name="resize",le="1e+06"} 3
job_duration_seconds_bucket{job_name="resize",le="+Inf"} 4
job_duration_seconds_sum{job_name="resize"} 2.000001001e+06
job_duration_seconds_count{job_name="resize"} 4
"#;
    assert_eq!(scraper.text(), format!("# TYPE job_duration_seconds histogram\n{samples}"));
    assert_eq!(
        scraper.open_metrics(),
        format!(
            "# TYPE job_duration_seconds histogram\n# UNIT job_duration_seconds seconds\n{samples}# EOF\n"
        )
    );
}

#[test]
fn gauges_and_up_down_counters_are_gauges() {
    let scraper = Scraper::new();
    let meter = scraper.meter();
    meter.i64_up_down_counter("jobs.active").build().add(-3, &[]);
    meter.f64_gauge("queue.fill").with_unit("1").build().record(0.5, &[]);
    meter.u64_gauge("never.set").build();

    assert_eq!(
        scraper.open_metrics(),
        "# TYPE jobs_active gauge\njobs_active -3\n\
         # TYPE queue_fill_ratio gauge\n# UNIT queue_fill_ratio ratio\nqueue_fill_ratio 0.5\n\
         # EOF\n"
    );
}

#[test]
fn nothing_measured_is_an_empty_scrape() {
    assert_eq!(Scraper::new().text(), "");
    assert_eq!(Scraper::new().open_metrics(), "# EOF\n");
}

#[test]
fn the_resource_is_target_info() {
    let scraper = Scraper::with_resource([
        KeyValue::new("service.name", "osapi"),
        KeyValue::new("deployment.environment", "dev"),
    ]);
    let labels = r#"{deployment_environment="dev",service_name="osapi"}"#;
    assert_eq!(
        scraper.text(),
        format!(
            "# TYPE target_info gauge\n# HELP target_info Attributes of the resource that is measured.\ntarget_info{labels} 1\n"
        )
    );
    assert_eq!(
        scraper.open_metrics(),
        format!(
            "# TYPE target info\n# HELP target Attributes of the resource that is measured.\ntarget_info{labels} 1\n# EOF\n"
        )
    );
}

#[test]
fn help_is_escaped_as_each_format_says() {
    let scraper = Scraper::new();
    let meter = scraper.meter();
    let gauge = meter.u64_gauge("g").with_description(" a \"b\"\n\\c ");
    gauge.build().record(1, &[]);
    assert!(scraper.text().contains("# HELP g a \"b\"\\n\\\\c\n"));
    assert!(scraper.open_metrics().contains("# HELP g a \\\"b\\\"\\n\\\\c\n"));
}

#[test]
fn one_name_in_several_scopes_is_one_family() {
    let scraper = Scraper::new();
    for (scope, name) in [("b", "requests"), ("a", "requests_total"), ("c", "requests")] {
        let counter = scraper.provider.meter(scope).u64_counter(name).build();
        counter.add(1, &[]);
        counter.add(1, &[KeyValue::new("scope", scope)]);
    }
    let histogram = |scope, boundaries: &[f64]| {
        let meter = scraper.provider.meter(scope);
        let histogram = meter.u64_histogram("size").with_boundaries(boundaries.to_vec());
        histogram.build().record(3, &[]);
    };
    histogram("a", &[1.0, 5.0]);
    histogram("b", &[2.0, 5.0, 9.0]);

    assert_eq!(
        scraper.text(),
        r#"# TYPE requests_total counter
requests_total 3
requests_total{scope="a"} 1
requests_total{scope="b"} 1
requests_total{scope="c"} 1
# TYPE size histogram
size_bucket{le="5.0"} 2
size_bucket{le="+Inf"} 2
size_sum 6
size_count 2
"#
    );
}

#[test]
fn scopes_of_one_name_and_several_versions_share_their_families() {
    let scraper = Scraper::new();
    for version in ["2", "1"] {
        let scope = InstrumentationScope::builder("lib").with_version(version).build();
        let meter = scraper.provider.meter_with_scope(scope);
        let gauge = meter.u64_gauge("g").with_description(version).build();
        gauge.record(version.parse().unwrap(), &[]);
    }
    assert_eq!(scraper.text(), "# TYPE g gauge\n# HELP g 1\ng 2\n");
}

#[test]
fn of_conflicting_types_the_first_scope_stays() {
    let scraper = Scraper::new();
    scraper.provider.meter("b").u64_gauge("depth").build().record(1, &[]);
    scraper.provider.meter("a").u64_counter("depth").build().add(2, &[]);
    assert_eq!(scraper.text(), "# TYPE depth_total counter\ndepth_total 2\n");
}

#[test]
fn names_of_other_families_samples_are_left_out() {
    let scraper = Scraper::with_resource([KeyValue::new("a", "b")]);
    let meter = scraper.meter();
    let histogram = meter.u64_histogram("x").with_boundaries(vec![1.0]).build();
    histogram.record(1, &[]);
    for name in ["x_count", "x_bucket", "x.created", "x_max", "target", "target_info"] {
        meter.u64_gauge(name).build().record(1, &[]);
    }
    let families: Vec<String> = scraper
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ").map(str::to_owned))
        .collect();
    assert_eq!(families, ["target_info gauge", "x histogram", "x_max gauge"]);
}

#[test]
fn a_filter_shows_the_families_that_it_names_and_is_kept_apart_from_other_scrapes() {
    let scraper = Scraper::with_resource([KeyValue::new("a", "b")]);
    let meter = scraper.meter();
    for name in ["jobs", "jobs.late", "other"] {
        meter.u64_counter(name).build().add(1, &[]);
    }
    meter.u64_histogram("wait").with_boundaries(vec![]).build().record(1, &[]);
    let snapshot = scraper.snapshot();
    let mut exposition = Exposition::new(PLAIN);
    let all = exposition.render(&snapshot, Format::OpenMetrics, &NameFilter::ALL);
    let mut families = |names: &[&str], format| {
        let filter = NameFilter::of(names.iter().map(ToString::to_string));
        let text = exposition.render(&snapshot, format, &filter);
        assert_eq!(text.ends_with("# EOF\n"), format == Format::OpenMetrics, "{text}");
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let names = samples.map(|line| line.split([' ', '{']).next().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    for format in [Format::OpenMetrics, Format::Text] {
        assert_eq!(families(&["jobs"], format), ["jobs_total"]);
        assert_eq!(
            families(&["jobs_total", "jobs_late"], format),
            ["jobs_total", "jobs_late_total"]
        );
        assert_eq!(families(&["wait_sum"], format), ["wait_bucket", "wait_sum", "wait_count"]);
        assert_eq!(families(&["target_info"], format), ["target_info"]);
        assert_eq!(families(&["target", "nothing"], format), ["target_info"]);
        assert!(families(&["job", "jobs.late", "wait_total", ""], format).is_empty());
    }
    assert_eq!(exposition.render(&snapshot, Format::OpenMetrics, &NameFilter::ALL), all);
}

#[test]
fn the_starts_of_counters_and_histograms_are_shown_if_they_are_asked_for() {
    let scraper = Scraper::new();
    let counters = ["a", "b"].map(|scope| scraper.provider.meter(scope).u64_counter("c").build());
    counters[0].add(1, &[KeyValue::new("l", "x")]);
    counters[1].add(1, &[KeyValue::new("l", "y")]);
    let meter = scraper.meter();
    meter.u64_histogram("h").with_boundaries(vec![-1.0]).build().record(1, &[]);
    meter.i64_up_down_counter("g").build().add(1, &[]);
    let _below_0 = meter
        .f64_observable_counter("below")
        .with_callback(|observer| observer.observe(-1.0, &[]))
        .build();
    // Of series with equal labels the first start counts.
    let first = scraper.snapshot();
    counters[1].add(1, &[KeyValue::new("l", "x")]);
    let second = scraper.snapshot();

    let mut exposition = Exposition::new(ExpositionSettings { created_samples: true, ..PLAIN });
    let start = |snapshot: &Snapshot, scope: &str, name: &str, label: &str| {
        let is_it = |metric: &&MetricSnapshot| {
            metric.identity.scope.name == scope && metric.identity.name == name
        };
        let metric = snapshot.metrics.iter().find(is_it).unwrap();
        // The SDK gives the series of an instrument in any order.
        let label = AttributeValue::Str(label.into());
        let with_label = |series: &&Arc<SeriesLabels>| {
            series.attributes().all(|(_, value)| value == AttributeRef::Other(&label))
        };
        let millis = metric.series.iter().find(with_label).unwrap().start().0 / 1_000_000;
        format!("{}.{:03}", millis / 1000, millis % 1000)
    };
    for (snapshot, x) in [(&first, 1), (&second, 2)] {
        let text = exposition.render(snapshot, Format::OpenMetrics, &NameFilter::ALL);
        let expected = format!(
            r#"# TYPE below counter
# TYPE c counter
c_total{{l="x"}} {x}
c_created{{l="x"}} {}
c_total{{l="y"}} 1
c_created{{l="y"}} {}
# TYPE g gauge
g 1
# TYPE h histogram
h_bucket{{le="-1.0"}} 0
h_bucket{{le="+Inf"}} 1
h_created {}
# EOF
"#,
            start(snapshot, "a", "c", "x"),
            start(snapshot, "b", "c", "y"),
            start(snapshot, "test", "h", ""),
        );
        assert_eq!(text, expected);
        let text = exposition.render(snapshot, Format::Text, &NameFilter::ALL);
        assert!(!text.contains("_created"), "{text}");
    }
}

#[test]
fn label_sets_that_become_equal_are_one_series() {
    let scraper = Scraper::new();
    let meter = scraper.meter();
    let counter = meter.f64_counter("c").build();
    counter.add(1.5, &[KeyValue::new("a.b", "x")]);
    counter.add(1.0, &[KeyValue::new("a_b", "x"), KeyValue::new("empty", "")]);
    assert_eq!(scraper.text(), "# TYPE c_total counter\nc_total{a_b=\"x\"} 2.5\n");
}

#[test]
fn a_label_le_does_not_collide_with_the_buckets() {
    let scraper = Scraper::new();
    let meter = scraper.meter();
    let histogram = meter.u64_histogram("h").with_boundaries(vec![]).build();
    histogram.record(1, &[KeyValue::new("le", "5")]);
    assert_eq!(
        scraper.open_metrics(),
        r#"# TYPE h histogram
h_bucket{exported_le="5",le="+Inf"} 1
h_sum{exported_le="5"} 1
h_count{exported_le="5"} 1
# EOF
"#
    );
}

#[test]
fn sums_that_can_shrink_are_left_out_of_open_metrics() {
    let scraper = Scraper::new();
    let meter = scraper.meter();
    let temperature = meter.f64_histogram("t").with_boundaries(vec![-10.0, 10.0]);
    temperature.build().record(20.0, &[]);
    let drift = meter.f64_histogram("d").with_boundaries(vec![1.0]).build();
    drift.record(-2.0, &[]);
    let _backwards = meter
        .f64_observable_counter("c")
        .with_callback(|observer| observer.observe(-1.0, &[]))
        .build();

    let text = scraper.text();
    for sample in ["t_sum 20.0", "t_count 1", "d_sum -2.0", "d_count 1", "c_total -1.0"] {
        assert!(text.lines().any(|line| line == sample), "{sample} in {text}");
    }
    assert_eq!(
        scraper.open_metrics(),
        r#"# TYPE c counter
# TYPE d histogram
d_bucket{le="1.0"} 1
d_bucket{le="+Inf"} 1
# TYPE t histogram
t_bucket{le="-10.0"} 0
t_bucket{le="10.0"} 0
t_bucket{le="+Inf"} 1
# EOF
"#
    );
}

#[test]
fn exponential_histograms_become_classic_ones() {
    let scraper = Scraper::new();
    let histogram = scraper.meter().f64_histogram("exponential").build();
    for value in [0.0, 1.5, 3.0, 3.5, 4.0, 100.0] {
        histogram.record(value, &[KeyValue::new("sign", "positive")]);
    }
    for value in [-3.0, -1.5, 0.75] {
        histogram.record(value, &[KeyValue::new("sign", "both")]);
    }
    assert_eq!(
        scraper.text(),
        r#"# TYPE exponential histogram
exponential_bucket{sign="both",le="-2.0"} 1
exponential_bucket{sign="both",le="-1.0"} 2
exponential_bucket{sign="both",le="0.0"} 2
exponential_bucket{sign="both",le="0.5"} 2
exponential_bucket{sign="both",le="1.0"} 3
exponential_bucket{sign="both",le="+Inf"} 3
exponential_sum{sign="both"} -3.75
exponential_count{sign="both"} 3
exponential_bucket{sign="positive",le="0.0"} 1
exponential_bucket{sign="positive",le="1.0"} 1
exponential_bucket{sign="positive",le="2.0"} 2
exponential_bucket{sign="positive",le="4.0"} 5
exponential_bucket{sign="positive",le="8.0"} 5
exponential_bucket{sign="positive",le="16.0"} 5
exponential_bucket{sign="positive",le="32.0"} 5
exponential_bucket{sign="positive",le="64.0"} 5
exponential_bucket{sign="positive",le="128.0"} 6
exponential_bucket{sign="positive",le="+Inf"} 6
exponential_sum{sign="positive"} 112.0
exponential_count{sign="positive"} 6
"#
    );
}

#[test]
fn the_order_does_not_depend_on_the_order_of_recording() {
    let render = |names: [&'static str; 3]| {
        let scraper = Scraper::new();
        for scope in names {
            for name in names {
                let counter = scraper.provider.meter(scope).u64_counter(name).build();
                for label in names {
                    counter.add(1, &[KeyValue::new("label", label), KeyValue::new("scope", scope)]);
                }
            }
        }
        scraper.open_metrics()
    };
    assert_eq!(render(["a", "b", "c"]), render(["c", "a", "b"]));
}
