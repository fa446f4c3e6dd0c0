//! Systems whose kernel is not read.

use std::{convert::Infallible, io, path::Path};

use super::{
    HostError,
    needs::Needs,
    patterns::Patterns,
    reading::{MountedSpace, Reading, Space},
    settings::Settings,
};
use crate::roles::Count;

#[derive(Debug)]
pub(super) struct Kernel(Infallible);

impl Kernel {
    pub(super) fn open(_: &Settings, _: Needs, _: Count) -> Result<Self, HostError> {
        Err(HostError::Unsupported)
    }

    pub(super) fn read(&mut self) -> Reading {
        match self.0 {}
    }
}

#[derive(Debug)]
pub(super) struct FilesystemReader;

impl FilesystemReader {
    pub(super) fn new(_: &Path, _: &Path, _: bool, _: Patterns, _: Count) -> Self {
        Self
    }

    pub(super) fn read(&mut self) -> io::Result<Vec<MountedSpace>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub(super) fn read_space(_: &Path) -> io::Result<Space> {
    Err(io::ErrorKind::Unsupported.into())
}
