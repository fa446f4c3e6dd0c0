//! Values of a scrape, which come from the recording core, or from OpenTelemetry's SDK if a view or
//! another library concerns a metric. The text is the same.

use opentelemetry::{InstrumentationScope, KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::metrics::{Instrument, ManualReader, Stream};
use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Metrics, ObservableCounter,
    ObservableGauge, ObservableUpDownCounter, UpDownCounter,
    config::{Environment, MetricsConfig, ScopeLabels},
    exposition::Format,
};
use osapi_metrics_tests::reading::Reading;

use super::install;

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Colour {
    Red,
    Blue,
}

#[derive(Clone, LabelSet)]
struct Place {
    colour: Colour,
    indoors: bool,
    #[label(max = 6)]
    name: Option<String>,
    #[label(max = 6)]
    floor: i64,
}

/// One of each kind.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "scrapes")]
struct Scraped {
    /// Counted, "quoted" \ escaped.
    closed_total: Counter<Colour>,
    /// Counted, with labels of all types.
    #[metric(unit = "s")]
    open_seconds_total: Counter<Place, f64>,
    /// Never counted.
    #[expect(dead_code, reason = "the registration is what counts")]
    zero_total: Counter,
    /// Up and down.
    active: UpDownCounter<Colour>,
    /// Up and down in parts.
    balance: UpDownCounter<(), f64>,
    /// Whole.
    level: Gauge<Colour, u64>,
    /// Signed.
    offset: Gauge<(), i64>,
    /// Set to what is hard to write.
    hard: Gauge<Place>,
    /// Never set.
    #[expect(dead_code, reason = "the registration is what counts")]
    unset: Gauge,
    /// Set and cleared.
    cleared: Gauge,
    /// Observed.
    seen_total: ObservableCounter<Colour>,
    /// Observed up and down.
    #[metric(unit = "By")]
    held_bytes: ObservableUpDownCounter,
    /// Observed in parts.
    heat: ObservableGauge<Place>,
    /// Not observed.
    #[expect(dead_code, reason = "the registration is what counts")]
    unseen: ObservableGauge,
    /// Recorded.
    #[metric(unit = "s", buckets = [0.00001, 0.5, 1, 1000000])]
    wait_seconds: Histogram<Colour>,
}

/// Metrics that another library has too.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "scrapes_shared")]
struct Shared {
    /// Ours.
    jobs_total: Counter<Colour>,
    /// Ours.
    level: Gauge<Colour>,
    /// Ours.
    contested: UpDownCounter,
    /// Ours.
    followed: Gauge,
}

fn place(name: Option<&str>, floor: i64) -> Place {
    let name = name.map(str::to_owned);
    Place { colour: Colour::Red, indoors: floor > 0, name, floor }
}

/// Records all kinds of values. The observations end when the result is dropped.
fn record() -> impl Sized {
    let scraped = Scraped::global();
    scraped.closed_total.with(Colour::Blue).add(3);
    let names = [None, Some(""), Some("a \"b\"\\\n"), Some("{é},\0"), Some("z=\"\"")];
    for (floor, name) in (-2..).zip(names) {
        let value = f64::from(i32::try_from(floor).unwrap());
        scraped.open_seconds_total.with(place(name, floor)).add(value.abs() / 3.0);
        scraped.hard.with(place(name, floor)).set(value.exp2() * 1e7);
    }
    // Beyond the limits.
    for floor in 100..110 {
        scraped.open_seconds_total.with(place(Some("far"), floor)).add(0.1);
        scraped.hard.with(place(Some("far"), floor)).set(f64::MIN_POSITIVE);
    }
    scraped.active.with(Colour::Red).add(-5);
    scraped.balance.add(-0.1);
    scraped.level.with(Colour::Blue).set(u64::MAX);
    scraped.offset.set(i64::MIN);
    scraped.cleared.set(1.0);
    scraped.cleared.clear();
    scraped.wait_seconds.with(Colour::Red).record(0.7);
    (
        scraped.seen_total.with(Colour::Red).observe(|| 7),
        scraped.seen_total.with(Colour::Red).observe(|| 8),
        scraped.held_bytes.observe(|| -9),
        scraped.heat.observe_each(|observer| {
            for floor in 0..20 {
                observer.observe(&place(Some("oven"), floor), 1e-5 * floor as f64);
            }
        }),
    )
}

