//! The attribute on an `impl` block: each of its methods is a job, as if the attribute were on it,
//! with the keys of the block and its own.
//!
//! `parse` reads the block and leaves its bodies to the compiler, `names` makes the prefix of the
//! names of its jobs, `inherit` gives the keys of the block to a method, and `methods` expands each
//! method as a function with the attribute.

mod inherit;
mod methods;
mod names;
mod parse;

pub(super) use methods::expand;
pub(super) use parse::Block;
