//! Arguments and parameters with the names of variables and parameters of generated code.

use osapi_metrics::{Counter, Histogram, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct JobLabels {
    #[label(max = 10)]
    labels: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "names", job(labels = JobLabels))]
struct JobMetrics {
    /// Jobs started.
    #[metric(name = "names_started_total", on = started)]
    instruments: Counter<JobLabels>,
    /// Output.
    #[metric(name = "names_output_bytes", unit = "By", on = output_size)]
    output: Histogram<JobLabels>,
}

#[instrumented_job(name = "names.arguments")]
fn arguments(
    labels: u32,
    event: u32,
    instruments: u32,
    returned: u32,
    guard: u32,
    observer: u32,
    caller: u32,
) -> u32 {
    labels + event + instruments + returned + guard + observer + caller
}

#[instrumented_job(
    metrics = JobMetrics,
    labels = JobLabels { labels },
    error_type = |returned: &std::io::Error| match returned.kind() {
        std::io::ErrorKind::NotFound => "missing",
        _ => guard,
    },
    output_size = |returned: &usize| *returned + output,
)]
async fn used_in_keys(
    labels: &'static str,
    guard: &'static str,
    output: usize,
) -> std::io::Result<usize> {
    if output == 0 {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    Ok(output)
}

#[instrumented_job(name = "names.generics")]
fn generics<F, D, S, L, V, R, E, I, T>(body: F, describe: D, values: (S, L, V, R, E, I, T)) -> T
where
    F: FnOnce(S) -> L,
    D: Fn(V) -> R,
    R: Into<E>,
    S: Copy,
{
    let (set, _, value, _, _, _, returned) = values;
    let _labels: L = body(set);
    let _returned: E = describe(value).into();
    returned
}

macro_rules! sets {
    ($(
        $set:ident, $prefix:literal, $labels:path, $boundary:literal, $limit:literal, $gauge:ty;
    )*) => {$(
        #[derive(MetricSet)]
        #[metric_set(prefix = $prefix, job(labels = $labels))]
        struct $set {
            /// Jobs started.
            #[metric(on = started, max_series = $limit)]
            started_total: Counter<$labels>,
            /// Time of a job.
            #[metric(
                unit = "s",
                on = duration,
                buckets = [0.1, $boundary],
                warning(at_least = $boundary, quantile = 0.95)
            )]
            time_seconds: Histogram<$labels>,
            /// Jobs that wait.
            waiting: $gauge,
        }
    )*};
}
sets! {
    SetByMacro, "by_macro", crate::names::JobLabels, 0.5, 100, osapi_metrics::Gauge;
}

#[instrumented_job(name = "names.constants")]
fn constants<const N: usize, const LABELS: bool>(values: [u8; N]) -> usize {
    if LABELS { values.len() } else { 0 }
}

#[test]
fn arguments_keep_their_values() {
    assert_eq!(arguments(1, 2, 3, 4, 5, 6, 7), 28);
    assert_eq!(crate::run(used_in_keys("mail", "other", 2)).ok(), Some(2));
    assert!(crate::run(used_in_keys("mail", "other", 0)).is_err());
    assert_eq!(generics(|n: u8| n, |n: u8| n, (1, 2, 3, 4, 5_u16, 6, "seven")), "seven");
    assert_eq!(constants::<3, true>([1, 2, 3]), 3);
    SetByMacro::global().waiting.set(1.0);
    assert_eq!(SetByMacro::DESCRIPTORS[1].buckets, [0.1, 0.5]);
    assert!(SetByMacro::DESCRIPTORS[1].thresholds[0].value >= 0.5);
    assert_eq!(SetByMacro::DESCRIPTORS[1].prometheus_name(), "by_macro_time_seconds");
}