/// The lines of these tests' metrics; other tests record meanwhile.
fn shown(metrics: &Metrics, format: Format) -> String {
    let all = metrics.render(format);
    let ours = all.lines().filter(|line| {
        line.contains("scrapes_")
            && !line.contains("scrapes_shared_")
            && !line.starts_with("osapi_")
    });
    ours.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn with_a_view_on_everything_the_text_is_the_same_to_the_byte() {
    let _observations = record();
    let builder = || Metrics::builder().enabled(true).environment(Environment::default());
    let direct = builder().install().unwrap();
    let viewed = builder().view(|_| Stream::builder().build().ok()).install().unwrap();
    let beside = builder().reader(ManualReader::builder().build()).install().unwrap();
    for format in [Format::OpenMetrics, Format::Text] {
        let expected = shown(&viewed, format);
        assert!(expected.lines().count() > 60, "{expected}");
        for metrics in [&direct, &beside] {
            for _ in 0..3 {
                assert_eq!(shown(metrics, format), expected);
            }
        }
    }
}

#[test]
fn without_scope_labels_what_another_library_measures_under_a_declared_name_is_left_out() {
    let mut config = MetricsConfig::default();
    config.scope_labels = ScopeLabels::None;
    let metrics = install(config).unwrap();
    let scoped = |scope| metrics.provider().unwrap().meter(scope);
    let shared = Shared::global();
    shared.jobs_total.with(Colour::Red).add(2);
    let before = Reading::of(&metrics);
    assert_eq!(before.number("scrapes_shared_jobs_total", &[("colour", "red")]), Some(2.0));

    let counter = scoped("other").u64_counter("scrapes.shared.jobs").build();
    counter.add(40, &[KeyValue::new("colour", "red")]);
    counter.add(5, &[KeyValue::new("colour", "green")]);
    shared.jobs_total.with(Colour::Red).inc();
    let reading = Reading::of(&metrics);
    assert_eq!(reading.label_values("scrapes_shared_jobs_total", "colour"), ["blue", "red"]);
    for (colour, expected) in [("red", 3.0), ("blue", 0.0)] {
        let number = reading.number("scrapes_shared_jobs_total", &[("colour", colour)]);
        assert_eq!(number, Some(expected), "{colour}");
    }
}

#[test]
fn another_scope_changes_no_declared_metric_wherever_it_sorts() {
    let metrics = install(MetricsConfig::default()).unwrap();
    let scoped = |scope| metrics.provider().unwrap().meter(scope);
    let shared = Shared::global();
    shared.level.with(Colour::Red).set(1.0);
    shared.level.with(Colour::Blue).set(2.0);
    for (scope, colour) in [("a", "red"), ("z", "blue")] {
        let gauge = scoped(scope).f64_gauge("scrapes.shared.level").build();
        gauge.record(9.0, &[KeyValue::new("colour", colour)]);
    }
    // Of another type.
    for scope in ["a", "z"] {
        scoped(scope).u64_counter("scrapes_shared_contested").build().add(1, &[]);
    }
    shared.contested.add(3);
    shared.followed.set(4.0);
    scoped("z").i64_up_down_counter("scrapes_shared_followed").build().add(5, &[]);

    let reading = Reading::of(&metrics);
    let level = |colour| reading.number("scrapes_shared_level", &[("colour", colour)]);
    assert_eq!((level("red"), level("blue")), (Some(1.0), Some(2.0)));
    assert_eq!(reading.number("scrapes_shared_contested", &[]), Some(3.0));
    assert_eq!(reading.number("scrapes_shared_followed", &[]), Some(4.0));
}

/// A view of a user changes the name and the attributes of a metric, and not whose it is.
#[test]
fn what_a_view_makes_of_a_declared_metric_shows_no_scope() {
    let renamed = |instrument: &Instrument| {
        let is_it = instrument.name() == "scrapes_shared_followed";
        is_it.then(|| Stream::builder().with_name("scrapes_renamed").build().unwrap())
    };
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.view(renamed).install().unwrap();
    Shared::global().followed.set(4.0);
    assert_eq!(Reading::of(&metrics).number("scrapes_renamed", &[]), Some(4.0));
}

#[test]
fn every_metric_can_show_its_scope() {
    let mut config = MetricsConfig::default();
    config.scope_labels = ScopeLabels::All;
    let metrics = install(config).unwrap();
    Scraped::global().offset.set(1);
    let own = [
        ("otel_scope_name", env!("CARGO_PKG_NAME")),
        ("otel_scope_version", env!("CARGO_PKG_VERSION")),
    ];
    let reading = Reading::of(&metrics);
    assert!(reading.number("scrapes_offset", &own).is_some());
    assert_eq!(reading.label_values("osapi_build_info", "otel_scope_name"), ["osapi-metrics"]);
    assert_eq!(reading.label_values("target_info", "otel_scope_name"), [""]);
}

#[test]
fn what_another_library_measures_in_our_scope_is_shown_too() {
    let metrics = install(MetricsConfig::default()).unwrap();
    let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .build();
    let meter = metrics.provider().unwrap().meter_with_scope(scope);
    meter.u64_gauge("scrapes_beside").build().record(6, &[]);
    assert_eq!(Reading::of(&metrics).number("scrapes_beside", &[]), Some(6.0));
}
