/// One label of a metric: its key and the values that it can have.
///
/// ```
/// use osapi_metrics::descriptor::{LabelDescriptor, LabelValues};
///
/// const REGION: LabelDescriptor =
///     LabelDescriptor::new("region", LabelValues::Closed(&["eu", "us"]));
/// assert_eq!(REGION.size(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelDescriptor {
    /// The key of the attribute in OpenTelemetry. Prometheus shows `_` where the key has a dot.
    pub key: &'static str,
    /// The values that the label can have.
    pub values: LabelValues,
}

/// The values that a label can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelValues {
    /// Exactly these values.
    Closed(&'static [&'static str]),
    /// `false` and `true`.
    Bool,
    /// Any values, up to a declared number of different ones.
    Open {
        /// The declared limit. A value beyond it is recorded in the overflow series.
        max: usize,
    },
    /// Any values. The series of the most recently used values are kept.
    Recent {
        /// The number of values that have series at a time.
        max: usize,
    },
}

impl LabelDescriptor {
    /// A label of this key with these values.
    pub const fn new(key: &'static str, values: LabelValues) -> Self {
        Self { key, values }
    }

    /// Whether the label can have values that are not known at compile time.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.values, LabelValues::Open { .. } | LabelValues::Recent { .. })
    }

    /// The number of different values that the label can have, or that can have series at a time.
    pub const fn size(&self) -> usize {
        match self.values {
            LabelValues::Closed(values) => values.len(),
            LabelValues::Bool => 2,
            LabelValues::Open { max } | LabelValues::Recent { max } => max,
        }
    }
}
