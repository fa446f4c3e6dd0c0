use osapi_metrics_rules::Message;

use super::super::labels::{LabelDescriptor, LabelValues};

/// Checks rule L6 for the labels of a set's scope.
///
/// # Panics
///
/// At compile time, if there are no labels, or if one of them is `recent`, or only exemplars have
/// it.
#[doc(hidden)]
#[track_caller]
pub const fn assert_scope(labels: &[LabelDescriptor], exemplar_labels: &[&str]) {
    if let Some(key) = exemplar_labels.first() {
        let message = Message::new().text("label `").text(key);
        let message = message.text("` of a scope cannot be `exemplar`: ");
        let message = message.text("instances differ in the labels of their series; remove it, ");
        let message = message.text("or declare `max = 100`");
        panic!("{}", message.as_str());
    }
    assert!(
        !labels.is_empty(),
        "these labels are none, so that instances could not be told apart; add a field for what \
         differs, such as `cache`"
    );
    let mut i = 0;
    while i < labels.len() {
        if let LabelValues::Recent { max } = labels[i].values {
            let message = Message::new().text("label `").text(labels[i].key);
            let message = message.text("` of a scope cannot be `recent`: ");
            let message = message.text("the series of an instance end with its owner, and not ");
            let message = message.text("before; declare `max = ").number(max).text("`");
            panic!("{}", message.as_str());
        }
        i += 1;
    }
}
