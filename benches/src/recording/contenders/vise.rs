use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use vise::{
    Buckets, Counter, EncodeLabelSet, EncodeLabelValue, Family, Format, Gauge, Global, Histogram,
    LabeledFamily, Metrics, MetricsCollection, Registry,
};

use super::{
    client::{self, Client},
    workload::{JOB_NAME, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

const CACHED: &str = "vise (cached)";
const LOOKUP: &str = "vise (lookup)";

/// With series indexed at each call, as its documentation shows, and with cached references.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::Counter => {
            let mail = &METRICS.messages[&Queue::Mail];
            vec![
                counted(
                    CACHED,
                    |_| {
                        mail.inc();
                    },
                    "vise_messages_total",
                ),
                counted(
                    LOOKUP,
                    |_| {
                        METRICS.messages[&Queue::Mail].inc();
                    },
                    "vise_messages_total",
                ),
            ]
        }
        Case::CounterVarying => vec![counted(
            LOOKUP,
            |number| {
                METRICS.clients[&client::client(number)].inc();
            },
            "vise_clients_total",
        )],
        Case::CounterVaryingOpen => vec![counted(
            LOOKUP,
            |number| {
                METRICS.open[&client::name(number)].inc();
            },
            "vise_open_total",
        )],
        Case::Histogram => {
            let mail = &METRICS.wait_seconds[&Queue::Mail];
            vec![
                counted(CACHED, |number| mail.observe(duration(number)), "vise_wait_seconds_count"),
                counted(
                    LOOKUP,
                    |number| METRICS.wait_seconds[&Queue::Mail].observe(duration(number)),
                    "vise_wait_seconds_count",
                ),
            ]
        }
        Case::Job => {
            let kept = Handles::new();
            vec![
                jobs(CACHED, move |number| {
                    kept.job(number);
                }),
                jobs(LOOKUP, |number| {
                    job(number);
                }),
            ]
        }
        Case::JobAsync => {
            let kept = Handles::new();
            vec![
                jobs(CACHED, move |number| {
                    poll_once(async { kept.job(number) });
                }),
                jobs(LOOKUP, |number| {
                    poll_once(async { job(number) });
                }),
            ]
        }
        Case::ClockPair | Case::JobBare => Vec::new(),
    }
}

fn counted(
    library: &'static str,
    operation: impl Fn(usize) + Send + Sync + 'static,
    name: &'static str,
) -> Contender {
    Contender::new(library, operation, move || vec![samples::sum(&exposition(), name)])
}

fn jobs(library: &'static str, operation: impl Fn(usize) + Send + Sync + 'static) -> Contender {
    let recorded = || {
        let names = [
            "vise_jobs_started_total",
            "vise_jobs_completed_total",
            "vise_job_duration_seconds_count",
        ];
        samples::sums(&exposition(), &names)
    };
    Contender::new(library, operation, recorded)
}

#[derive(Debug, Metrics)]
#[metrics(prefix = "vise")]
struct BenchMetrics {
    /// A counter.
    #[metrics(labels = ["queue"])]
    messages: LabeledFamily<Queue, Counter>,
    /// A counter whose label varies.
    #[metrics(labels = ["client"])]
    clients: LabeledFamily<Client, Counter>,
    /// A counter whose label is a text.
    #[metrics(labels = ["client"])]
    open: LabeledFamily<&'static str, Counter>,
    /// A histogram.
    #[metrics(
        labels = ["queue"],
        buckets = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
    )]
    wait_seconds: LabeledFamily<Queue, Histogram>,
    /// Jobs now running.
    #[metrics(labels = ["job_name"])]
    jobs_active: LabeledFamily<&'static str, Gauge>,
    /// Jobs started.
    #[metrics(labels = ["job_name"])]
    jobs_started: LabeledFamily<&'static str, Counter>,
    /// Duration of jobs.
    #[metrics(buckets = Buckets::values(&super::workload::JOB_BOUNDARIES))]
    job_duration_seconds: Family<EndLabels, Histogram<Duration>>,
    /// Jobs ended.
    jobs_completed: Family<EndLabels, Counter>,
}

#[vise::register]
static METRICS: Global<BenchMetrics> = Global::new();

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| MetricsCollection::default().collect());

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[metrics(rename_all = "snake_case")]
enum Queue {
    Mail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabels {
    job_name: &'static str,
    status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[metrics(rename_all = "snake_case")]
enum Status {
    Completed,
}

const COMPLETED: EndLabels = EndLabels { job_name: JOB_NAME, status: Status::Completed };

#[inline(never)]
fn job(input: usize) -> usize {
    METRICS.jobs_active[&JOB_NAME].inc_by(1);
    METRICS.jobs_started[&JOB_NAME].inc();
    let started = Instant::now();
    let output = work(input);
    METRICS.job_duration_seconds[&COMPLETED].observe(started.elapsed());
    METRICS.jobs_completed[&COMPLETED].inc();
    METRICS.jobs_active[&JOB_NAME].dec_by(1);
    output
}

/// The cached metrics of one job.
struct Handles {
    active: &'static Gauge,
    started: &'static Counter,
    duration: &'static Histogram<Duration>,
    completed: &'static Counter,
}

impl Handles {
    fn new() -> Self {
        Self {
            active: &METRICS.jobs_active[&JOB_NAME],
            started: &METRICS.jobs_started[&JOB_NAME],
            duration: &METRICS.job_duration_seconds[&COMPLETED],
            completed: &METRICS.jobs_completed[&COMPLETED],
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.inc_by(1);
        self.started.inc();
        let started = Instant::now();
        let output = work(input);
        self.duration.observe(started.elapsed());
        self.completed.inc();
        self.active.dec_by(1);
        output
    }
}

fn exposition() -> String {
    let mut exposition = String::new();
    REGISTRY.encode(&mut exposition, Format::OpenMetrics).expect("a String accepts every text");
    exposition
}
