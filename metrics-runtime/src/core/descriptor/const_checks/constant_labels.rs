use osapi_metrics_rules::{
    Message, equal, explain_constant_key, explain_constant_labels, explain_constant_value,
    is_one_key_in_scrape,
};

use super::super::{labels::LabelDescriptor, metric::MetricDescriptor};

/// Refuses a constant label whose key a metric of the set has (rule L7), for labels that only the
/// compiler knows.
///
/// # Panics
///
/// At compile time, with the first such metric.
#[doc(hidden)]
#[track_caller]
pub const fn assert_constant_label(key: &str, metrics: &[MetricDescriptor]) {
    let mut rest = metrics;
    while let [metric, others @ ..] = rest {
        if let Some(mistake) = explain_shared_key(key, metric) {
            panic!("{}", mistake.as_str());
        }
        rest = others;
    }
}

/// The mistakes in constant labels that are written by hand (rule L7), a line for each.
pub(super) const fn explain_constants(metric: &MetricDescriptor) -> Message {
    let mut mistakes = Message::new();
    if let Some(mistake) = explain_constant_labels(metric.constant_labels.len()) {
        return mistake;
    }
    let mut i = 0;
    while i < metric.constant_labels.len() {
        let label = metric.constant_labels[i];
        let of_label = Message::new().text("constant label `").text(label.key).text("`");
        if let Some(mistake) = explain_constant_key(label.key) {
            mistakes = mistakes.and(&of_label.text(": ").text(mistake.as_str()));
        }
        if let Some(mistake) = explain_constant_value(label.value) {
            mistakes = mistakes.and(&of_label.text(": ").text(mistake.as_str()));
        }
        if let Some(mistake) = explain_shared_key(label.key, metric) {
            mistakes = mistakes.and(&mistake);
        }
        let mut first = 0;
        while first < i {
            if equal(metric.constant_labels[first].key.as_bytes(), label.key.as_bytes()) {
                mistakes = mistakes.and(&of_label.text(" is given twice; remove one of them"));
            }
            first += 1;
        }
        i += 1;
    }
    mistakes
}

/// The mistake of a constant label that the metric has as a label too, if only in a scrape.
const fn explain_shared_key(key: &str, metric: &MetricDescriptor) -> Option<Message> {
    let mut rest = metric.labels;
    while let [LabelDescriptor { key: own, .. }, others @ ..] = rest {
        if is_one_key_in_scrape(own, key) {
            let message = Message::new().text("the constant label `").text(key);
            let message = if equal(own.as_bytes(), key.as_bytes()) {
                message.text("` is also a label of `").text(metric.name).text("`")
            } else {
                let message = message.text("` and the label `").text(own).text("` of `");
                message.text(metric.name).text("` are one in a scrape")
            };
            return Some(message.text("; give one of the two another key"));
        }
        rest = others;
    }
    None
}
