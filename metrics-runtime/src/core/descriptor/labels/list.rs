use osapi_metrics_rules::{Message, explain_exemplar_label_key, explain_label_key, same_label_key};

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

/// The keys of the labels that only exemplars of a set have, and of the sets that are flattened
/// into it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct KeyList {
    keys: [&'static str; MAX_LABELS],
    len: usize,
}

impl KeyList {
    /// The keys, for the lifetime of the list: `'static` for a constant.
    pub const fn as_slice(&self) -> &[&'static str] {
        self.keys.split_at(self.len).0
    }
}

/// Joins the keys of labels that only exemplars have.
///
/// # Panics
///
/// At compile time, if the parts have more than 32 keys.
#[doc(hidden)]
#[track_caller]
pub const fn concat_keys(parts: &[&[&'static str]]) -> KeyList {
    let mut keys = [""; MAX_LABELS];
    let mut len = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            assert!(len < MAX_LABELS, "an exemplar has at most 32 labels of a set; remove some");
            keys[len] = parts[part][i];
            len += 1;
            i += 1;
        }
        part += 1;
    }
    KeyList { keys, len }
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

/// Refuses the key of a label that only exemplars have, for one that a constant has.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_exemplar_label_key(key: &str, semconv_names: bool) {
    if let Some(mistake) = explain_exemplar_label_key(key, semconv_names) {
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
pub const fn assert_distinct_keys(labels: &[LabelDescriptor], exemplar_labels: &[&str]) {
    let mut second = 0;
    while second < labels.len() + exemplar_labels.len() {
        let key = nth_key(labels, exemplar_labels, second);
        let mut first = 0;
        while first < second {
            if same_label_key(nth_key(labels, exemplar_labels, first), key) {
                let message = Message::new().text("two labels have the key `").text(key);
                let message = message.text("`; rename one of them");
                panic!("{}", message.as_str());
            }
            first += 1;
        }
        second += 1;
    }
}

/// The key at a position among the labels of a set and, behind them, those of its exemplars.
const fn nth_key<'a>(
    labels: &[LabelDescriptor],
    exemplar_labels: &[&'a str],
    nth: usize,
) -> &'a str {
    if nth < labels.len() { labels[nth].key } else { exemplar_labels[nth - labels.len()] }
}
