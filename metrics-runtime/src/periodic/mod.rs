//! A thread that exports at an interval, and whenever it is asked to.
//!
//! The thread collects, so it runs the callbacks of observable instruments: no thread of the
//! application waits for them, nor for an exporter.

mod error;
mod thread;

pub(crate) use error::TaskError;
pub(crate) use thread::{Occasion, PeriodicThread, PreparedThread};
