//! Labels that only exemplars have, in scrapes and over OTLP: they make no series, and each sample
//! has those of its own look-up.

use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

use opentelemetry::trace::TraceFlags;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use osapi_metrics::{
    Counter, Histogram, Info, JobStatus, LabelSet, LabelValue, MetricSet, Metrics, StateSet,
    UpDownCounter,
    config::{ExemplarFilter, MetricsConfig, OtlpProtocol, OtlpTemporality},
    exposition::Format,
    instrumented_job,
    instruments::{HistogramSeries, SeriesCache},
};
use osapi_metrics_artefacts::exposition::{Content, Format as TextFormat, Reader};
use osapi_metrics_tests::{
    PROTOCOLS,
    otlp_receiver::{Exemplar, Export, Labels, OtlpReceiver},
    pushing_to, servers,
};

use crate::{
    alone,
    exemplars::{SPAN, TRACE, install, push, within},
};

#[derive(Clone, Debug, LabelSet)]
struct User {
    #[label(exemplar)]
    user: Option<u64>,
}

#[derive(Clone, Debug, LabelSet)]
struct Call {
    #[label(exemplar)]
    request_id: String,
    #[label(max = 100)]
    case: String,
    #[label(flatten)]
    user: User,
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Queue {
    Fast,
}

#[derive(Clone, Debug, LabelSet)]
struct Queued<'a> {
    queue: Queue,
    #[label(exemplar)]
    ticket: &'a str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "labelled")]
struct Exemplified {
    /// Counted.
    steps_total: Counter<Call>,
    /// Counted in floats.
    #[metric(unit = "s")]
    busy_seconds_total: Counter<Call, f64>,
    /// Measured.
    #[metric(unit = "s", buckets = [1, 10])]
    wait_seconds: Histogram<Call>,
    /// Measured in native buckets too.
    #[metric(unit = "s", buckets = [1, 10], native)]
    work_seconds: Histogram<Call>,
    /// Added, which has no exemplars.
    stock: UpDownCounter<Call>,
    /// Facts, which have no exemplars.
    about_info: Info<Call>,
    /// States, which have no exemplars.
    phase: StateSet<Queue, Call>,
    /// Counted, with labels whose values are known.
    tickets_total: Counter<Queued<'static>>,
}

fn request(case: &str, id: &str) -> Call {
    let user = User { user: (id == "a").then_some(7) };
    Call { request_id: id.to_owned(), case: case.to_owned(), user }
}

fn labels(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The exemplars of a series.
fn exemplars(export: &Export, name: &str, case: &str) -> Vec<Exemplar> {
    let metric = export.metrics.get(name);
    let of_series = metric.and_then(|metric| metric.exemplars.get(&labels(&[("case", case)])));
    of_series.cloned().unwrap_or_default()
}

/// Value and `request_id` of each exemplar of a series.
fn ids(export: &Export, name: &str, case: &str) -> Vec<(f64, String)> {
    let id = |exemplar: Exemplar| {
        (exemplar.value, exemplar.labels.get("request_id").cloned().unwrap_or_default())
    };
    exemplars(export, name, case).into_iter().map(id).collect()
}

fn pushing(receiver: &OtlpReceiver) -> Metrics {
    install(pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf))
}

/// The labels of the exemplars of the series in a text, by the parser of `osapi-metrics verify`.
fn in_text(text: &str, case: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    for entry in Reader::new(text, TextFormat::OpenMetrics) {
        let Content::Sample(sample) = entry.unwrap().content else { continue };
        let Some(exemplar) = sample.exemplar else { continue };
        if sample.labels.iter().any(|(key, value)| key == "case" && value == case) {
            let labels = exemplar.labels.iter();
            let labels = labels.map(|(key, value)| (key.to_string(), value.to_string())).collect();
            found.push((sample.name.to_string(), labels));
        }
    }
    found
}

fn owned(labels: &[(&str, &str)]) -> Vec<(String, String)> {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

const METRICS: [&str; 3] =
    ["labelled_steps_total", "labelled_busy_seconds_total", "labelled_wait_seconds"];

/// The keys of the filtered attributes of each exemplar of a series with native buckets.
fn of_native(export: &Export, case: &str) -> Vec<Vec<String>> {
    let text = |attribute: &KeyValue| match attribute.value.clone()?.value? {
        any_value::Value::StringValue(text) => Some(text),
        _ => None,
    };
    let points = &export.exponential["labelled_work_seconds"].data_points;
    let of_case = |attribute: &KeyValue| text(attribute).as_deref() == Some(case);
    let of_series = points.iter().filter(|point| point.attributes.iter().any(of_case));
    let exemplars = of_series.flat_map(|point| &point.exemplars);
    let keys = exemplars.map(|exemplar| &exemplar.filtered_attributes);
    keys.map(|keys| keys.iter().map(|attribute| attribute.key.clone()).collect()).collect()
}

#[test]
fn exemplars_have_the_labels_and_series_do_not() {
    let _alone = alone();
    for protocol in PROTOCOLS {
        for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.temporality = temporality;
            let metrics = install(config);
            let case = format!("own {protocol:?} {temporality:?}");
            let set = Exemplified::global();
            let record = |id: &str| {
                set.steps_total.with(request(&case, id)).inc();
                set.busy_seconds_total.with(request(&case, id)).add(0.5);
                set.wait_seconds.with(request(&case, id)).record(0.5);
                set.work_seconds.with(request(&case, id)).record(0.5);
                set.stock.with(request(&case, id)).inc();
                set.about_info.set(request(&case, id));
                set.phase.with(request(&case, id)).set(Queue::Fast);
            };
            record("");
            record("a");
            let first = push(&receiver, &metrics);
            for name in METRICS {
                let found = exemplars(&first, name, &case);
                assert_eq!(found.len(), 1, "{case} {name}");
                assert_eq!((&*found[0].trace, &*found[0].span), ("", ""), "{case} {name}");
                let expected = labels(&[("request_id", "a"), ("user", "7")]);
                assert_eq!(found[0].labels, expected, "{case} {name}");
            }
            assert_eq!(of_native(&first, &case), [["request_id", "user"]], "{case}");
            for name in ["labelled_stock", "labelled_about_info", "labelled_phase"] {
                assert!(first.metrics[name].exemplars.is_empty(), "{case} {name}");
            }

            within(0xabcd, 0xef, TraceFlags::SAMPLED, || record("b\"\\\n"));
            let second = push(&receiver, &metrics);
            for name in METRICS {
                let found = exemplars(&second, name, &case);
                assert_eq!(found.len(), 1, "{case} {name}");
                assert_eq!((&*found[0].trace, &*found[0].span), (TRACE, SPAN), "{case} {name}");
                let expected = labels(&[("request_id", "b\"\\\n")]);
                assert_eq!(found[0].labels, expected, "{case} {name}");
            }

            let text = metrics.render(Format::OpenMetrics);
            let found = in_text(&text, &case);
            let names: Vec<_> = found.iter().map(|(name, _)| &**name).collect();
            assert_eq!(
                names,
                [
                    "labelled_busy_seconds_total",
                    "labelled_steps_total",
                    "labelled_wait_seconds_bucket",
                    "labelled_work_seconds_bucket",
                ]
            );
            let expected =
                owned(&[("trace_id", TRACE), ("span_id", SPAN), ("request_id", "b\"\\\n")]);
            for (name, labels) in found {
                assert_eq!(labels, expected, "{case} {name}");
            }
            assert!(
                text.lines().all(|line| !line.split(" # ").next().unwrap().contains("request_id="))
            );
            assert!(!metrics.render(Format::Text).contains("request_id"));
            metrics.shutdown().unwrap();
        }
    }
}

#[test]
fn labels_make_samples_exemplars_unless_exemplars_are_off() {
    let _alone = alone();
    for (filter, expected) in [
        (ExemplarFilter::AlwaysOff, vec![]),
        (ExemplarFilter::TraceBased, vec![(1.0, "a".to_owned())]),
        (ExemplarFilter::AlwaysOn, vec![(1.0, "a".to_owned())]),
    ] {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
        config.exemplar_filter = filter;
        let metrics = install(config);
        let case = format!("own {filter:?}");
        Exemplified::global().steps_total.with(request(&case, "a")).inc();
        let export = push(&receiver, &metrics);
        assert_eq!(ids(&export, "labelled_steps_total", &case), expected, "{case}");
        metrics.shutdown().unwrap();
    }
}

#[test]
fn labels_of_a_set_whose_values_are_known() {
    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = pushing(&receiver);
    let set = Exemplified::global();
    set.tickets_total.with(Queued { queue: Queue::Fast, ticket: "t1" }).inc();
    let export = push(&receiver, &metrics);
    let of_series = &export.metrics["labelled_tickets_total"].exemplars;
    assert_eq!(of_series[&labels(&[("queue", "fast")])][0].labels, labels(&[("ticket", "t1")]));
    // The gate opens again with each collection, also on this thread.
    set.tickets_total.with(Queued { queue: Queue::Fast, ticket: "t2" }).inc();
    let export = push(&receiver, &metrics);
    let of_series = &export.metrics["labelled_tickets_total"].exemplars;
    assert_eq!(of_series[&labels(&[("queue", "fast")])][0].labels, labels(&[("ticket", "t2")]));
}

#[test]
fn a_handle_has_the_labels_of_its_own_look_up_or_none() {
    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = pushing(&receiver);
    let set = Exemplified::global();
    let wait = |case: &str, id: &str| set.wait_seconds.with(request(case, id));
    let none: [(f64, String); 0] = [];

    // Several handles at the same time, and a copy.
    let (first, second) = (wait("several", "a"), wait("several", "b"));
    let copy = first;
    second.record(5.0);
    copy.record(0.5);
    let export = push(&receiver, &metrics);
    let expected = [(0.5, "a".to_owned()), (5.0, "b".to_owned())];
    assert_eq!(ids(&export, "labelled_wait_seconds", "several"), expected);

    // Behind many later look-ups a handle has no labels, and is still the series.
    let kept = wait("kept", "a");
    for nth in 0..20 {
        let _ = wait("kept", &nth.to_string());
    }
    kept.record(0.5);
    let export = push(&receiver, &metrics);
    assert_eq!(ids(&export, "labelled_wait_seconds", "kept"), none);
    assert_eq!(kept.get().count, 1);

    // On another thread a handle has no labels, and takes none of that thread.
    let elsewhere = wait("sent", "a");
    thread::scope(|scope| {
        scope.spawn(move || {
            let _own = wait("sent", "b");
            elsewhere.record(0.5);
        });
    });
    let export = push(&receiver, &metrics);
    assert_eq!(ids(&export, "labelled_wait_seconds", "sent"), none);

    // A handle that is found has none.
    let found = set.wait_seconds.find(request("sent", "c")).unwrap();
    found.record(0.5);
    let export = push(&receiver, &metrics);
    assert_eq!(ids(&export, "labelled_wait_seconds", "sent"), none);

    // A timer has those of its look-up.
    wait("sent", "d").time(|| ());
    let export = push(&receiver, &metrics);
    let found: Vec<_> = exemplars(&export, "labelled_wait_seconds", "sent");
    assert_eq!(found[0].labels, labels(&[("request_id", "d")]));
    metrics.shutdown().unwrap();
}

#[test]
fn a_cache_of_series_keeps_no_labels() {
    static SERIES: SeriesCache<(String, String), HistogramSeries> =
        SeriesCache::new(|(case, id): &(String, String)| {
            Exemplified::global().wait_seconds.with(request(case, id))
        });

    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = pushing(&receiver);
    let key = ("cache".to_owned(), "a".to_owned());
    SERIES.with_ref(&key).record(0.5);
    let export = push(&receiver, &metrics);
    let expected = [(0.5, "a".to_owned())];
    assert_eq!(ids(&export, "labelled_wait_seconds", "cache"), expected);
    // Samples that become exemplars as long as the gate is open, until the cache keeps the handle.
    for _ in 0..100 {
        SERIES.with_ref(&key).record(0.5);
    }
    push(&receiver, &metrics);
    SERIES.with_ref(&key).record(0.5);
    let export = push(&receiver, &metrics);
    assert_eq!(ids(&export, "labelled_wait_seconds", "cache"), []);
    metrics.shutdown().unwrap();
}

#[derive(Clone, Debug, LabelSet)]
struct Import {
    #[label(exemplar)]
    file_id: String,
    #[label(max = 100)]
    case: String,
}

#[derive(LabelSet)]
struct ImportEnd {
    #[label(flatten)]
    import: Import,
    #[label(job = status)]
    status: JobStatus,
}

#[derive(LabelSet)]
#[label(job(labels = Import))]
struct FailedImport {
    #[label(max = 100)]
    case: String,
    #[label(exemplar)]
    file_id: String,
    #[label(exemplar, job = error_name)]
    reason: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "labelled", job(labels = Import))]
