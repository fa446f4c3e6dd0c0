//! The rule for constant labels (L7).

use crate::{
    label::{check_label_key, explain_label_key},
    message::Message,
    text,
};

/// The most constant labels that a runtime or a set has: every line of a scrape and every point of
/// a push repeats them.
pub const MAX_CONSTANT_LABELS: usize = 64;

/// The most bytes of the key, and of the value, of a constant label.
pub const MAX_CONSTANT_LABEL_BYTES: usize = 255;

/// L7: the mistake in the key of a constant label, and its remedy. A key follows rule L1, without
/// the dots of the semantic conventions.
///
/// ```
/// use osapi_metrics_rules::explain_constant_key;
///
/// assert!(explain_constant_key("tier").is_none());
/// assert_eq!(
///     explain_constant_key("job").unwrap().as_str(),
///     "a scrape attaches a target label `job` and would rename this one to `exported_job`; \
///      write `job_name`",
/// );
/// ```
pub const fn explain_constant_key(key: &str) -> Option<Message> {
    if key.len() > MAX_CONSTANT_LABEL_BYTES {
        let message =
            Message::new().text("the key of a constant label has at most 255 bytes, and ");
        return Some(message.text("this one ").number(key.len()).text("; shorten it"));
    }
    if check_label_key(key).is_some() && text::find(key.as_bytes(), b'.').is_some() {
        let message = "the key of a constant label has no dots; write it in snake_case";
        return Some(Message::new().text(message));
    }
    explain_label_key(key, false)
}

/// L7: the mistake in the value of a constant label, and its remedy.
///
/// ```
/// use osapi_metrics_rules::explain_constant_value;
///
/// assert!(explain_constant_value("batch").is_none());
/// assert!(explain_constant_value("").is_some());
/// ```
pub const fn explain_constant_value(value: &str) -> Option<Message> {
    let message = Message::new();
    if value.is_empty() {
        let message = message.text("an empty value is the same as no label; write a value, or ");
        return Some(message.text("leave the label out"));
    }
    if value.len() > MAX_CONSTANT_LABEL_BYTES {
        let message = message.text("the value of a constant label has at most 255 bytes, and ");
        return Some(message.text("this one ").number(value.len()).text("; shorten it"));
    }
    None
}

/// L7: the mistake in the number of constant labels, and its remedy.
///
/// ```
/// use osapi_metrics_rules::explain_constant_labels;
///
/// assert!(explain_constant_labels(64).is_none());
/// assert!(explain_constant_labels(65).is_some());
/// ```
pub const fn explain_constant_labels(labels: usize) -> Option<Message> {
    if labels <= MAX_CONSTANT_LABELS {
        return None;
    }
    let message = Message::new().text("a set has at most 64 constant labels, as each of its ");
    let message = message.text("series has them, and this one has ").number(labels);
    Some(message.text("; remove some"))
}

/// Whether two valid label keys are one label in a scrape, which shows `_` for a dot.
///
/// ```
/// use osapi_metrics_rules::is_one_key_in_scrape;
///
/// assert!(is_one_key_in_scrape("http.route", "http_route"));
/// assert!(!is_one_key_in_scrape("http.route", "http"));
/// ```
pub const fn is_one_key_in_scrape(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b) {
        if shown(*first) != shown(*other) {
            return false;
        }
        (a, b) = (rest, others);
    }
    a.is_empty() && b.is_empty()
}

const fn shown(byte: u8) -> u8 {
    if byte == b'.' { b'_' } else { byte }
}
