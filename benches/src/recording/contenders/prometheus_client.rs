use std::{sync::Arc, time::Instant};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    client::{self, Client},
    workload::{BOUNDARIES, JOB_BOUNDARIES, JOB_NAME, JOB_SAMPLES, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

const CACHED: &str = "prometheus-client (cached)";
const LOOKUP: &str = "prometheus-client (lookup)";

/// With metrics of a family that are cached, and with metrics that are looked up at each call.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::Counter => vec![
            counter(CACHED, |messages: Family<QueueLabels, Counter>| {
                let mail = messages.get_or_create_owned(&MAIL);
                move |_| {
                    mail.inc();
                }
            }),
            counter(LOOKUP, |messages: Family<QueueLabels, Counter>| {
                move |_| {
                    messages.get_or_create(&MAIL).inc();
                }
            }),
        ],
        Case::CounterVarying => {
            vec![counter(LOOKUP, |requests: Family<ClientLabels, Counter>| {
                move |number| {
                    requests.get_or_create(&ClientLabels { client: client::client(number) }).inc();
                }
            })]
        }
        Case::CounterVaryingOpen => {
            vec![counter(LOOKUP, |requests: Family<OpenLabels, Counter>| {
                move |number| {
                    requests.get_or_create(&OpenLabels { client: client::name(number) }).inc();
                }
            })]
        }
        Case::Histogram => vec![
            histogram(CACHED, |wait| {
                let mail = wait.get_or_create_owned(&MAIL);
                move |number| mail.observe(duration(number))
            }),
            histogram(LOOKUP, |wait| {
                move |number| wait.get_or_create(&MAIL).observe(duration(number))
            }),
        ],
        Case::Job => vec![
            job(CACHED, |metrics| {
                let kept = Handles::of(&metrics);
                move |number| {
                    kept.job(number);
                }
            }),
            job(LOOKUP, |metrics| {
                move |number| {
                    metrics.job(number);
                }
            }),
        ],
        Case::JobAsync => vec![
            job(CACHED, |metrics| {
                let kept = Handles::of(&metrics);
                move |number| {
                    poll_once(async { kept.job(number) });
                }
            }),
            job(LOOKUP, |metrics| {
                move |number| {
                    poll_once(async { metrics.job(number) });
                }
            }),
        ],
        Case::ClockPair | Case::JobBare => Vec::new(),
    }
}

fn counter<L: LabelsOfFamily, O: Fn(usize) + Send + Sync + 'static>(
    library: &'static str,
    operation: impl FnOnce(Family<L, Counter>) -> O,
) -> Contender {
    let mut registry = Registry::default();
    let counter = Family::<L, Counter>::default();
    registry.register("bench", "A counter", counter.clone());
    Contender::new(library, operation(counter), move || {
        vec![samples::sum(&exposition(&registry), "bench_total")]
    })
}

fn histogram<O: Fn(usize) + Send + Sync + 'static>(
    library: &'static str,
    operation: impl FnOnce(Histograms<QueueLabels>) -> O,
) -> Contender {
    let mut registry = Registry::default();
    let histogram = Histograms::new_with_constructor(message_wait as fn() -> Histogram);
    registry.register("bench_seconds", "A histogram", histogram.clone());
    Contender::new(library, operation(histogram), move || {
        vec![samples::sum(&exposition(&registry), "bench_seconds_count")]
    })
}

fn job<O: Fn(usize) + Send + Sync + 'static>(
    library: &'static str,
    operation: impl FnOnce(Arc<Jobs>) -> O,
) -> Contender {
    let mut registry = Registry::default();
    let jobs = Arc::new(Jobs::new(&mut registry));
    Contender::new(library, operation(jobs), move || {
        samples::sums(&exposition(&registry), &JOB_SAMPLES)
    })
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

struct Jobs {
    active: Family<JobLabels, Gauge>,
    started: Family<JobLabels, Counter>,
    duration: Histograms<EndLabels>,
    completed: Family<EndLabels, Counter>,
}

/// The cached metrics of one job.
struct Handles {
    active: Gauge,
    started: Counter,
    duration: Histogram,
    completed: Counter,
}

impl Jobs {
    fn new(registry: &mut Registry) -> Self {
        let jobs = Self {
            active: Family::default(),
            started: Family::default(),
            duration: Histograms::new_with_constructor(job_duration),
            completed: Family::default(),
        };
        registry.register("jobs_active", "Jobs now running", jobs.active.clone());
        registry.register("jobs_started", "Jobs started", jobs.started.clone());
        registry.register("job_duration_seconds", "Duration of jobs", jobs.duration.clone());
        registry.register("jobs_completed", "Jobs ended", jobs.completed.clone());
        jobs
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.get_or_create(&JOB).inc();
        self.started.get_or_create(&JOB).inc();
        let started = Instant::now();
        let output = work(input);
        self.duration.get_or_create(&COMPLETED).observe(started.elapsed().as_secs_f64());
        self.completed.get_or_create(&COMPLETED).inc();
        self.active.get_or_create(&JOB).dec();
        output
    }
}

impl Handles {
    fn of(jobs: &Jobs) -> Self {
        Self {
            active: jobs.active.get_or_create_owned(&JOB),
            started: jobs.started.get_or_create_owned(&JOB),
            duration: jobs.duration.get_or_create_owned(&COMPLETED),
            completed: jobs.completed.get_or_create_owned(&COMPLETED),
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.inc();
        self.started.inc();
        let started = Instant::now();
        let output = work(input);
        self.duration.observe(started.elapsed().as_secs_f64());
        self.completed.inc();
        self.active.dec();
        output
    }
}

trait LabelsOfFamily:
    EncodeLabelSet + Clone + Eq + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static
{
}
impl<L: EncodeLabelSet + Clone + Eq + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static>
    LabelsOfFamily for L
{
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueLabels {
    queue: Queue,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Queue {
    Mail,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClientLabels {
    client: Client,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OpenLabels {
    client: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    job_name: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabels {
    job_name: &'static str,
    status: Status,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Status {
    Completed,
}

const MAIL: QueueLabels = QueueLabels { queue: Queue::Mail };
const JOB: JobLabels = JobLabels { job_name: JOB_NAME };
const COMPLETED: EndLabels = EndLabels { job_name: JOB_NAME, status: Status::Completed };

fn message_wait() -> Histogram {
    Histogram::new(BOUNDARIES)
}

fn job_duration() -> Histogram {
    Histogram::new(JOB_BOUNDARIES)
}

fn exposition(registry: &Registry) -> String {
    let mut exposition = String::new();
    text::encode(&mut exposition, registry).expect("a String accepts every text");
    exposition
}
