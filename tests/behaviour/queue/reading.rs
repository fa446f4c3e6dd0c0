//! The series of one queue.

use osapi_metrics_tests::reading::Reading;

use crate::read_lines_with;

/// The series of a queue.
pub(super) struct QueueReading {
    queue: String,
    reading: Reading,
}

/// Reads the series of the queue of this name.
pub(super) fn read_queue(queue: &str) -> QueueReading {
    let text = format!("messaging_destination_name=\"{queue}\"");
    QueueReading { queue: queue.to_owned(), reading: read_lines_with(&text) }
}

impl QueueReading {
    /// The value of a metric without further labels.
    pub(super) fn number(&self, metric: &str) -> Option<f64> {
        self.reading.number(metric, &self.labels(&[]))
    }

    /// The value of a counter of messages with the operation as its label.
    pub(super) fn messages(&self, metric: &str, operation: &str) -> Option<f64> {
        self.reading.number(metric, &self.labels(&[("messaging_operation_name", operation)]))
    }

    /// The number of operations that succeeded.
    pub(super) fn operations(&self, operation: &str) -> Option<u64> {
        let labels = self.labels(&[("messaging_operation_name", operation)]);
        let duration = "messaging_client_operation_duration_seconds";
        self.reading.histogram(duration, &labels).map(|histogram| histogram.count)
    }

    /// The number of operations that failed with this class of error.
    pub(super) fn errors(&self, operation: &str, class: &str) -> Option<f64> {
        let labels = [("messaging_operation_name", operation), ("error_type", class)];
        self.reading.number("osapi_queue_errors_total", &self.labels(&labels))
    }

    fn labels<'a>(&'a self, labels: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all =
            vec![("messaging_system", "pgmq"), ("messaging_destination_name", &self.queue)];
        all.extend_from_slice(labels);
        all
    }
}
