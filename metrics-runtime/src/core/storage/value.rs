/// The value of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Of an instrument of unsigned integers.
    U64(u64),
    /// Of an instrument of signed integers.
    I64(i64),
    /// Of an instrument of floating point numbers.
    F64(f64),
}
