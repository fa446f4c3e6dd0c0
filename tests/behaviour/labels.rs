//! The labels of series.

use std::{borrow::Cow, thread};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge, UpDownCounter,
    descriptor::{LabelDescriptor, LabelValues},
};

use crate::read;

#[derive(Clone, Copy, Debug, PartialEq, LabelValue)]
enum Stage {
    Queued,
    InProgress,
    #[label(rename = "gone")]
    Lost,
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
#[label(rename_all = "kebab-case", key = "transport")]
enum Wire {
    #[expect(dead_code, reason = "its series is there nevertheless")]
    HttpJson,
    #[label(rename = "grpc/2")]
    Grpc,
}

#[derive(Clone, Copy, Debug, LabelValue)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
enum Method {
    Get,
    DeleteAll,
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum ResponseClass {
    Success,
    Failure,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Closed {
    stage: Stage,
    retried: bool,
    #[label(key = "http_method")]
    method: Method,
}

#[derive(Clone, Debug, LabelSet)]
struct Texts<'a> {
    #[label(max = 9)]
    owned: String,
    #[label(max = 9)]
    cow: Cow<'a, str>,
    #[label(max = 9)]
    borrowed: &'a str,
}

#[derive(Clone, Debug, LabelSet)]
struct Integers {
    #[label(max = 9)]
    small: u8,
    #[label(max = 9)]
    negative: i32,
    #[label(max = 9)]
    large: u64,
    #[label(max = 9)]
    pointer: usize,
}

#[derive(Clone, Debug, LabelSet)]
struct Nested {
    #[label(max = 2)]
    tenant: String,
    #[label(flatten)]
    closed: Closed,
    #[label(flatten)]
    class: ResponseClass,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct NestedClosed {
    retried_before: bool,
    #[label(flatten)]
    closed: Closed,
    #[label(flatten)]
    class: ResponseClass,
}

#[derive(Clone, Debug, LabelSet)]
struct Tenant {
    #[label(max = 3)]
    tenant: String,
}

#[derive(Clone, Debug, LabelSet)]
struct Perhaps {
    #[label(max = 3)]
    region: Option<String>,
    #[label(max = 3)]
    shard: Option<&'static str>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "labels")]
struct Labelled {
    /// By closed labels.
    #[expect(dead_code, reason = "described nevertheless")]
    closed_total: Counter<Closed>,
    /// By an enum alone.
    wire_total: Counter<Wire>,
    /// By an enum alone, under its own name.
    class_total: Counter<ResponseClass>,
    /// By texts.
    texts_total: Counter<Texts<'static>>,
    /// By integers.
    #[metric(max_series = 10_000)]
    integers_total: Counter<Integers>,
    /// By labels of labels.
    nested_total: Counter<Nested>,
    /// By closed labels of closed labels.
    nested_closed_total: Counter<NestedClosed>,
    /// By absent labels.
    perhaps_total: Counter<Perhaps>,
    /// More values than allowed, counted.
    overflowing_total: Counter<Tenant>,
    /// More values than allowed, summed.
    overflowing_stock: UpDownCounter<Tenant>,
    /// More values than allowed, set.
    overflowing_value: Gauge<Tenant>,
    /// More values than allowed, by many threads.
    raced_total: Counter<Tenant>,
    /// More values than allowed, recorded.
    #[metric(unit = "s", buckets = [1])]
    overflowing_seconds: Histogram<Tenant>,
}

#[test]
fn values_are_named_after_variants() {
    assert_eq!(Stage::VALUES, ["queued", "in_progress", "gone"]);
    assert_eq!(Wire::VALUES, ["http-json", "grpc/2"]);
    assert_eq!(Method::VALUES, ["GET", "DELETE_ALL"]);
    assert_eq!((Stage::Lost.index(), Stage::Lost.as_str()), (2, "gone"));
}

#[test]
fn descriptors_tell_keys_and_values() {
    let labels = |name: &str| {
        let metric = Labelled::DESCRIPTORS.iter().find(|metric| metric.name == name);
        metric.unwrap().labels
    };
    let closed = [
        LabelDescriptor::new("stage", LabelValues::Closed(Stage::VALUES)),
        LabelDescriptor::new("retried", LabelValues::Bool),
        LabelDescriptor::new("http_method", LabelValues::Closed(Method::VALUES)),
    ];
    let class = LabelDescriptor::new("response_class", LabelValues::Closed(ResponseClass::VALUES));
    let tenant = LabelDescriptor::new("tenant", LabelValues::Open { max: 2 });
    assert_eq!(labels("labels_closed_total"), closed);
    assert_eq!(labels("labels_class_total"), [class]);
    assert_eq!(labels("labels_nested_total"), [tenant, closed[0], closed[1], closed[2], class]);
    assert_eq!(labels("labels_wire_total")[0].key, "transport");
}

#[test]
fn every_combination_of_closed_labels_has_its_own_series() {
    let counter = &Labelled::global().nested_closed_total;
    let mut combinations = Vec::new();
    for retried_before in [false, true] {
        for stage in [Stage::Queued, Stage::InProgress, Stage::Lost] {
            for retried in [false, true] {
                for method in [Method::Get, Method::DeleteAll] {
                    for class in [ResponseClass::Success, ResponseClass::Failure] {
                        let closed = Closed { stage, retried, method };
                        combinations.push(NestedClosed { retried_before, closed, class });
                    }
                }
            }
        }
    }
    assert_eq!(combinations.len(), 48);
    for (labels, number) in combinations.iter().zip(1..) {
        counter.with(*labels).add(number);
    }
    let reading = read();
    for (NestedClosed { retried_before, closed, class }, number) in combinations.iter().zip(1_u8..)
    {
        let labels = [
            ("retried_before", if *retried_before { "true" } else { "false" }),
            ("stage", closed.stage.as_str()),
            ("retried", if closed.retried { "true" } else { "false" }),
            ("http_method", closed.method.as_str()),
            ("response_class", class.as_str()),
        ];
        let value = reading.number("labels_nested_closed_total", &labels);
        assert_eq!(value, Some(f64::from(number)), "{labels:?}");
    }
}

#[test]
fn an_enum_is_a_set_of_one_label() {
    Labelled::global().wire_total.with(Wire::Grpc).inc();
    Labelled::global().class_total.with(ResponseClass::Failure).inc();
    let reading = read();
    assert_eq!(reading.number("labels_wire_total", &[("transport", "grpc/2")]), Some(1.0));
    assert_eq!(reading.number("labels_wire_total", &[("transport", "http-json")]), Some(0.0));
    assert_eq!(reading.number("labels_class_total", &[("response_class", "failure")]), Some(1.0));
}

#[test]
fn texts_may_be_owned_or_borrowed_and_hold_any_character() {
    let odd = "a \"b\" \\ c\nd, {e}=ü";
    let texts = |cow| Texts { owned: odd.to_owned(), cow, borrowed: "plain" };
    Labelled::global().texts_total.with(texts(Cow::Borrowed("cow"))).inc();
    Labelled::global().texts_total.with(texts(Cow::Owned("cow".to_owned()))).inc();
    let labels = [("owned", odd), ("cow", "cow"), ("borrowed", "plain")];
    assert_eq!(read().number("labels_texts_total", &labels), Some(2.0));
}

#[test]
fn integers_are_written_as_such() {
    let integers = Integers { small: 200, negative: -5, large: u64::MAX, pointer: 7 };
    Labelled::global().integers_total.with(integers).inc();
    let large = u64::MAX.to_string();
    let labels = [("small", "200"), ("negative", "-5"), ("large", &large), ("pointer", "7")];
    assert_eq!(read().number("labels_integers_total", &labels), Some(1.0));
}

#[test]
fn integers_beyond_the_range_of_opentelemetry_have_series_of_their_own() {
    let large = [i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX - 1];
    for (nth, large) in (1..).zip(large) {
        let integers = Integers { small: 1, negative: -1, large, pointer: usize::MAX };
        Labelled::global().integers_total.with(integers).add(nth);
    }
    let reading = read();
    for (nth, large) in (1..).zip(large) {
        let (large, pointer) = (large.to_string(), usize::MAX.to_string());
        let labels = [("small", "1"), ("negative", "-1"), ("large", &large), ("pointer", &pointer)];
        assert_eq!(reading.number("labels_integers_total", &labels), Some(f64::from(nth)));
    }
}

#[test]
fn flattened_sets_stand_beside_open_labels() {
    let closed = Closed { stage: Stage::InProgress, retried: true, method: Method::DeleteAll };
    let nested =
        |tenant: &str| Nested { tenant: tenant.to_owned(), closed, class: ResponseClass::Success };
    let counter = &Labelled::global().nested_total;
    counter.with(nested("a")).inc();
    counter.with(nested("b")).add(2);
    counter.with(nested("c")).add(3);
    let reading = read();
    for (tenant, number) in [("a", Some(1.0)), ("b", Some(2.0)), ("c", None)] {
        let labels = [
            ("tenant", tenant),
            ("stage", "in_progress"),
            ("retried", "true"),
            ("http_method", "DELETE_ALL"),
            ("response_class", "success"),
        ];
        assert_eq!(reading.number("labels_nested_total", &labels), number, "{tenant}");
    }
    let overflow = [("otel_metric_overflow", "true")];
    assert_eq!(reading.number("labels_nested_total", &overflow), Some(3.0));
}

#[test]
fn none_and_empty_values_are_not_labels() {
    let count = |region: Option<&str>, shard| {
        let region = region.map(str::to_owned);
        Labelled::global().perhaps_total.with(Perhaps { region, shard }).inc();
    };
    count(None, None);
    count(Some(""), None);
    count(Some("eu"), None);
    count(Some("eu"), Some("7"));
    let reading = read();
    assert_eq!(reading.number("labels_perhaps_total", &[]), Some(2.0));
    assert_eq!(reading.number("labels_perhaps_total", &[("region", "eu")]), Some(1.0));
    let both = [("region", "eu"), ("shard", "7")];
    assert_eq!(reading.number("labels_perhaps_total", &both), Some(1.0));
}

#[test]
fn values_beyond_the_limit_share_the_overflow_series() {
    let metrics = Labelled::global();
    for (tenant, number) in [("a", 1_u8), ("b", 2), ("c", 4), ("d", 8), ("e", 16), ("a", 32)] {
        let labels = || Tenant { tenant: tenant.to_owned() };
        metrics.overflowing_total.with(labels()).add(u64::from(number));
        metrics.overflowing_stock.with(labels()).add(i64::from(number));
        metrics.overflowing_value.with(labels()).set(f64::from(number));
        metrics.overflowing_seconds.with(labels()).record(f64::from(number));
    }
    let reading = read();
    let overflow = [("otel_metric_overflow", "true")];
    for (labels, sum) in [
        (&[("tenant", "a")], 33.0),
        (&[("tenant", "b")], 2.0),
        (&[("tenant", "c")], 4.0),
        (&overflow, 24.0),
    ] {
        assert_eq!(reading.number("labels_overflowing_total", labels), Some(sum), "{labels:?}");
        assert_eq!(reading.number("labels_overflowing_stock", labels), Some(sum), "{labels:?}");
        let seconds = reading.histogram("labels_overflowing_seconds", labels);
        assert_eq!(seconds.map(|histogram| histogram.sum), Some(sum), "{labels:?}");
    }
    assert_eq!(reading.number("labels_overflowing_value", &overflow), Some(16.0));
    for metric in ["total", "stock", "value", "seconds"] {
        let name = format!("labels_overflowing_{metric}");
        assert_eq!(reading.label_values(&name, "tenant").len(), 4, "{name}");
        let labels = [("metric", name.as_str())];
        let overflowed = reading.number("osapi_metrics_overflowed_samples_total", &labels);
        assert_eq!(overflowed, Some(2.0), "{name}");
    }
}

#[test]
fn threads_that_race_for_the_last_value_stay_within_the_limit() {
    thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for number in 0..50 {
                    let tenant = format!("tenant-{}", (number + thread) % 8);
                    Labelled::global().raced_total.with(Tenant { tenant }).inc();
                }
            });
        }
    });
    let reading = read();
    let tenants = reading.label_values("labels_raced_total", "tenant");
    assert_eq!(tenants.iter().filter(|tenant| !tenant.is_empty()).count(), 3, "{tenants:?}");
    let counted = |tenant: &String| {
        let labels = [("tenant", tenant.as_str())];
        let overflow = [("otel_metric_overflow", "true")];
        let labels = if tenant.is_empty() { &overflow } else { &labels };
        reading.number("labels_raced_total", labels).unwrap()
    };
    let sum: f64 = tenants.iter().map(counted).sum();
    assert_eq!(Some(sum), Some(400.0), "nothing is lost");
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Route<'a> {
    method: &'a Method,
    #[label(max = 3, key = "route")]
    path: &'a str,
    #[label(max = 3)]
    zone: Option<&'a str>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "borrowed")]
