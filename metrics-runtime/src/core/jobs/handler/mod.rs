//! Annotated functions: the statics that generated code declares, their registration, and the
//! checks that the compiler makes of them.

mod assertions;
mod job_handler;
mod latency;
mod named;
mod of_set;

pub use named::NamedHandler;
pub use of_set::{HasHandler, SetHandler};

pub(crate) use latency::is_boundary;
