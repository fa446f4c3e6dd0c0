//! Jobs through the embedded broker and an agent in this process, without HTTP.

use std::{num::NonZeroUsize, process, sync::Arc, time::Instant};

use osapi::{
    agent::{Agent, AgentOptions},
    broker::{Broker, EmbeddedBroker, Limits},
    job::Job,
    operations::{Operation, WaitArgs},
};
use osapi_metrics::{
    JobMetrics, Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
};
use tokio::time::{Duration, interval};

use crate::{
    process::{ResourceUsage, processor_seconds},
    throughput::Run,
};

/// The most jobs that wait in the queue.
const QUEUED: usize = 1_000;

/// Runs this number of jobs with the metrics that the environment configures, and prints the
/// figures.
pub(crate) fn run(jobs: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let Run { jobs_per_second, microseconds_per_job, resident_mib } =
        runtime.block_on(measure(jobs));
    println!("{jobs_per_second} {microseconds_per_job} {resident_mib}");
}

/// Parses the output of [`run`].
pub(crate) fn read(printed: &str) -> Run {
    let figures: Vec<f64> =
        printed.split_whitespace().map(|figure| figure.parse().expect("a number")).collect();
    let [jobs_per_second, microseconds_per_job, resident_mib] = figures[..] else {
        panic!("not three figures: {printed}");
    };
    Run { jobs_per_second, microseconds_per_job, resident_mib }
}

async fn measure(jobs: usize) -> Run {
    let metrics = Metrics::builder()
        .service_name("osapi-bench")
        .config(MetricsConfig::default())
        .environment(Environment::process())
        .install()
        .expect("the metrics are set up");
    let metrics = Arc::new(metrics);
    let broker = EmbeddedBroker::new(Limits::default());
    let concurrency = NonZeroUsize::new(256).expect("not 0");
    let options = AgentOptions { name: "agent".to_owned(), concurrency };
    let agent = Agent::start(Arc::new(broker.clone()), options);
    submit(&broker, jobs / 4).await;

    let scraper = metrics.config().enabled.then(|| {
        let metrics = Arc::clone(&metrics);
        tokio::spawn(async move {
            let mut pace = interval(Duration::from_secs(1));
            loop {
                pace.tick().await;
                assert!(!metrics.render(Format::OpenMetrics).is_empty());
            }
        })
    });
    let (start, used) = (Instant::now(), processor_seconds(process::id()));
    submit(&broker, jobs).await;
    let (took, used) = (start.elapsed(), processor_seconds(process::id()) - used);
    if let Some(scraper) = scraper {
        scraper.abort();
    }
    let resident_mib = ResourceUsage::of(process::id()).resident_kib / 1024.0;
    agent.stop(Duration::from_secs(10), Duration::from_secs(1)).await;
    Run {
        jobs_per_second: jobs as f64 / took.as_secs_f64(),
        microseconds_per_job: used * 1e6 / jobs as f64,
        resident_mib,
    }
}

/// Submits jobs as the API does, at most [`QUEUED`] ahead of the agent, and waits until all have
/// ended.
async fn submit(broker: &EmbeddedBroker, jobs: usize) {
    let mut behind = None;
    for number in 1..=jobs {
        let job = Job::new(Operation::Wait(WaitArgs { millis: 0 }));
        let id = job.id;
        broker.submit(job).await.expect("there is room");
        JobMetrics::global().created("wait").inc();
        if (number % QUEUED == 0 || number == jobs)
            && let Some(id) = behind.replace(id)
        {
            broker.finished(id).await.expect("never fails");
        }
    }
    if let Some(id) = behind {
        broker.finished(id).await.expect("never fails");
    }
}
