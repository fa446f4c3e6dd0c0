//! Flush, shutdown and drop.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use osapi_metrics::{
    FlushError, MetricSet, Metrics, ObservableGauge,
    config::{Environment, MetricsConfig},
    exposition::Format,
};

use super::{install, readers::KeptReader};

#[test]
fn a_shutdown_can_be_repeated_and_a_flush_after_it_is_an_error() {
    let metrics = install(MetricsConfig::default()).unwrap();
    metrics.flush().unwrap();
    metrics.flush().unwrap();
    metrics.shutdown().unwrap();
    metrics.shutdown().unwrap();
    assert!(matches!(metrics.flush(), Err(FlushError::AlreadyShutdown)));
    assert_eq!(metrics.render(Format::OpenMetrics), "# EOF\n");
    assert!(metrics.catalogue().len() > 0, "what is linked in stays known");
}

#[test]
fn dropping_the_runtime_shuts_it_down() {
    let reader = KeptReader::new();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.reader(reader.clone()).install().unwrap();
    assert!(!reader.is_shut_down());
    drop(metrics);
    assert!(reader.is_shut_down());
}

#[test]
fn a_runtime_ends_in_an_async_context_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let metrics = install(MetricsConfig::default()).unwrap();
        metrics.flush().unwrap();
        drop(metrics);
    });
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "ended")]
struct Ended {
    /// Observed by a closure that hangs.
    hanging: ObservableGauge,
}

#[test]
fn an_observation_that_hangs_does_not_hold_up_the_end() {
    // Other tests collect in this process; only the thread of this test may wait here.
    let (release, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let hang = Arc::new(AtomicBool::new(false));
    let hangs = Arc::clone(&hang);
    let reader = KeptReader::new();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.reader(reader.clone()).install().unwrap();
    let observation = Ended::global().hanging.observe(move || {
        let ours = std::thread::current().name() == Some("osapi-metrics-flush");
        if ours && hangs.load(Ordering::Relaxed) {
            // Ends when the test drops the sender.
            let _ = wait.lock().unwrap().recv();
        }
        1.0
    });
    hang.store(true, Ordering::Relaxed);
    reader.collect_at_shutdown();
    let limit = Duration::from_millis(20);
    let ended = metrics.shutdown_within(limit);
    assert!(matches!(ended, Err(FlushError::Timeout { limit: l }) if l == limit), "{ended:?}");
    drop(release);
    drop(observation);
}
