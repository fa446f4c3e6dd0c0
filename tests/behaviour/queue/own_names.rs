//! A service's own names for what is measured.

use std::time::Duration;

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, ObservableGauge, ObservableUpDownCounter,
    instrumentation::queue::{Queue, QueueRoles},
};

use super::database;
use crate::{postgres::becomes, read, read_lines_with};

#[derive(Clone, LabelSet)]
struct Namespace {
    #[label(max = 20)]
    namespace: &'static str,
}

/// The queues of a service, under the names of its dashboards.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", roles(of = QueueRoles, labels = Namespace))]
struct TaskerQueue {
    /// Messages that were sent.
    #[metric(name = "tasker.queue.messages_sent.total", unit = "{message}", on = sent)]
    sent: Counter,
    /// Messages that were received.
    #[metric(name = "tasker.queue.messages_received.total", unit = "{message}", on = received)]
    received: Counter,
    /// Messages that were deleted.
    #[metric(name = "tasker.queue.messages_deleted.total", unit = "{message}", on = deleted)]
    deleted: Counter,
    /// Time to send in milliseconds.
    #[metric(
        name = "tasker.queue.message_send.duration",
        buckets = [1, 5, 10, 50, 100, 500, 1000],
        records_in = "ms",
        on = send_duration,
    )]
    send_duration: Histogram,
    /// Time to receive in milliseconds.
    #[metric(
        name = "tasker.queue.message_receive.duration",
        buckets = [1, 5, 10, 50, 100, 500, 1000],
        records_in = "ms",
        on = receive_duration,
    )]
    receive_duration: Histogram,
    /// Messages in the queue.
    #[metric(name = "tasker.queue.depth", unit = "{message}", on = depth)]
    depth: ObservableUpDownCounter<Namespace>,
    /// Age of the oldest message.
    #[metric(name = "tasker.queue.age_seconds", unit = "s", on = age)]
    age: ObservableGauge,
    /// Messages whose visibility timed out.
    #[metric(
        name = "tasker.queue.visibility_timeouts.total",
        unit = "{timeout}",
        on = visibility_timeouts,
    )]
    visibility_timeouts: Counter,
    /// Operations that failed.
    #[metric(name = "tasker.queue.errors.total", unit = "{error}", on = errors)]
    errors: Counter,
    /// Messages that were received again.
    #[metric(name = "tasker.queue.retry_attempts.total", unit = "{attempt}", on = retries)]
    retries: Counter,
}

#[tokio::test]
async fn a_set_of_a_service_records_under_its_own_names() {
    let Some(database) = database("tasker_queue").await else { return };
    let labels = Namespace { namespace: "shipping" };
    let queue = Queue::new_in::<TaskerQueue>(database.pool.clone(), "shipping", &labels).unwrap();
    queue.send(&1).await.unwrap_err();
    queue.create().await.unwrap();
    let id = queue.send(&1).await.unwrap();
    queue.send(&2).await.unwrap();
    queue.read::<i32>(Duration::ZERO, 1).await.unwrap();
    queue.read::<i32>(Duration::ZERO, 1).await.unwrap();
    queue.delete(id).await.unwrap();
    let sampling = queue.sample(Duration::from_secs(3600));
    let depth =
        || read_lines_with("shipping").number("tasker_queue_depth", &[("namespace", "shipping")]);
    becomes("a sample", || depth() == Some(1.0)).await;

    let read = read();
    for (counter, value) in [
        ("messages_sent", 2.0),
        ("messages_received", 2.0),
        ("messages_deleted", 1.0),
        ("visibility_timeouts", 1.0),
        ("errors", 1.0),
        ("retry_attempts", 1.0),
    ] {
        let name = format!("tasker_queue_{counter}_total");
        assert_eq!(read.number(&name, &[]), Some(value), "{name}");
    }
    let samples = |name| read.histogram(name, &[]).map(|histogram| histogram.count);
    assert_eq!(samples("tasker_queue_message_send_duration"), Some(3));
    assert_eq!(samples("tasker_queue_message_receive_duration"), Some(2));
    assert!(read.number("tasker_queue_age_seconds", &[]).is_some());
    drop(sampling);
}
