use std::{sync::Arc, time::Instant};

use opentelemetry::{
    KeyValue,
    metrics::{
        BoundCounter, BoundHistogram, BoundUpDownCounter, Counter, Histogram, Meter,
        MeterProvider as _, UpDownCounter,
    },
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

use super::{
    client,
    workload::{BOUNDARIES, JOB_BOUNDARIES, JOB_NAME, JOB_SAMPLES, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

/// With attributes at each call and with bound instruments, for one reader and for two. The readers
/// belong to opentelemetry-prometheus.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    let contenders_for = |readers: usize| {
        let [attributes, bound] = match readers {
            1 => ["opentelemetry (attributes)", "opentelemetry (bound)"],
            _ => ["opentelemetry (attributes, 2 readers)", "opentelemetry (bound, 2 readers)"],
        };
        let sdk = || Sdk::new(readers);
        match case {
            Case::Counter => vec![
                sdk().counter(attributes, |messages| {
                    move |_| messages.add(1, &[KeyValue::new("queue", "mail")])
                }),
                sdk().counter(bound, |messages| {
                    let mail = messages.bind(&[KeyValue::new("queue", "mail")]);
                    move |_| mail.add(1)
                }),
            ],
            Case::CounterVarying | Case::CounterVaryingOpen => {
                vec![sdk().counter(attributes, |requests| {
                    move |number| {
                        requests.add(1, &[KeyValue::new("client", client::name(number))]);
                    }
                })]
            }
            Case::Histogram => vec![
                sdk().histogram(attributes, |wait| {
                    move |number| wait.record(duration(number), &[KeyValue::new("queue", "mail")])
                }),
                sdk().histogram(bound, |wait| {
                    let mail = wait.bind(&[KeyValue::new("queue", "mail")]);
                    move |number| mail.record(duration(number))
                }),
            ],
            Case::Job => vec![
                sdk().jobs(attributes, |jobs| {
                    move |number| {
                        jobs.job(number);
                    }
                }),
                sdk().jobs(bound, |jobs| {
                    let bound = BoundJobs::of(&jobs);
                    move |number| {
                        bound.job(number);
                    }
                }),
            ],
            Case::JobAsync => vec![
                sdk().jobs(attributes, |jobs| {
                    move |number| {
                        poll_once(async { jobs.job(number) });
                    }
                }),
                sdk().jobs(bound, |jobs| {
                    let bound = BoundJobs::of(&jobs);
                    move |number| {
                        poll_once(async { bound.job(number) });
                    }
                }),
            ],
            Case::ClockPair | Case::JobBare => Vec::new(),
        }
    };
    [1, 2].into_iter().flat_map(contenders_for).collect()
}

/// A provider of its own, with one exporter for each registry.
struct Sdk {
    provider: SdkMeterProvider,
    meter: Meter,
    registries: Vec<Registry>,
}

impl Sdk {
    fn new(readers: usize) -> Self {
        let registries: Vec<Registry> = (0..readers).map(|_| Registry::new()).collect();
        let mut builder = SdkMeterProvider::builder();
        for registry in &registries {
            let exporter = opentelemetry_prometheus::exporter()
                .with_registry(registry.clone())
                .without_target_info()
                .build()
                .expect("the registry is empty");
            builder = builder.with_reader(exporter);
        }
        let provider = builder.build();
        let meter = provider.meter("bench");
        Self { provider, meter, registries }
    }

    fn counter<O: Fn(usize) + Send + Sync + 'static>(
        self,
        library: &'static str,
        operation: impl FnOnce(Counter<u64>) -> O,
    ) -> Contender {
        let counter = self.meter.u64_counter("bench").build();
        Contender::new(
            library,
            operation(counter),
            self.recorded(|exposition| vec![samples::sum(exposition, "bench_total")]),
        )
    }

    fn histogram<O: Fn(usize) + Send + Sync + 'static>(
        self,
        library: &'static str,
        operation: impl FnOnce(Histogram<f64>) -> O,
    ) -> Contender {
        let histogram = seconds(&self.meter, "bench", &BOUNDARIES);
        Contender::new(
            library,
            operation(histogram),
            self.recorded(|exposition| vec![samples::sum(exposition, "bench_seconds_count")]),
        )
    }

    fn jobs<O: Fn(usize) + Send + Sync + 'static>(
        self,
        library: &'static str,
        operation: impl FnOnce(Arc<Jobs>) -> O,
    ) -> Contender {
        let jobs = Arc::new(Jobs::new(&self.meter));
        Contender::new(
            library,
            operation(jobs),
            self.recorded(|exposition| samples::sums(exposition, &JOB_SAMPLES)),
        )
    }

    /// The counts that each reader shows.
    fn recorded(self, of: fn(&str) -> Vec<u64>) -> impl Fn() -> Vec<u64> {
        move || {
            // Dropping the provider would end its readers.
            let _alive = &self.provider;
            let expositions = self.registries.iter().map(|registry| {
                TextEncoder::new().encode_to_string(&registry.gather()).expect("encodes")
            });
            expositions.flat_map(|exposition| of(&exposition)).collect()
        }
    }
}

struct Jobs {
    active: UpDownCounter<i64>,
    started: Counter<u64>,
    duration: Histogram<f64>,
    completed: Counter<u64>,
}

/// The bound instruments of one job.
struct BoundJobs {
    active: BoundUpDownCounter<i64>,
    started: BoundCounter<u64>,
    duration: BoundHistogram<f64>,
    completed: BoundCounter<u64>,
}

fn job_labels() -> [KeyValue; 1] {
    [KeyValue::new("job_name", JOB_NAME)]
}

fn end_labels() -> [KeyValue; 2] {
    [KeyValue::new("job_name", JOB_NAME), KeyValue::new("status", "completed")]
}

impl Jobs {
    fn new(meter: &Meter) -> Self {
        Self {
            active: meter.i64_up_down_counter("jobs_active").build(),
            started: meter.u64_counter("jobs_started").build(),
            duration: seconds(meter, "job_duration", &JOB_BOUNDARIES),
            completed: meter.u64_counter("jobs_completed").build(),
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.add(1, &job_labels());
        self.started.add(1, &job_labels());
        let started = Instant::now();
        let output = work(input);
        self.duration.record(started.elapsed().as_secs_f64(), &end_labels());
        self.completed.add(1, &end_labels());
        self.active.add(-1, &job_labels());
        output
    }
}

impl BoundJobs {
    fn of(jobs: &Jobs) -> Self {
        Self {
            active: jobs.active.bind(&job_labels()),
            started: jobs.started.bind(&job_labels()),
            duration: jobs.duration.bind(&end_labels()),
            completed: jobs.completed.bind(&end_labels()),
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.add(1);
        self.started.add(1);
        let started = Instant::now();
        let output = work(input);
        self.duration.record(started.elapsed().as_secs_f64());
        self.completed.add(1);
        self.active.add(-1);
        output
    }
}

fn seconds(meter: &Meter, name: &'static str, boundaries: &[f64]) -> Histogram<f64> {
    meter.f64_histogram(name).with_unit("s").with_boundaries(boundaries.to_vec()).build()
}
