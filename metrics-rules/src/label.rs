//! The rules for label keys (L1, L2).

use crate::{
    message::Message,
    name::{CAPACITY, normalize},
    text::{self, AsciiBuffer},
};

/// A mistake in a label key (rule L1). `at` is a byte offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelViolation {
    /// The key is empty.
    Empty,
    /// The key does not begin with a lower-case letter.
    BadStart,
    /// The key ends in `_`.
    BadEnd,
    /// An upper-case letter.
    UpperCase {
        /// Where it stands.
        at: usize,
    },
    /// A character that is not a letter, a digit or `_`.
    BadCharacter {
        /// Where it stands.
        at: usize,
    },
    /// Two `_` in a row.
    DoubledSeparator {
        /// Where the second one stands.
        at: usize,
    },
    /// The key begins with `__`, which Prometheus reserves.
    ReservedPrefix,
    /// `le` or `quantile`: the labels of the series of histograms and summaries.
    ReservedKey,
    /// `job`: a scrape attaches a target label of that name.
    TargetJob,
    /// `instance`: a scrape attaches a target label of that name.
    TargetInstance,
    /// `otel_scope_…` or `otel_metric_overflow`: `OpenTelemetry` reserves these keys.
    ReservedByOtel,
}

impl LabelViolation {
    const fn problem(&self) -> &'static str {
        match self {
            Self::Empty => "the label key is empty",
            Self::BadStart => "a label key begins with a lower-case letter",
            Self::BadEnd => "a label key ends in a letter or digit",
            Self::UpperCase { .. } => "a label key has no upper-case letters",
            Self::BadCharacter { .. } => "a label key has letters, digits and `_` only",
            Self::DoubledSeparator { .. } => "a label key has no `_` after another",
            Self::ReservedPrefix => "label keys that begin with `__` belong to Prometheus",
            Self::ReservedKey => {
                "`le` and `quantile` are the labels histograms and summaries are made of"
            }
            Self::TargetJob => {
                "a scrape attaches a target label `job` and would rename this one to `exported_job`"
            }
            Self::TargetInstance => {
                "a scrape attaches a target label `instance` and would rename this one to `exported_instance`"
            }
            Self::ReservedByOtel => {
                "`otel_scope_…` and `otel_metric_overflow` belong to OpenTelemetry"
            }
        }
    }

    /// The remedy if the corrected key is not known.
    const fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "name it in snake_case",
            Self::BadStart => "put a word in front",
            Self::BadEnd => "remove the last `_`",
            Self::UpperCase { .. } | Self::BadCharacter { .. } => "write it in snake_case",
            Self::DoubledSeparator { .. } => "remove one of them",
            Self::ReservedPrefix
            | Self::ReservedKey
            | Self::TargetJob
            | Self::TargetInstance
            | Self::ReservedByOtel => "rename it",
        }
    }

    /// The number of the rule.
    pub const fn rule(&self) -> &'static str {
        "L1"
    }
}

/// The mistake in a label key and its remedy, if there is one. `semconv_names` says that the set
/// has `allow(semconv_names)`, so that dots may join words as in the keys of the semantic
/// conventions.
///
/// ```
/// use osapi_metrics_rules::explain_label_key;
///
/// assert!(explain_label_key("queue_name", false).is_none());
/// assert!(explain_label_key("http.route", true).is_none());
/// assert_eq!(
///     explain_label_key("queueName", false).unwrap().as_str(),
///     "a label key has no upper-case letters; write `queue_name`",
/// );
/// ```
pub const fn explain_label_key(key: &str, semconv_names: bool) -> Option<Message> {
    let without_dots = with_underscores(key.as_bytes());
    let judged = if semconv_names && key.is_ascii() { without_dots.as_str() } else { key };
    let Some(violation) = check_label_key(judged) else { return None };
    let message = Message::new().text(violation.problem()).text("; ");
    if !key.is_ascii() {
        return Some(message.text(violation.remedy()));
    }
    let is_dotted = text::find(key.as_bytes(), b'.').is_some();
    if is_dotted && !semconv_names && check_label_key(without_dots.as_str()).is_none() {
        return Some(Message::new().text("label keys are snake_case; write `").text(without_dots.as_str()).text(
            "`, or `#[label(allow(semconv_names))]` on the struct for keys of OpenTelemetry's semantic conventions",
        ));
    }
    let normal = normalize(another_key(key).as_bytes());
    let snake = with_underscores(normal.as_bytes());
    if check_label_key(snake.as_str()).is_some() {
        return Some(message.text(violation.remedy()));
    }
    let proposal = if semconv_names { normal.as_str() } else { snake.as_str() };
    Some(message.text("write `").text(proposal).text("`"))
}

