//! osapi-metrics, in three states of one process: with both exporters, with Prometheus only, and
//! switched off.

mod state;

use osapi_metrics::{Counter, Histogram, LabelSet, LabelValue, MetricSet, instrumented_job};

use super::{
    client::{self, Client},
    workload::{JOB_NAME, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    runtime::State,
    samples,
};

/// With both exporters and a cached handle.
pub(crate) const HANDLE: &str = "osapi-metrics (Prometheus and OTLP, handle)";

/// As the documentation shows it: the global instance of the set, and labels at each call.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::Counter => {
            let messages =
                |exposition: &str| vec![samples::sum(exposition, "bench_messages_total")];
            let kept = BenchMetrics::global().messages_total.with(Queue::Mail);
            let mut contenders = in_each_state(
                |_| BenchMetrics::global().messages_total.with(Queue::Mail).inc(),
                messages,
            );
            contenders.push(with_handle(move |_| kept.inc(), messages));
            contenders
        }
        Case::CounterVarying => in_each_state(
            |number| {
                BenchMetrics::global().client_requests_total.with(client::client(number)).inc();
            },
            |exposition| vec![samples::sum(exposition, "bench_client_requests_total")],
        ),
        Case::CounterVaryingOpen => in_each_state(
            |number| {
                let labels = OpenLabels { client: client::name(number) };
                BenchMetrics::global().open_requests_total.with(labels).inc();
            },
            |exposition| vec![samples::sum(exposition, "bench_open_requests_total")],
        ),
        Case::Histogram => {
            let waits = |exposition: &str| {
                vec![samples::sum(exposition, "bench_message_wait_seconds_count")]
            };
            let kept = BenchMetrics::global().message_wait_seconds.with(Queue::Mail);
            let mut contenders = in_each_state(
                |number| {
                    let wait = &BenchMetrics::global().message_wait_seconds;
                    wait.with(Queue::Mail).record(duration(number));
                },
                waits,
            );
            contenders.push(with_handle(move |number| kept.record(duration(number)), waits));
            contenders
        }
        Case::Job => in_each_state(
            |number| {
                job(number);
            },
            jobs,
        ),
        Case::JobAsync => in_each_state(
            |number| {
                poll_once(job_async(number));
            },
            jobs,
        ),
        Case::JobBare => vec![in_state(
            State::Disabled,
            |number| {
                job(number);
            },
            jobs,
        )],
        Case::ClockPair => Vec::new(),
    }
}

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Queue {
    Mail,
    #[expect(dead_code, reason = "a label has more than one value")]
    Print,
}

#[derive(LabelSet)]
struct OpenLabels {
    #[label(max = 200)]
    client: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "bench")]
struct BenchMetrics {
    /// A counter.
    #[metric(unit = "{message}")]
    messages_total: Counter<Queue>,
    /// A counter whose label varies.
    #[metric(unit = "{request}")]
    client_requests_total: Counter<Client>,
    /// A counter whose label is a text.
    #[metric(unit = "{request}")]
    open_requests_total: Counter<OpenLabels>,
    /// A histogram.
    #[metric(unit = "s", buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])]
    message_wait_seconds: Histogram<Queue>,
}

#[inline(never)]
#[instrumented_job(name = "bench.job")]
fn job(input: usize) -> usize {
    work(input)
}

#[instrumented_job(name = "bench.job")]
async fn job_async(input: usize) -> usize {
    work(input)
}

fn jobs(exposition: &str) -> Vec<u64> {
    let lines = exposition.lines().filter(|line| line.contains(JOB_NAME));
    let exposition: String = lines.flat_map(|line| [line, "\n"]).collect();
    let names = [
        "osapi_jobs_started_total",
        "osapi_jobs_completed_total",
        "osapi_job_duration_seconds_count",
    ];
    samples::sums(&exposition, &names)
}

fn in_each_state(
    operation: impl Fn(usize) + Copy + Send + Sync + 'static,
    recorded: fn(&str) -> Vec<u64>,
) -> Vec<Contender> {
    State::ALL.map(|state| in_state(state, operation, recorded)).into()
}

/// The counterpart of the cached children of the peers.
fn with_handle(
    operation: impl Fn(usize) + Send + Sync + 'static,
    recorded: fn(&str) -> Vec<u64>,
) -> Contender {
    Contender::new(HANDLE, operation, move || recorded(&state::exposition(State::Both)))
        .after(|| state::enter(State::Both))
}

fn in_state(
    state: State,
    operation: impl Fn(usize) + Send + Sync + 'static,
    recorded: fn(&str) -> Vec<u64>,
) -> Contender {
    let contender =
        Contender::new(state.library(), operation, move || recorded(&state::exposition(state)))
            .after(move || state::enter(state));
    if state == State::Disabled { contender.switched_off() } else { contender }
}
