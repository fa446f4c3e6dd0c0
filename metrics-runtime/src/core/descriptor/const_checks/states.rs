use osapi_metrics_rules::{Message, explain_label_key};

use super::super::{labels::assert_distinct_keys, metric::MetricDescriptor};

/// Refuses the label of a state set, whose key is the name of the metric, if the key breaks rule L1
/// or is that of another label (rule L2).
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_state_label(metric: &MetricDescriptor) {
    if let Some(mistake) = explain_label_key(metric.name, true) {
        let message = Message::new().text("the name of a state set is the key of its label: ");
        let message = message.text(mistake.as_str());
        panic!("{}", message.as_str());
    }
    assert_distinct_keys(metric.labels);
}
