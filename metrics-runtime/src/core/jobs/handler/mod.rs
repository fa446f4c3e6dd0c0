//! Annotated functions: the statics that generated code declares, their registration, and the
//! checks that the compiler makes of them.

mod assertions;
mod handler_labels;
mod job_handler;
mod latency;

pub use job_handler::{Handler, HasHandler, NamedHandler};

pub(crate) use latency::is_boundary;