struct BorrowedLabels {
    /// Counted.
    requests_total: Counter<Route<'static>>,
    /// Up and down.
    running: UpDownCounter<Route<'static>>,
    /// Set.
    level: Gauge<Route<'static>>,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    answer_seconds: Histogram<Route<'static>>,
    /// Observed.
    seen: ObservableGauge<Route<'static>>,
    /// Counted, by labels that are kept elsewhere.
    tenants_total: Counter<&'static Tenant>,
    /// More values than allowed.
    limited_total: Counter<Route<'static>>,
}

#[test]
fn a_series_is_found_by_labels_that_are_borrowed() {
    let borrowed = BorrowedLabels::global();
    for text in ["/jobs", "/jobs"] {
        // Gone at the end of the round.
        let route = text.to_owned();
        let labels = Route { method: &Method::Get, path: &route, zone: route.get(1..2) };
        borrowed.requests_total.with(labels).inc();
        borrowed.running.with(labels).add(2);
        borrowed.level.with(labels).set(0.5);
        borrowed.answer_seconds.with(labels).record(0.25);
        let tenant = Tenant { tenant: route.clone() };
        borrowed.tenants_total.with(&tenant).inc();
    }
    // The closure finds the series by labels of its own.
    let observation = borrowed.seen.observe_each(|observer| {
        for number in 1..=2 {
            let route = format!("/{number}");
            let labels = Route { method: &Method::DeleteAll, path: &route, zone: None };
            observer.observe(&labels, f64::from(number));
        }
    });
    let reading = read();
    let labels = [("method", "GET"), ("route", "/jobs"), ("zone", "j")];
    assert_eq!(reading.number("borrowed_requests_total", &labels), Some(2.0));
    assert_eq!(reading.number("borrowed_running", &labels), Some(4.0));
    assert_eq!(reading.number("borrowed_level", &labels), Some(0.5));
    assert_eq!(reading.histogram("borrowed_answer_seconds", &labels).unwrap().count, 2);
    assert_eq!(reading.number("borrowed_tenants_total", &[("tenant", "/jobs")]), Some(2.0));
    for (route, value) in [("/1", 1.0), ("/2", 2.0)] {
        let labels = [("method", "DELETE_ALL"), ("route", route)];
        assert_eq!(reading.number("borrowed_seen", &labels), Some(value));
    }
    drop(observation);

    let route = String::from("/jobs");
    let labels = Route { method: &Method::Get, path: &route, zone: Some("j") };
    assert!(borrowed.requests_total.remove(labels));
    assert!(!borrowed.requests_total.remove(labels));
}

