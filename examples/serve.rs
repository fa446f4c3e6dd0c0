//! A worker without a web server: the metrics bring their own server, which a file and the
//! environment configure.
//!
//! ```console
//! cargo run -p osapi-metrics --example serve
//! cargo run -p osapi-metrics --example serve -- osapi.yaml
//! OTEL_EXPORTER_PROMETHEUS_PORT=9500 cargo run -p osapi-metrics --example serve
//! ```

use std::{env, error::Error, time::Duration};

use osapi_metrics::{ErrorType, JobMetrics, Metrics, config::MetricsConfig, instrumented_job};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Why a ping failed: the label `error_type`.
#[derive(Debug, ErrorType)]
enum PingError {
    /// Its job ends as `timed_out`, not as `failed`.
    #[error_type(timeout)]
    NoAnswer,
}

/// Pretends to ping a host; every fifth host does not answer.
#[instrumented_job(name = "host.ping")]
async fn ping(host: u64) -> Result<Duration, PingError> {
    let took = Duration::from_millis(20 + host % 7);
    sleep(took).await;
    if host.is_multiple_of(5) { Err(PingError::NoAnswer) } else { Ok(took) }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = match env::args_os().nth(1) {
        Some(file) => MetricsConfig::from_file(file)?,
        None => MetricsConfig::default(),
    };
    let metrics =
        Metrics::builder().service_name("pinger").config(config).enabled(true).install()?;
    let address = metrics.serve().await?;
    println!("curl -s http://{address}{}", metrics.config().path);

    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for host in 1.. {
        seconds.tick().await;
        JobMetrics::global().created("host.ping").inc();
        match ping(host).await {
            Ok(took) => println!("host {host} answered in {took:?}"),
            Err(error) => println!("host {host}: {error:?}"),
        }
    }
    Ok(())
}
