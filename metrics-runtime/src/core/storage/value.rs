/// The value of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// The value of an instrument of unsigned integers.
    U64(u64),
    /// The value of an instrument of signed integers.
    I64(i64),
    /// The value of an instrument of floating point numbers.
    F64(f64),
}

impl Value {
    /// The number as a float, which is the nearest one for a large integer.
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::U64(number) => number as f64,
            Self::I64(number) => number as f64,
            Self::F64(number) => number,
        }
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::U64(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::F64(value)
    }
}