#[test]
fn a_limit_holds_for_labels_that_are_borrowed() {
    let limited = &BorrowedLabels::global().limited_total;
    for number in 0..8 {
        let route = number.to_string();
        limited.with(Route { method: &Method::Get, path: &route, zone: None }).inc();
    }
    let reading = read();
    let count =
        |route| reading.number("borrowed_limited_total", &[("method", "GET"), ("route", route)]);
    assert_eq!(["0", "1", "2", "3"].map(count), [Some(1.0), Some(1.0), Some(1.0), None]);
    let overflow = [("otel_metric_overflow", "true")];
    assert_eq!(reading.number("borrowed_limited_total", &overflow), Some(5.0));
}

#[test]
fn a_borrowed_value_is_the_value() {
    assert_eq!(<&Method>::VALUES, Method::VALUES);
    assert_eq!(LabelValue::index(&&Method::DeleteAll), Method::DeleteAll.index());
    assert_eq!(LabelValue::as_str(&&Method::DeleteAll), "DELETE_ALL");
    assert_eq!(<&Tenant>::LABELS, Tenant::LABELS);
    assert_eq!(<&Closed>::LABELS, Closed::LABELS);
    let closed = Closed { stage: Stage::Lost, retried: true, method: Method::DeleteAll };
    assert_eq!(LabelSet::combination(&&closed), closed.combination());
    assert_eq!(Route::LABELS[0].values, LabelValues::Closed(&["GET", "DELETE_ALL"]));
}
