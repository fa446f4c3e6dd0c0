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
