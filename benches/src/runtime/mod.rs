//! osapi-metrics as every measurement installs it, whatever the environment says, and the collector
//! that it exports to.

pub(crate) mod collector;
mod install;

#[cfg(test)]
pub(crate) use install::only_one_runtime;
pub(crate) use install::{BOTH, State, install};
