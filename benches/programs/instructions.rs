//! Repeats one operation of osapi-metrics as often as the arguments say, so that a tool outside the
//! program can count its instructions. `instructions.rs` of the library lists the operations.
//!
//! A program of its own, because only a small program is compiled in the same way whatever the
//! other libraries are.

use std::{env, error::Error, hint::black_box};

use osapi_metrics::{
    Counter, Gauge, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, Metrics, UpDownCounter,
    config::{Environment, MetricsConfig},
    exposition::Format,
    instrumented_job,
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Queue {
    Mail,
    Print,
}

#[derive(LabelSet)]
struct ClientLabels {
    #[label(max = 200)]
    client: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "bench")]
struct BenchMetrics {
    /// A counter without labels.
    #[metric(unit = "{message}")]
    messages_total: Counter,
    /// A counter whose label values are known to the compiler.
    #[metric(unit = "{message}")]
    queued_messages_total: Counter<Queue>,
    /// A counter whose label values are texts.
    #[metric(unit = "{request}")]
    requests_total: Counter<ClientLabels>,
    /// A gauge.
    #[metric(unit = "{message}")]
    queue_length: Gauge,
    /// A histogram.
    #[metric(unit = "s", buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])]
    message_wait_seconds: Histogram,
}

#[derive(Clone, Copy, LabelSet)]
struct RunLabels {
    queue: Queue,
}

#[derive(Clone, Copy, LabelSet)]
struct RunEndLabels {
    #[label(flatten)]
    run: RunLabels,
    #[label(job = status)]
    status: JobStatus,
}

/// Records the same events as the metrics that every job has.
#[derive(MetricSet)]
#[metric_set(prefix = "bench_runs", job(labels = RunLabels))]
struct RunMetrics {
    /// Runs now under way.
    #[metric(unit = "{run}", on = active)]
    active: UpDownCounter<RunLabels>,
    /// Runs started.
    #[metric(unit = "{run}", on = started)]
    started_total: Counter<RunLabels>,
    /// Time that a run takes.
    #[metric(unit = "s", on = duration, buckets = [0.01, 0.1, 1, 10, 60])]
    duration_seconds: Histogram<RunEndLabels>,
    /// Runs that ended.
    #[metric(unit = "{run}", on = finished)]
    completed_total: Counter<RunEndLabels>,
}

#[inline(never)]
#[instrumented_job(name = "bench.job")]
fn job(input: u64) -> u64 {
    black_box(input)
}

/// The first job of a process may have to wait for the clock.
#[instrumented_job(name = "bench.first_job")]
fn first_job() {}

#[inline(never)]
#[instrumented_job(metrics = RunMetrics, labels = RunLabels { queue: Queue::Print })]
fn run(input: u64) -> u64 {
    black_box(input)
}

const CLIENTS: [&str; 8] =
    ["adams", "brown", "clark", "davis", "evans", "foster", "grant", "hughes"];

/// Durations in seconds that fall into different buckets.
const DURATIONS: [f64; 8] = [0.003, 0.2, 0.007, 3.0, 0.04, 0.8, 45.0, 0.2];

const DISABLED: &str = "job, metrics disabled";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let operation = arguments.next().ok_or("the operation is missing")?;
    let times: u64 = arguments.next().ok_or("the number of repetitions is missing")?.parse()?;

    let mut config = MetricsConfig::default();
    config.enabled = operation != DISABLED;
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.install()?;
    first_job();
    let sample = perform(&operation, times)?;
    let exposition = metrics.render(Format::Text);

    let Some(sample) = sample else { return Ok(()) };
    let shown = sum(&exposition, sample);
    if shown.to_bits() == (times as f64).to_bits() {
        Ok(())
    } else {
        Err(format!("{operation}: {times} operations show as {shown} in `{sample}`").into())
    }
}

/// Returns the sample in which a scrape shows how often the operation was recorded, if it was.
fn perform(operation: &str, times: u64) -> Result<Option<&'static str>, String> {
    let metrics = BenchMetrics::global;
    let sample = match operation {
        "empty loop" => {
            repeat(times, |_| {});
            return Ok(None);
        }
        "counter without labels" => {
            repeat(times, |_| metrics().messages_total.inc());
            "bench_messages_total"
        }
        "counter with a closed label" => {
            repeat(times, |_| metrics().queued_messages_total.with(Queue::Mail).inc());
            "bench_queued_messages_total"
        }
        "counter with an open label" => {
            repeat(times, |number| {
                let client = element(&CLIENTS, number);
                metrics().requests_total.with(ClientLabels { client }).inc();
            });
            "bench_requests_total"
        }
        "gauge" => {
            repeat(times, |number| metrics().queue_length.set(number as f64 + 1.0));
            "bench_queue_length"
        }
        "histogram" => {
            repeat(times, |number| {
                metrics().message_wait_seconds.record(element(&DURATIONS, number));
            });
            "bench_message_wait_seconds_count"
        }
        "job" => {
            repeat(times, |number| {
                job(number);
            });
            "osapi_jobs_completed_total{job_name=\"bench.job\""
        }
        "job with metrics of its own" => {
            repeat(times, |number| {
                run(number);
            });
            "bench_runs_completed_total"
        }
        DISABLED => {
            repeat(times, |number| {
                job(number);
            });
            return Ok(None);
        }
        unknown => return Err(format!("there is no operation `{unknown}`")),
    };
    Ok(Some(sample))
}

/// The tool counts the instructions of this function by its name. The black box keeps the compiler
/// from merging operations.
#[inline(never)]
fn repeat(times: u64, operation: impl Fn(u64)) {
    for number in 0..times {
        operation(black_box(number));
    }
}

/// The element of this operation: the array has a length that a mask can express.
fn element<T: Copy>(of: &[T; 8], number: u64) -> T {
    of[(number & 7) as usize]
}

/// The sum of all samples whose line begins so.
fn sum(exposition: &str, begin: &str) -> f64 {
    let lines = exposition.lines().filter(|line| line.starts_with(begin));
    let values = lines.filter_map(|line| line.rsplit_once(' '));
    values.filter_map(|(_, value)| value.parse::<f64>().ok()).sum()
}
