use osapi_metrics_rules::{Message, explain_label_key, same_label_key};

use super::descriptor::{LabelDescriptor, LabelValues};

/// The product of the labels' sizes, or `usize::MAX` if it is greater.
#[doc(hidden)]
pub const fn series_count(labels: &[LabelDescriptor]) -> usize {
    let mut product = 1_usize;
    let mut i = 0;
    while i < labels.len() {
        product = product.saturating_mul(labels[i].size());
        i += 1;
    }
    product
}

/// The labels of a set and of the sets that are flattened into it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct LabelList {
    labels: [LabelDescriptor; MAX_LABELS],
    len: usize,
}

/// The most labels that a metric can have.
pub(super) const MAX_LABELS: usize = 32;

impl LabelList {
    /// The labels, for the lifetime of the list: `'static` for a constant.
    pub const fn as_slice(&self) -> &[LabelDescriptor] {
        self.labels.split_at(self.len).0
    }
}

/// Joins the parts of a label set.
///
/// # Panics
///
/// At compile time, if the parts have more than 32 labels.
#[doc(hidden)]
#[track_caller]
pub const fn concat(parts: &[&[LabelDescriptor]]) -> LabelList {
    let mut labels = [LabelDescriptor::new("", LabelValues::Bool); MAX_LABELS];
    let mut len = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            assert!(len < MAX_LABELS, "a metric has at most 32 labels; remove some");
            labels[len] = parts[part][i];
            len += 1;
            i += 1;
        }
        part += 1;
    }
    LabelList { labels, len }
}

/// Refuses a label key that breaks rule L1, for one that a constant has.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_label_key(key: &str, semconv_names: bool) {
    if let Some(mistake) = explain_label_key(key, semconv_names) {
        panic!("{}", mistake.as_str());
    }
}

/// Checks rule L2 for a set with the sets that are flattened into it, or with keys that constants
/// have.
///
/// # Panics
///
/// At compile time, if two labels have one key.
#[doc(hidden)]
#[track_caller]
pub const fn assert_distinct_keys(labels: &[LabelDescriptor]) {
    let mut second = 0;
    while second < labels.len() {
        let mut first = 0;
        while first < second {
            if same_label_key(labels[first].key, labels[second].key) {
                let message =
                    Message::new().text("two labels have the key `").text(labels[first].key);
                let message = message.text("`; rename one of them");
                panic!("{}", message.as_str());
            }
            first += 1;
        }
        second += 1;
    }
}
