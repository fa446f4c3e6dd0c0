use std::fmt;

/// The Rust type of a metric's values, as a [`MetricDescriptor`](crate::MetricDescriptor) has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Unsigned integers: `u64`.
    U64,
    /// Signed integers: `i64`.
    I64,
    /// Floating point numbers: `f64`.
    F64,
}

impl ValueType {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
