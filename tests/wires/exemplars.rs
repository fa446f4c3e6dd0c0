//! Exemplars on both wires: the trace and the span of single samples, by the context of
//! OpenTelemetry and by `tracing`.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant, SystemTime},
};

use opentelemetry::{
    Context,
    trace::{
        SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
    },
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, Metrics, UpDownCounter,
    config::{Environment, ExemplarFilter, MetricsConfig, OtlpProtocol, OtlpTemporality},
    exposition::Format,
    instrumented_job,
};
use osapi_metrics_artefacts::exposition::{Content, Format as TextFormat, Reader};
use osapi_metrics_tests::{
    PROTOCOLS,
    otlp_receiver::{Exemplar, Export, Labels, OtlpReceiver},
    pushing_to, servers,
};
use tracing_subscriber::layer::SubscriberExt;

use crate::alone;

#[derive(Clone, Debug, LabelSet)]
struct Case {
    #[label(max = 100)]
    case: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "traced")]
struct Traced {
    /// Counted.
    steps_total: Counter<Case>,
    /// Counted in floats.
    #[metric(unit = "s")]
    busy_seconds_total: Counter<Case, f64>,
    /// Measured.
    #[metric(unit = "s", buckets = [1, 10])]
    wait_seconds: Histogram<Case>,
    /// Added, which has no exemplars.
    stock: UpDownCounter<Case>,
}

fn case(case: &str) -> Case {
    Case { case: case.to_owned() }
}

fn labels(case: &str) -> Labels {
    [("case".to_owned(), case.to_owned())].into()
}

/// Runs code in a span with these ids.
pub(crate) fn within<R>(trace: u128, span: u64, flags: TraceFlags, code: impl FnOnce() -> R) -> R {
    let (trace, span) = (TraceId::from(trace), SpanId::from(span));
    let ids = SpanContext::new(trace, span, flags, false, TraceState::default());
    let _current = Context::new().with_remote_span_context(ids).attach();
    code()
}

pub(crate) fn install(config: MetricsConfig) -> Metrics {
    Metrics::builder().config(config).environment(Environment::default()).install().unwrap()
}

/// The next export.
pub(crate) fn push(receiver: &OtlpReceiver, metrics: &Metrics) -> Export {
    metrics.flush().unwrap();
    receiver.await_export(|_| true)
}

fn exemplars(export: &Export, name: &str, case: &str) -> Vec<Exemplar> {
    let metric = export.metrics.get(name);
    metric.and_then(|metric| metric.exemplars.get(&labels(case)).cloned()).unwrap_or_default()
}

/// Value, trace and span of each exemplar.
fn ids(exemplars: &[Exemplar]) -> Vec<(f64, &str, &str)> {
    let ids = |exemplar| {
        let Exemplar { value, trace, span, labels, .. }: &Exemplar = exemplar;
        assert_eq!(*labels, Labels::new());
        (*value, &**trace, &**span)
    };
    exemplars.iter().map(ids).collect()
}

