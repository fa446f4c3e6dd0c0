use std::{sync::LazyLock, time::Instant};

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{
    client,
    workload::{BOUNDARIES, JOB_BOUNDARIES, JOB_NAME, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

const MACROS: &str = "metrics (macros)";
const CACHED: &str = "metrics (cached)";

/// With the macros, as its documentation shows them, and with cached handles.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    // The macros record nothing before a recorder is set.
    LazyLock::force(&PROMETHEUS);
    match case {
        Case::Counter => {
            let kept = counter!("kept_total", "queue" => "mail");
            vec![
                counted(CACHED, move |_| kept.increment(1), "kept_total"),
                counted(
                    MACROS,
                    |_| counter!("messages_total", "queue" => "mail").increment(1),
                    "messages_total",
                ),
            ]
        }
        Case::CounterVarying | Case::CounterVaryingOpen => vec![counted(
            MACROS,
            |number| counter!("requests_total", "client" => client::name(number)).increment(1),
            "requests_total",
        )],
        Case::Histogram => {
            let kept = histogram!("kept_seconds", "queue" => "mail");
            vec![
                counted(CACHED, move |number| kept.record(duration(number)), "kept_seconds_count"),
                counted(
                    MACROS,
                    |number| {
                        histogram!("message_seconds", "queue" => "mail").record(duration(number));
                    },
                    "message_seconds_count",
                ),
            ]
        }
        Case::Job => {
            let kept = Handles::new();
            vec![
                jobs(
                    CACHED,
                    move |number| {
                        kept.job(number);
                    },
                    KEPT,
                ),
                jobs(
                    MACROS,
                    |number| {
                        job(number);
                    },
                    BY_MACRO,
                ),
            ]
        }
        Case::JobAsync => {
            let kept = Handles::new();
            vec![
                jobs(
                    CACHED,
                    move |number| {
                        poll_once(async { kept.job(number) });
                    },
                    KEPT,
                ),
                jobs(
                    MACROS,
                    |number| {
                        poll_once(async { job(number) });
                    },
                    BY_MACRO,
                ),
            ]
        }
        Case::ClockPair | Case::JobBare => Vec::new(),
    }
}

/// The recorder of the process, as `install()` would make it without its HTTP server.
static PROMETHEUS: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BOUNDARIES)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Suffix("job_seconds".into()), &JOB_BOUNDARIES)
        })
        .expect("there are boundaries")
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).expect("nothing else sets one");
    handle
});

/// Rendering also moves samples out of the buffers of histograms, as the exporter's upkeep does
/// every five seconds. It happens between runs, so the time does not include it.
fn counted(
    library: &'static str,
    operation: impl Fn(usize) + Send + Sync + 'static,
    name: &'static str,
) -> Contender {
    Contender::new(library, operation, move || vec![samples::sum(&PROMETHEUS.render(), name)])
}

fn jobs(
    library: &'static str,
    operation: impl Fn(usize) + Send + Sync + 'static,
    names: [&'static str; 3],
) -> Contender {
    let recorded = move || samples::sums(&PROMETHEUS.render(), &names);
    Contender::new(library, operation, recorded)
}

const BY_MACRO: [&str; 3] =
    ["jobs_started_total", "jobs_completed_total", "macro_job_seconds_count"];
const KEPT: [&str; 3] =
    ["kept_jobs_started_total", "kept_jobs_completed_total", "kept_job_seconds_count"];

#[inline(never)]
fn job(input: usize) -> usize {
    gauge!("jobs_active", "job_name" => JOB_NAME).increment(1);
    counter!("jobs_started_total", "job_name" => JOB_NAME).increment(1);
    let started = Instant::now();
    let output = work(input);
    histogram!("macro_job_seconds", "job_name" => JOB_NAME, "status" => "completed")
        .record(started.elapsed());
    counter!("jobs_completed_total", "job_name" => JOB_NAME, "status" => "completed").increment(1);
    gauge!("jobs_active", "job_name" => JOB_NAME).decrement(1);
    output
}

/// The cached handles of one job.
struct Handles {
    active: Gauge,
    started: Counter,
    duration: Histogram,
    completed: Counter,
}

impl Handles {
    fn new() -> Self {
        let labels = [("job_name", JOB_NAME), ("status", "completed")];
        Self {
            active: gauge!("kept_jobs_active", "job_name" => JOB_NAME),
            started: counter!("kept_jobs_started_total", "job_name" => JOB_NAME),
            duration: histogram!("kept_job_seconds", &labels),
            completed: counter!("kept_jobs_completed_total", &labels),
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.increment(1);
        self.started.increment(1);
        let started = Instant::now();
        let output = work(input);
        self.duration.record(started.elapsed());
        self.completed.increment(1);
        self.active.decrement(1);
        output
    }
}
