//! The host as Linux reports it.

mod cpu;
mod devices;
mod disks;
mod filesystems;
mod kernel;
mod load;
mod memory;
mod mounts;
mod namespace;
mod network;
mod text;

pub(super) use {
    filesystems::{FilesystemReader, read_space},
    kernel::Kernel,
};
