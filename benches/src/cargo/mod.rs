//! `cargo` in a process of its own, and the packages that it compiles below the target folder.

mod command;
mod package;

pub(crate) use command::{Cargo, CargoError, can_count};
pub(crate) use package::{fake_nvml, osapi, otel, prepare};