/// The lines of a series in a scrape that have exemplars, without the times of these.
fn lines(text: &str, case: &str) -> Vec<String> {
    let label = format!("case=\"{case}\"");
    let of_case = text.lines().filter(|line| line.contains(&label) && line.contains(" # "));
    of_case.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

pub(crate) const TRACE: &str = "0000000000000000000000000000abcd";
pub(crate) const SPAN: &str = "00000000000000ef";

#[test]
fn samples_in_a_sampled_span_are_exemplars_on_both_wires() {
    let _alone = alone();
    for protocol in PROTOCOLS {
        for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.temporality = temporality;
            let metrics = install(config);
            let name = format!("{protocol:?} {temporality:?}");
            let set = Traced::global();
            let record = || {
                set.steps_total.with(case(&name)).add(3);
                set.busy_seconds_total.with(case(&name)).add(0.5);
                set.wait_seconds.with(case(&name)).record(0.25);
                set.wait_seconds.with(case(&name)).record(20.0);
                set.stock.with(case(&name)).add(1);
            };
            let before = now();
            record();
            within(7, 7, TraceFlags::default(), record);
            within(0, 7, TraceFlags::SAMPLED, record);
            within(0xabcd, 0xef, TraceFlags::SAMPLED, record);

            let first = push(&receiver, &metrics);
            for (metric, values) in [
                ("traced_steps_total", vec![3.0]),
                ("traced_busy_seconds_total", vec![0.5]),
                ("traced_wait_seconds", vec![0.25, 20.0]),
                ("traced_stock", vec![]),
            ] {
                let found = exemplars(&first, metric, &name);
                let expected: Vec<_> =
                    values.into_iter().map(|value| (value, TRACE, SPAN)).collect();
                assert_eq!(ids(&found), expected, "{name} {metric}");
                let period = first.metrics[metric].periods[&labels(&name)];
                for Exemplar { time, .. } in found {
                    assert!(before <= time && time <= period.time, "{name} {metric}");
                }
            }

            // Exported once, and shown to Prometheus until others come.
            record();
            let second = push(&receiver, &metrics);
            assert!(second.metrics.values().all(|metric| metric.exemplars.is_empty()), "{name}");
            let text = metrics.render(Format::OpenMetrics);
            let exemplar = format!("# {{trace_id=\"{TRACE}\",span_id=\"{SPAN}\"}}");
            let expected = [
                format!("traced_busy_seconds_total{{case=\"{name}\"}} 2.5 {exemplar} 0.5"),
                format!("traced_steps_total{{case=\"{name}\"}} 15 {exemplar} 3.0"),
                format!(
                    "traced_wait_seconds_bucket{{case=\"{name}\",le=\"1.0\"}} 5 {exemplar} 0.25"
                ),
                format!(
                    "traced_wait_seconds_bucket{{case=\"{name}\",le=\"+Inf\"}} 10 {exemplar} 20.0"
                ),
            ];
            assert_eq!(lines(&text, &name), expected);
            assert!(!metrics.render(Format::Text).contains(" # "));
            check_strictly(&text, &name);

            within(0xabcd, 1, TraceFlags::SAMPLED, || {
                set.wait_seconds.with(case(&name)).record(2.0);
            });
            let third = push(&receiver, &metrics);
            let found = exemplars(&third, "traced_wait_seconds", &name);
            assert_eq!(ids(&found), [(2.0, TRACE, "0000000000000001")], "{name}");
            metrics.shutdown().unwrap();
        }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_nanos()).unwrap()
}

/// Reads the text with the parser of `osapi-metrics verify`, and checks the place and the size of
/// each exemplar.
fn check_strictly(text: &str, case: &str) {
    let mut found = 0;
    for entry in Reader::new(text, TextFormat::OpenMetrics) {
        let Content::Sample(sample) = entry.unwrap().content else { continue };
        let Some(exemplar) = sample.exemplar else { continue };
        assert!(sample.name.ends_with("_total") || sample.name.ends_with("_bucket"));
        let characters = |text: &str| text.chars().count();
        let sizes = exemplar.labels.iter().map(|(key, value)| characters(key) + characters(value));
        let size = sizes.sum::<usize>();
        assert!(size <= 128, "{exemplar:?}");
        found += usize::from(sample.labels.iter().any(|(_, value)| value == case));
    }
    assert_eq!(found, 4);
}

#[test]
fn the_filter_decides_which_samples_are_exemplars() {
    let _alone = alone();
    for (filter, outside, inside) in [
        (ExemplarFilter::AlwaysOff, None, None),
        (ExemplarFilter::TraceBased, None, Some((TRACE, SPAN))),
        (ExemplarFilter::AlwaysOn, Some(("", "")), Some((TRACE, SPAN))),
    ] {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
        config.exemplar_filter = filter;
        let metrics = install(config);
        let name = format!("{filter:?}");
        let record = || Traced::global().wait_seconds.with(case(&name)).record(5.0);
        for (is_inside, expected) in [(false, outside), (true, inside)] {
            if is_inside {
                within(0xabcd, 0xef, TraceFlags::SAMPLED, record);
            } else {
                record();
            }
            let found = exemplars(&push(&receiver, &metrics), "traced_wait_seconds", &name);
            let found: Vec<_> =
                ids(&found).into_iter().map(|(_, trace, span)| (trace, span)).collect();
            assert_eq!(found, Vec::from_iter(expected), "{name} {is_inside}");
        }
        metrics.shutdown().unwrap();
    }
    let environment = Environment::from_iter([("OTEL_METRICS_EXEMPLAR_FILTER", "always_on")]);
    let config = MetricsConfig::default().with_environment(&environment).unwrap();
    assert_eq!(config.exemplar_filter, ExemplarFilter::AlwaysOn);
}

