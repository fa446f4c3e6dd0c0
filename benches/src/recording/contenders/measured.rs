use std::{sync::Arc, time::Instant};

use measured::{
    CounterVec, FixedCardinalityLabel, GaugeVec, HistogramVec, LabelGroup, MetricGroup,
    metric::histogram::Thresholds, text::BufferedTextEncoder,
};

use super::{
    client::{self, Client},
    workload::{BOUNDARIES, JOB_BOUNDARIES, JOB_SAMPLES, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

const LIBRARY: &str = "measured";

/// With labels at each call. Labels are indices, so there is no handle to cache.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    let contender = match case {
        Case::Counter => {
            counters(|counters, _| counters.messages_total.inc(MAIL), "messages_total")
        }
        Case::CounterVarying => counters(
            |counters, number| {
                counters.clients_total.inc(ClientLabels { client: client::client(number) });
            },
            "clients_total",
        ),
        Case::CounterVaryingOpen => counters(
            |counters, number| counters.open_total.inc(OpenLabels { client: client::name(number) }),
            "open_total",
        ),
        Case::Histogram => counters(
            |counters, number| counters.wait_seconds.observe(MAIL, duration(number)),
            "wait_seconds_count",
        ),
        Case::Job => jobs(|jobs, number| {
            jobs.job(number);
        }),
        Case::JobAsync => jobs(|jobs, number| {
            poll_once(async { jobs.job(number) });
        }),
        Case::ClockPair | Case::JobBare => return Vec::new(),
    };
    vec![contender]
}

fn counters(
    operation: impl Fn(&Metrics, usize) + Send + Sync + 'static,
    recorded: &'static str,
) -> Contender {
    let metrics = Arc::new(Metrics::new());
    let scraped = Arc::clone(&metrics);
    Contender::new(
        LIBRARY,
        move |number| operation(&metrics, number),
        move || vec![samples::sum(&exposition(&*scraped), recorded)],
    )
}

fn jobs(operation: impl Fn(&Jobs, usize) + Send + Sync + 'static) -> Contender {
    let jobs = Arc::new(Jobs::new());
    let scraped = Arc::clone(&jobs);
    let recorded = move || {
        let exposition = exposition(&*scraped);
        samples::sums(&exposition, &JOB_SAMPLES)
    };
    Contender::new(LIBRARY, move |number| operation(&jobs, number), recorded)
}

#[derive(MetricGroup)]
#[metric(new())]
struct Metrics {
    /// A counter.
    messages_total: CounterVec<QueueLabelSet>,
    /// A counter whose label varies.
    clients_total: CounterVec<ClientLabelSet>,
    /// A counter whose label is a text.
    open_total: CounterVec<OpenLabelSet>,
    /// A histogram.
    #[metric(metadata = Thresholds::with_buckets(BOUNDARIES))]
    wait_seconds: HistogramVec<QueueLabelSet, 12>,
}

#[derive(MetricGroup)]
#[metric(new())]
#[expect(clippy::struct_field_names, reason = "they are the names of the metrics")]
struct Jobs {
    /// Jobs now running.
    jobs_active: GaugeVec<JobLabelSet>,
    /// Jobs started.
    jobs_started_total: CounterVec<JobLabelSet>,
    /// Duration of jobs.
    #[metric(metadata = Thresholds::with_buckets(JOB_BOUNDARIES))]
    job_duration_seconds: HistogramVec<EndLabelSet, 16>,
    /// Jobs ended.
    jobs_completed_total: CounterVec<EndLabelSet>,
}

impl Jobs {
    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.jobs_active.inc(JOB);
        self.jobs_started_total.inc(JOB);
        let started = Instant::now();
        let output = work(input);
        self.job_duration_seconds.observe_duration_since(COMPLETED, started);
        self.jobs_completed_total.inc(COMPLETED);
        self.jobs_active.dec(JOB);
        output
    }
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Queue {
    Mail,
    Print,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = QueueLabelSet)]
struct QueueLabels {
    queue: Queue,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ClientLabelSet)]
struct ClientLabels {
    client: Client,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = OpenLabelSet)]
struct OpenLabels<'a> {
    #[label(dynamic_with = lasso::ThreadedRodeo, default)]
    client: &'a str,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum JobName {
    #[label(rename = "bench.job")]
    Bench,
    #[label(rename = "bench.other")]
    Other,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = JobLabelSet)]
struct JobLabels {
    job_name: JobName,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Status {
    Completed,
    Failed,
    TimedOut,
    Cancelled,
    Panicked,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = EndLabelSet)]
struct EndLabels {
    job_name: JobName,
    status: Status,
}

const MAIL: QueueLabels = QueueLabels { queue: Queue::Mail };
const JOB: JobLabels = JobLabels { job_name: JobName::Bench };
const COMPLETED: EndLabels = EndLabels { job_name: JobName::Bench, status: Status::Completed };

fn exposition(metrics: &impl MetricGroup<BufferedTextEncoder>) -> String {
    let mut encoder = BufferedTextEncoder::new();
    let Ok(()) = metrics.collect_group_into(&mut encoder);
    String::from_utf8(encoder.finish().into()).expect("the format is UTF-8")
}
