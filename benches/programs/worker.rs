//! A small worker that sends the messages of its standard input, with the default features of
//! osapi-metrics: a configuration file, the Prometheus endpoint, a metric set, and a job.
//! `bare_worker.rs` is the same worker without metrics.

use std::{env, error::Error, io, process::ExitCode};

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, Metrics, config::MetricsConfig,
    instrumented_job,
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Priority {
    Urgent,
    Normal,
}

/// Messages of the worker.
#[derive(MetricSet)]
#[metric_set(prefix = "worker")]
struct WorkerMetrics {
    /// Messages received, by priority.
    #[metric(unit = "{message}")]
    messages_received_total: Counter<Priority>,
    /// Size of a message.
    #[metric(unit = "By", buckets = [64, 1_024, 16_384])]
    message_size_bytes: Histogram<(), u64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let config = match env::args_os().nth(1) {
        Some(file) => MetricsConfig::from_file(file)?,
        None => MetricsConfig::default(),
    };
    let metrics =
        Metrics::builder().service_name("worker").config(config).enabled(true).install()?;
    let address = metrics.serve().await?;
    println!("http://{address}{}", metrics.config().path);
    for message in io::stdin().lines() {
        let message = message?;
        let received = WorkerMetrics::global();
        let priority = if message.starts_with('!') { Priority::Urgent } else { Priority::Normal };
        received.messages_received_total.with(priority).inc();
        received.message_size_bytes.record(message.len() as u64);
        send(&message).await?;
    }
    metrics.shutdown()?;
    Ok(ExitCode::SUCCESS)
}

#[instrumented_job(name = "message.send")]
async fn send(message: &str) -> Result<(), io::Error> {
    tokio::task::yield_now().await;
    if message.is_empty() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    println!("{message}");
    Ok(())
}
