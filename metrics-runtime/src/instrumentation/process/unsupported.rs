//! Systems whose processes are not read.

use std::convert::Infallible;

use super::{ProcessError, reading::Reading};
use crate::roles::Count;

#[derive(Debug)]
pub(super) struct ProcFiles(Infallible);

impl ProcFiles {
    pub(super) fn open(_: Count) -> Result<Self, ProcessError> {
        Err(ProcessError::Unsupported)
    }

    pub(super) fn read(&self) -> Reading {
        match self.0 {}
    }
}
