//! The operations that a job can ask for, their arguments and their result.
//!
//! To add an operation: declare its arguments in `args.rs`, give [`Operation`] a variant and an
//! [`OperationSpec`] in `operation.rs`, and write its handler in [`handlers`](crate::handlers).

mod args;
mod operation;
mod output;
#[cfg(test)]
mod tests;
mod visitors;

pub use args::{ListArgs, ResolveArgs, Sha256Args, WaitArgs};
pub use operation::{OPERATIONS, Operation, OperationSpec, RequestError};
pub use output::Output;
