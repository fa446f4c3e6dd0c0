/// One label of a metric: its key and which values it can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelDescriptor {
    /// The attribute key, as OpenTelemetry sees it.
    pub key: &'static str,
    /// The values.
    pub values: LabelValues,
}

/// Which values a label can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelValues {
    /// Exactly these.
    Closed(&'static [&'static str]),
    /// `false` and `true`.
    Bool,
    /// Any, as long as there are at most this many different ones.
    Open {
        /// The declared limit. What comes beyond it is recorded in the overflow series.
        max: usize,
    },
    /// Any, of which the series of the most recently used ones are kept.
    Recent {
        /// How many values have series at a time.
        max: usize,
    },
}

impl LabelDescriptor {
    /// A label of this key that takes these values.
    pub const fn new(key: &'static str, values: LabelValues) -> Self {
        Self { key, values }
    }

    /// Whether the label can take values that are not known at compile time.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.values, LabelValues::Open { .. } | LabelValues::Recent { .. })
    }

    /// How many different values the label can take, or have series at a time.
    pub const fn size(&self) -> usize {
        match self.values {
            LabelValues::Closed(values) => values.len(),
            LabelValues::Bool => 2,
            LabelValues::Open { max } | LabelValues::Recent { max } => max,
        }
    }
}
