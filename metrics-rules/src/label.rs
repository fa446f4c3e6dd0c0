use core::fmt;

use crate::text;

/// What is wrong with a label key (rule L1). `at` is a byte offset.
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
    /// A character that is no letter, digit or `_`.
    BadCharacter {
        /// Where it stands.
        at: usize,
    },
    /// Two `_` in a row.
    DoubledSeparator {
        /// Where the second one stands.
        at: usize,
    },
    /// The key begins with `__`, which Prometheus keeps for itself.
    ReservedPrefix,
    /// `le` or `quantile`: the labels that histograms and summaries are made of.
    ReservedKey,
    /// `job`: a scrape attaches a target label of that name.
    TargetJob,
    /// `instance`: a scrape attaches a target label of that name.
    TargetInstance,
    /// `otel_scope_…` or `otel_metric_overflow`: `OpenTelemetry` keeps them for itself.
    ReservedByOtel,
}

impl LabelViolation {
    /// The mistake and its remedy.
    pub const fn message(&self) -> &'static str {
        match self {
            Self::Empty => "the label key is empty; name it in snake_case",
            Self::BadStart => "a label key begins with a lower-case letter; rename it",
            Self::BadEnd => "a label key ends in a letter or digit; remove the last `_`",
            Self::UpperCase { .. } => {
                "a label key has no upper-case letters; write it in snake_case"
            }
            Self::BadCharacter { .. } => {
                "a label key has letters, digits and `_` only; write it in snake_case"
            }
            Self::DoubledSeparator { .. } => {
                "a label key has no `_` after another; remove one of them"
            }
            Self::ReservedPrefix => {
                "label keys that begin with `__` belong to Prometheus; rename it"
            }
            Self::ReservedKey => {
                "`le` and `quantile` are the labels histograms and summaries are made of; rename it"
            }
            Self::TargetJob => {
                "a scrape attaches a target label `job` and would rename this one to `exported_job`; use `job_name`"
            }
            Self::TargetInstance => {
                "a scrape attaches a target label `instance` and would rename this one to `exported_instance`; use `instance_name`"
            }
            Self::ReservedByOtel => {
                "`otel_scope_…` and `otel_metric_overflow` belong to OpenTelemetry; rename it"
            }
        }
    }

    /// The key to use instead, where it is known.
    pub const fn proposal(&self) -> Option<&'static str> {
        match self {
            Self::TargetJob => Some("job_name"),
            Self::TargetInstance => Some("instance_name"),
            _ => None,
        }
    }

    /// The number of the rule.
    pub const fn rule(&self) -> &'static str {
        "L1"
    }
}

impl fmt::Display for LabelViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for LabelViolation {}

/// Whether two labels have one key, for rule L2: comparison of texts in constants, where `==` cannot be called.
///
/// ```
/// const _: () = assert!(!osapi_metrics_rules::same_label_key("queue", "status"));
/// ```
pub const fn same_label_key(a: &str, b: &str) -> bool {
    text::equal(a.as_bytes(), b.as_bytes())
}

/// Checks a label key: `snake_case`, and none of the keys that a scrape, a histogram or OpenTelemetry uses (rule L1).
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