/// The mistake in the key of a label that only exemplars have, as [`explain_label_key`] has those
/// of other labels: also `trace_id` and `span_id` are reserved, which every exemplar of a span has.
///
/// ```
/// use osapi_metrics_rules::explain_exemplar_label_key;
///
/// assert!(explain_exemplar_label_key("request_id", false).is_none());
/// assert!(explain_exemplar_label_key("trace_id", false).is_some());
/// assert!(explain_exemplar_label_key("requestId", false).is_some());
/// ```
pub const fn explain_exemplar_label_key(key: &str, semconv_names: bool) -> Option<Message> {
    if let Some(mistake) = explain_label_key(key, semconv_names) {
        return Some(mistake);
    }
    match with_underscores(key.as_bytes()).as_str().as_bytes() {
        b"trace_id" | b"span_id" => Some(Message::new().text(
            "`trace_id` and `span_id` are the labels that an exemplar has of the current span; rename this one",
        )),
        _ => None,
    }
}

/// The key to propose in place of a reserved key.
const fn another_key(key: &str) -> &str {
    match key.as_bytes() {
        b"le" => "upper_bound",
        b"quantile" => "percentile",
        b"job" => "job_name",
        b"instance" => "instance_name",
        bytes if text::starts_with(bytes, b"otel_") => key.split_at(5).1,
        _ => key,
    }
}

const fn with_underscores(key: &[u8]) -> AsciiBuffer<CAPACITY> {
    let mut out = AsciiBuffer::new();
    let mut i = 0;
    while i < key.len() {
        out.push(if key[i] == b'.' { b'_' } else { key[i] });
        i += 1;
    }
    out
}

/// Whether two label keys are equal, for rule L2. Constants cannot call `==` on texts.
///
/// ```
/// const _: () = assert!(!osapi_metrics_rules::same_label_key("queue", "status"));
/// ```
pub const fn same_label_key(a: &str, b: &str) -> bool {
    text::equal(a.as_bytes(), b.as_bytes())
}

/// Whether two label keys are equal in a scrape, which shows `_` where a key has a dot.
///
/// ```
/// use osapi_metrics_rules::same_scraped_label_key;
///
/// assert!(same_scraped_label_key("link.state", "link_state"));
/// assert!(!same_scraped_label_key("link.state", "link"));
/// ```
pub const fn same_scraped_label_key(a: &str, b: &str) -> bool {
    same_label_key(with_underscores(a.as_bytes()).as_str(), with_underscores(b.as_bytes()).as_str())
}

/// Checks a label key (rule L1): it is in `snake_case`, and a scrape, a histogram or OpenTelemetry
/// does not use it.
///
/// ```
/// use osapi_metrics_rules::{LabelViolation, check_label_key};
///
/// assert_eq!(check_label_key("job_name"), None);
/// assert_eq!(check_label_key("job"), Some(LabelViolation::TargetJob));
/// ```
pub const fn check_label_key(key: &str) -> Option<LabelViolation> {
    let key = key.as_bytes();
    if key.is_empty() {
        return Some(LabelViolation::Empty);
    }
    if text::starts_with(key, b"__") {
        return Some(LabelViolation::ReservedPrefix);
    }
    let mut at = 0;
    while at < key.len() {
        match key[at] {
            b'A'..=b'Z' => return Some(LabelViolation::UpperCase { at }),
            b'0'..=b'9' | b'_' if at == 0 => return Some(LabelViolation::BadStart),
            b'_' if key[at - 1] == b'_' => return Some(LabelViolation::DoubledSeparator { at }),
            b'a'..=b'z' | b'0'..=b'9' | b'_' => {}
            _ => return Some(LabelViolation::BadCharacter { at }),
        }
        at += 1;
    }
    if key[key.len() - 1] == b'_' {
        return Some(LabelViolation::BadEnd);
    }
    match key {
        b"le" | b"quantile" => Some(LabelViolation::ReservedKey),
        b"job" => Some(LabelViolation::TargetJob),
        b"instance" => Some(LabelViolation::TargetInstance),
        b"otel_metric_overflow" => Some(LabelViolation::ReservedByOtel),
        _ if text::starts_with(key, b"otel_scope_") => Some(LabelViolation::ReservedByOtel),
        _ => None,
    }
}