/// A series with many samples has few that are looked at, and its counts are exact meanwhile.
#[test]
fn counts_are_exact_while_gates_open_and_close() {
    const THREADS: u64 = 4;
    const SAMPLES: u64 = 20_000;

    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = install(pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf));
    let name = "gates";
    let count = |text: &str, series: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(series));
        line.map_or(0, |line| line.split(' ').nth(1).unwrap().parse().unwrap())
    };
    let totals = |text: &str| {
        let [counted, measured] = ["traced_steps_total", "traced_wait_seconds_count"]
            .map(|metric| count(text, &format!("{metric}{{case=\"{name}\"}}")));
        (counted, measured)
    };
    let mut seen = BTreeSet::new();
    thread::scope(|scope| {
        let threads: Vec<_> = (1..=THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let set = Traced::global();
                    for sample in 0..SAMPLES {
                        within(thread.into(), sample + 1, TraceFlags::SAMPLED, || {
                            set.steps_total.with(case(name)).inc();
                            set.wait_seconds.with(case(name)).record(0.5);
                        });
                    }
                })
            })
            .collect();
        let mut last = (0, 0);
        while threads.iter().any(|thread| !thread.is_finished()) {
            let text = metrics.render(Format::OpenMetrics);
            let now = totals(&text);
            assert!(last.0 <= now.0 && last.1 <= now.1, "{last:?}, then {now:?}");
            last = now;
            seen.extend(lines(&text, name));
        }
    });
    assert_eq!(
        totals(&metrics.render(Format::OpenMetrics)),
        (THREADS * SAMPLES, THREADS * SAMPLES)
    );
    assert!(seen.len() > 1, "{seen:?}");
}

/// The span is around the job, whose end is recorded within it.
#[instrumented_job(name = "traced.in_span")]
#[tracing::instrument]
async fn job_in_span() {
    tokio::task::yield_now().await;
}

/// The span is within the job.
#[tracing::instrument]
#[instrumented_job(name = "traced.around_span")]
async fn job_around_span() {
    tokio::task::yield_now().await;
}

#[test]
fn a_job_in_a_span_of_tracing_has_its_trace() {
    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let metrics = install(pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf));
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            job_in_span().await;
            job_around_span().await;
        });
    });
    let export = push(&receiver, &metrics);
    let spans = |metric: &str, job: &str| -> Vec<(String, String)> {
        let of_job = |labels: &&Labels| labels["job_name"] == job;
        let series = &export.metrics[metric].exemplars;
        let found = series.keys().filter(of_job).flat_map(|labels| &series[labels]);
        found.map(|exemplar| (exemplar.trace.clone(), exemplar.span.clone())).collect()
    };
    let started = spans("osapi_jobs_started_total", "traced.in_span");
    assert!(started.len() == 1 && started[0].0.len() == 32 && started[0].1.len() == 16);
    for metric in ["osapi_jobs_completed_total", "osapi_job_duration_seconds"] {
        assert_eq!(spans(metric, "traced.in_span"), started, "{metric}");
        assert_eq!(spans(metric, "traced.around_span"), [], "{metric}: there was no span");
    }
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
    let set = Traced::global();
    within(0xabcd, 0xef, TraceFlags::SAMPLED, || {
        set.steps_total.with(case("stored")).inc();
        set.wait_seconds.with(case("stored")).record(0.5);
        set.wait_seconds.with(case("stored")).record(20.0);
    });
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: exemplars\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    // As text, and as protobuf.
    for features in ["exemplar-storage", "exemplar-storage,native-histograms"] {
        let storage = format!("--enable-feature={features}");
        let Some(prometheus) = servers::prometheus_with(&config, &[&storage]) else { return };
        for (query, value) in [
            ("traced_steps_total{case=\"stored\"}", "1"),
            ("traced_wait_seconds_bucket{case=\"stored\",le=\"1.0\"}", "0.5"),
            ("traced_wait_seconds_bucket{case=\"stored\",le=\"+Inf\"}", "20"),
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
            assert_eq!(found[0]["labels"]["trace_id"], TRACE);
            assert_eq!(found[0]["labels"]["span_id"], SPAN);
            assert_eq!(found[0]["value"], value);
        }
    }
}
