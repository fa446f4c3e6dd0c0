use osapi_metrics_rules::{Message, explain_label_key, same_scraped_label_key};

use super::super::{labels::assert_distinct_keys, metric::MetricDescriptor};

/// Refuses the label of a state set, whose key is the name of the metric, if the key breaks rule L1
/// or is that of another label (rule L2), also in a scrape alone.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_state_label(metric: &MetricDescriptor) {
    let message = Message::new().text("the name of a state set is the key of its label");
    if let Some(mistake) = explain_label_key(metric.name, true) {
        panic!("{}", message.text(": ").text(mistake.as_str()).as_str());
    }
    // The last label is that of the state.
    let [others @ .., _] = metric.labels else { return };
    let mut i = 0;
    while i < others.len() {
        let key = others[i].key;
        if same_scraped_label_key(key, metric.name) {
            let message = message.text(", `").text(metric.name);
            let message = message.text("`, and another label has the key `").text(key);
            panic!("{}", message.text("`; rename one of them").as_str());
        }
        i += 1;
    }
    assert_distinct_keys(others, &[]);
}