struct FileImports {
    /// Imports that began.
    #[metric(on = started)]
    imports_started_total: Counter<Import>,
    /// Imports that ended.
    #[metric(on = finished)]
    imports_ended_total: Counter<ImportEnd>,
    /// Imports that failed.
    #[metric(on = failed)]
    imports_failed_total: Counter<FailedImport>,
    /// Time of an import.
    #[metric(on = duration, unit = "s")]
    import_duration_seconds: Histogram<Import>,
}

#[instrumented_job(
    metrics = FileImports,
    labels = Import { file_id: file.to_owned(), case: "job".to_owned() },
    error_name = |_: &std::num::ParseIntError| "no_number",
)]
async fn import(file: &str) -> Result<u64, std::num::ParseIntError> {
    tokio::task::yield_now().await;
    file.parse()
}

#[test]
fn jobs_have_labels_that_only_exemplars_have() {
    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = pushing(&receiver);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(import("x")).unwrap_err();
    let export = push(&receiver, &metrics);
    for (name, status, expected) in [
        ("labelled_imports_started_total", None, vec![("file_id", "x")]),
        ("labelled_imports_ended_total", Some("failed"), vec![("file_id", "x")]),
        ("labelled_imports_failed_total", None, vec![("file_id", "x"), ("reason", "no_number")]),
        ("labelled_import_duration_seconds", None, vec![("file_id", "x")]),
    ] {
        let mut series = labels(&[("case", "job")]);
        series.extend(status.map(|status| ("status".to_owned(), status.to_owned())));
        let found = &export.metrics[name].exemplars[&series];
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].labels, labels(&expected), "{name}");
    }
    metrics.shutdown().unwrap();
}

