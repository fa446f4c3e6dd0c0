//! Collections on standard output: each collection of the SDK is printed at an interval.

mod reader;

pub(crate) use reader::start;
