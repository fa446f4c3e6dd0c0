//! The time of one recording operation, for each library.
//!
//! ```text
//! case -> contenders/ -> rounds (all runs of a case) -> figures
//!                          contender (one run) -> threads
//! ```

mod case;
mod compare;
mod contender;
mod contenders;
mod rounds;
mod threads;

pub(crate) use case::Case;
pub(crate) use compare::compare;
pub(crate) use contenders::{HANDLE, NM};
pub(crate) use rounds::Plan;