/// What scrapes have counted as left out.
fn oversized(metrics: &Metrics) -> u64 {
    let text = metrics.render(Format::Text);
    let line =
        text.lines().find(|line| line.starts_with("osapi_metrics_oversized_exemplars_total "));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

/// A text with which the labels of an exemplar have so many characters.
fn filling(characters: usize, character: &str, others: usize) -> String {
    character.repeat(characters - others - "request_id".len())
}

#[test]
fn a_scrape_leaves_out_exemplars_that_open_metrics_does_not_allow() {
    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = pushing(&receiver);
    let set = Exemplified::global();
    let in_span = "trace_id".len() + TRACE.len() + "span_id".len() + SPAN.len();
    for (character, others) in [("x", 0), ("é", 0), ("🦀", in_span), ("\"", in_span)] {
        for (characters, is_shown) in [(127, true), (128, true), (129, false)] {
            let case = format!("{characters} of {character}");
            let id = filling(characters, character, others);
            let record = || {
                set.steps_total.with(request(&case, &id)).inc();
                set.wait_seconds.with(request(&case, &id)).record(0.5);
            };
            if others > 0 {
                within(0xabcd, 0xef, TraceFlags::SAMPLED, record);
            } else {
                record();
            }
            let before = oversized(&metrics);
            let found = in_text(&metrics.render(Format::OpenMetrics), &case);
            assert_eq!(found.len(), if is_shown { 2 } else { 0 }, "{case}");
            for (_, labels) in found {
                let size: usize = labels
                    .iter()
                    .map(|(key, value)| key.chars().count() + value.chars().count())
                    .sum();
                assert_eq!(size, characters, "{case}");
                assert_eq!(labels.last().unwrap().1, id, "{case}");
            }
            // A scrape counts those of all cases until now. A format without exemplars leaves none
            // out.
            let counted = oversized(&metrics) - before;
            assert_eq!(counted > 0, before > 0 || !is_shown, "{case}");
            // OTLP has no such limit.
            let export = push(&receiver, &metrics);
            assert_eq!(ids(&export, "labelled_steps_total", &case), [(1.0, id.clone())], "{case}");
            assert_eq!(ids(&export, "labelled_wait_seconds", &case), [(0.5, id)], "{case}");
        }
    }
    metrics.shutdown().unwrap();
}

#[test]
fn a_real_prometheus_returns_them() {
    let _alone = alone();
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.listen = "127.0.0.1:0".parse().unwrap();
    let metrics = install(config);
    let serving = tokio::runtime::Runtime::new().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    let begun = SystemTime::now() - Duration::from_secs(60);
    let set = Exemplified::global();
    let (longest, too_long) = (filling(128, "é", 0), filling(129, "é", 0));
    set.steps_total.with(request("stored", &longest)).inc();
    set.wait_seconds.with(request("stored", "short")).record(0.5);
    set.wait_seconds.with(request("stored", &too_long)).record(5.0);
    within(0xabcd, 0xef, TraceFlags::SAMPLED, || {
        set.wait_seconds.with(request("stored", "in a span")).record(20.0);
    });
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: exemplars\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    // As text, and as protobuf.
    for features in ["exemplar-storage", "exemplar-storage,native-histograms"] {
        let before = oversized(&metrics);
        let storage = format!("--enable-feature={features}");
        let Some(prometheus) = servers::prometheus_with(&config, &[&storage]) else { return };
        for (query, trace, id) in [
            ("labelled_steps_total{case=\"stored\"}", None, &*longest),
            ("labelled_wait_seconds_bucket{case=\"stored\",le=\"1.0\"}", None, "short"),
            (
                "labelled_wait_seconds_bucket{case=\"stored\",le=\"+Inf\"}",
                Some(TRACE),
                // Prometheus 2.42 keeps the backslashes of escaped values.
                "in a span",
            ),
        ] {
            let deadline = Instant::now() + Duration::from_secs(60);
            let series = loop {
                let series = prometheus.query_exemplars(query, begun);
                if !series.is_empty() {
                    break series;
                }
                assert!(Instant::now() < deadline, "{features}: no exemplars of {query}");
                thread::sleep(Duration::from_millis(100));
            };
            let found = series[0]["exemplars"].as_array().unwrap();
            assert_eq!(found.len(), 1, "{features}: the same one at each scrape: {found:?}");
            assert_eq!(found[0]["labels"]["request_id"], id, "{features} {query}");
            assert_eq!(found[0]["labels"]["trace_id"].as_str(), trace, "{features} {query}");
        }
        let left_out = "labelled_wait_seconds_bucket{case=\"stored\",le=\"10.0\"}";
        assert!(prometheus.query_exemplars(left_out, begun).is_empty(), "{features}");
        let counted = oversized(&metrics);
        assert!(counted > before, "{features}: {before}, then {counted}");
    }
}
