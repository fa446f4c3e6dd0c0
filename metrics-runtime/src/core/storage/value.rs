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
