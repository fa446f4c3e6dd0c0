use osapi_metrics_rules::{Message, explain_label_key, same_label_key};

use super::{
    descriptor::{LabelDescriptor, LabelValues},
    list::MAX_LABELS,
};

/// The mistakes in labels that are written by hand (rules L1 to L4), a line for each; empty if the
/// labels have no mistake.
pub(crate) const fn explain_labels(labels: &[LabelDescriptor], semconv_names: bool) -> Message {
    let mut mistakes = Message::new();
    if labels.len() > MAX_LABELS {
        return mistakes.text("a metric has at most 32 labels; remove some");
    }
    let mut i = 0;
    while i < labels.len() {
        let LabelDescriptor { key, values } = labels[i];
        let of_label = Message::new().text("label `").text(key).text("`");
        if let Some(mistake) = explain_label_key(key, semconv_names) {
            mistakes = mistakes.and(&of_label.text(": ").text(mistake.as_str()));
        }
        let mut first = 0;
        while first < i {
            if same_label_key(labels[first].key, key) {
                let mistake = Message::new().text("two labels have the key `").text(key);
                mistakes = mistakes.and(&mistake.text("`; rename one of them"));
            }
            first += 1;
        }
        mistakes = match values {
            LabelValues::Closed(values) => mistakes.and(&explain_values(&of_label, values)),
            LabelValues::Open { max } | LabelValues::Recent { max } if max == 0 => {
                mistakes.and(&of_label.text(" has a `max` of 0; at least 1 is needed"))
            }
            LabelValues::Open { .. } | LabelValues::Recent { .. } | LabelValues::Bool => mistakes,
        };
        i += 1;
    }
    mistakes
}

const fn explain_values(of_label: &Message, values: &[&str]) -> Message {
    let mut mistakes = Message::new();
    if values.is_empty() {
        return of_label.text(" has no values; list them, or use `LabelValues::Open`");
    }
    let mut i = 0;
    while i < values.len() {
        if values[i].is_empty() {
            let mistake = " has an empty value, which is the same as no label; name the value";
            mistakes = mistakes.and(&of_label.text(mistake));
        }
        let mut first = 0;
        while first < i {
            if same_label_key(values[first], values[i]) {
                let mistake = of_label.text(" has the value `").text(values[i]);
                mistakes = mistakes.and(&mistake.text("` twice; remove one of them"));
            }
            first += 1;
        }
        i += 1;
    }
    mistakes
}
