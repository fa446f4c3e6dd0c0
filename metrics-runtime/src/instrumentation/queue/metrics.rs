//! The shipped metric set and its labels, declared as in any other crate.

use std::borrow::Cow;

use super::{QueueOperation, QueueRoles, QueueVerb};
use crate::{
    Counter, Histogram, LabelSet, MetricSet, ObservableGauge, ObservableUpDownCounter,
    roles::RoleLabels,
};

/// The queues that this process uses, with the names of OpenTelemetry's [semantic conventions for
/// messaging clients][conventions] where they have one.
///
/// | metric | labels, beside `messaging.system` and `messaging.destination.name` |
/// |---|---|
/// | `messaging.client.sent.messages` | `messaging.operation.name` |
/// | `messaging.client.consumed.messages` | `messaging.operation.name` |
/// | `messaging.client.operation.duration` | `messaging.operation.name`, `error.type` |
/// | `osapi_queue_deleted_messages_total` | |
/// | `osapi_queue_archived_messages_total` | |
/// | `osapi_queue_retries_total` | |
/// | `osapi_queue_visibility_timeouts_total` | |
/// | `osapi_queue_errors_total` | `messaging.operation.name`, `error.type` |
/// | `osapi_queue_depth` | |
/// | `osapi_queue_visible_depth` | |
/// | `osapi_queue_oldest_age_seconds` | |
/// | `osapi_queue_sample_age_seconds` | |
///
/// `messaging.system` is `pgmq`, `messaging.destination.name` the name of the queue. Queues beyond
/// 100 share the overflow series. [`QueueRoles`] says what each metric measures.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "",
    crate = "crate",
    allow(semconv_names),
    roles(of = QueueRoles, labels = QueueLabels),
)]
pub struct QueueMetrics {
    /// Number of messages producer attempted to send to the broker.
    #[metric(name = "messaging.client.sent.messages", unit = "{message}", on = sent)]
    sent: Counter<SentLabels>,

    /// Number of messages that were delivered to the application.
    #[metric(name = "messaging.client.consumed.messages", unit = "{message}", on = received)]
    received: Counter<ReceivedLabels>,

    /// Duration of messaging operation initiated by a producer or consumer client.
    #[metric(
        name = "messaging.client.operation.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        max_series = 40_000,
        on = operation_duration,
    )]
    operation_duration: Histogram<OperationLabels>,

    /// Messages that were deleted from the queue.
    #[metric(name = "osapi_queue_deleted_messages_total", unit = "{message}", on = deleted)]
    deleted: Counter<QueueLabels>,

    /// Messages that were moved to the archive of the queue.
    #[metric(name = "osapi_queue_archived_messages_total", unit = "{message}", on = archived)]
    archived: Counter<QueueLabels>,

    /// Messages that were received again.
    #[metric(name = "osapi_queue_retries_total", unit = "{message}", on = retries)]
    retries: Counter<QueueLabels>,

    /// Messages whose visibility timed out before they were deleted or archived.
    #[metric(
        name = "osapi_queue_visibility_timeouts_total",
        unit = "{timeout}",
        on = visibility_timeouts,
    )]
    visibility_timeouts: Counter<QueueLabels>,

    /// Operations on the queue that failed or were cancelled.
    #[metric(
        name = "osapi_queue_errors_total",
        unit = "{error}",
        max_series = 40_000,
        on = errors,
    )]
    errors: Counter<OperationLabels>,

    /// Messages in the queue.
    #[metric(name = "osapi_queue_depth", unit = "{message}", on = depth)]
    depth: ObservableUpDownCounter<QueueLabels>,

    /// Messages in the queue that can be received.
    #[metric(name = "osapi_queue_visible_depth", unit = "{message}", on = visible_depth)]
    visible_depth: ObservableUpDownCounter<QueueLabels>,

    /// Age of the oldest message in the queue.
    #[metric(name = "osapi_queue_oldest_age_seconds", unit = "s", on = age)]
    age: ObservableGauge<QueueLabels>,

    /// Time since the depth of the queue was read.
    #[metric(name = "osapi_queue_sample_age_seconds", unit = "s", on = sample_age)]
    sample_age: ObservableGauge<QueueLabels>,
}

/// The labels that all metrics of a queue have: `messaging.system`, which is `pgmq`, and
/// `messaging.destination.name` of OpenTelemetry's semantic conventions.
///
/// [`Queue::new`](super::Queue::new) makes them from its name.
///
/// ```
/// use osapi_metrics::instrumentation::queue::QueueLabels;
///
/// let labels = QueueLabels::new("orders");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub struct QueueLabels {
    #[label(key = "messaging.system")]
    system: MessagingSystem,
    #[label(key = "messaging.destination.name", max = 100)]
    queue: Cow<'static, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, crate::LabelValue)]
#[label(crate = "crate")]
enum MessagingSystem {
    Pgmq,
}

impl QueueLabels {
    /// The labels of the queue of this name.
    pub fn new(queue: impl Into<Cow<'static, str>>) -> Self {
        Self { system: MessagingSystem::Pgmq, queue: queue.into() }
    }
}

macro_rules! labels_of_a_verb {
    ($($labels:ident: $verb:ident;)*) => {$(
        #[derive(LabelSet)]
        #[label(crate = "crate", allow(semconv_names))]
        struct $labels {
            #[label(flatten)]
            queue: QueueLabels,
            #[label(key = "messaging.operation.name")]
            verb: QueueVerb,
        }

        impl RoleLabels<QueueLabels, ()> for $labels {
            fn role_labels(queue: &QueueLabels, (): &()) -> Self {
                Self { queue: queue.clone(), verb: QueueVerb::$verb }
            }
        }
    )*};
}
labels_of_a_verb! { SentLabels: Send; ReceivedLabels: Receive; }

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
struct OperationLabels {
    #[label(flatten)]
    queue: QueueLabels,
    #[label(key = "messaging.operation.name")]
    verb: QueueVerb,
    #[label(key = "error.type", max = 40)]
    error: Option<&'static str>,
}

impl RoleLabels<QueueLabels, QueueOperation> for OperationLabels {
    fn role_labels(queue: &QueueLabels, operation: &QueueOperation) -> Self {
        Self { queue: queue.clone(), verb: operation.verb, error: operation.error_type }
    }
}
