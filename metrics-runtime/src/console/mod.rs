//! Collections on standard output: a thread prints a snapshot as text at an interval.

mod print;
mod printer;
#[cfg(test)]
mod tests;

pub(crate) use printer::{ConsolePrinter, PreparedPrinter, prepare};
