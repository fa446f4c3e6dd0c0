//! A thread that exports at one interval or several, and whenever it is asked to.
//!
//! A task can have groups, each with an interval of its own. The schedule decides for which groups
//! the task runs, and when: groups that are due at the same time are one run.
//!
//! The thread collects, so it runs the callbacks of observable instruments: no thread of the
//! application waits for them, nor for an exporter.

mod error;
mod schedule;
mod thread;

pub(crate) use error::TaskError;
#[cfg(any(feature = "_otlp", feature = "console"))]
pub(crate) use schedule::DueGroups;
#[cfg(all(test, feature = "_otlp"))]
pub(crate) use schedule::Schedule;
pub(crate) use thread::{Occasion, PeriodicThread, PreparedThread};
