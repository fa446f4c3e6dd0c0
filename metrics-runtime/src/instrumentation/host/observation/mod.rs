//! The observations of all roles.

mod begin;
mod cpu;
mod devices;
mod filesystems;
mod kernel_reading;
mod memory;

pub(super) use begin::observe_host;
