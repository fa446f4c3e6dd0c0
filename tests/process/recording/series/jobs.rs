//! Series of jobs that end while the jobs run.

use osapi_metrics::{Counter, LabelSet, MetricSet, UpDownCounter, instrumented_job};
use tokio::sync::oneshot;

use crate::read;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Run {
    #[label(recent = 1)]
    run: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "runs", job(labels = Run))]
struct Runs {
    /// Runs now active.
    #[metric(on = active)]
    active: UpDownCounter<Run>,
    /// Runs that ended.
    #[metric(on = finished)]
    ended_total: Counter<Run>,
}

#[instrumented_job(metrics = Runs, labels = Run { run })]
async fn run(run: u64, end: oneshot::Receiver<()>) -> bool {
    end.await.is_ok()
}

#[tokio::test]
async fn a_job_is_taken_from_the_series_that_it_was_added_to() {
    let ((end_first, first), (end_second, second)) = (oneshot::channel(), oneshot::channel());
    let first = tokio::spawn(run(1, first));
    tokio::task::yield_now().await;
    // Ends the series of the first run.
    let second = tokio::spawn(run(2, second));
    tokio::task::yield_now().await;
    assert_eq!(read().number("runs_active", &[("run", "2")]), Some(1.0));
    end_first.send(()).unwrap();
    assert!(first.await.unwrap());
    let of_first = read().number("runs_active", &[("run", "1")]);
    assert!([None, Some(0.0)].contains(&of_first), "{of_first:?}");
    end_second.send(()).unwrap();
    assert!(second.await.unwrap());
    let of_second = read().number("runs_active", &[("run", "2")]);
    assert!([None, Some(0.0)].contains(&of_second), "{of_second:?}");
}
