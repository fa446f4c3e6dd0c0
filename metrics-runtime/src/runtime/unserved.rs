//! The runtime without the feature `prometheus`: nothing is served.

use std::sync::Arc;

use super::{InstallError, Shared};
use crate::{
    config::MetricsConfig,
    provider::{Provider, Readers},
};

/// Nothing reads.
pub(super) struct Reader;

#[derive(Debug)]
pub(super) struct Pull;

pub(super) fn add_reader(_: &mut Readers, _: &MetricsConfig) -> Reader {
    Reader
}

pub(super) fn pull(_: Reader, _: usize, _: &Provider) -> Pull {
    Pull
}

#[derive(Debug)]
pub(super) struct Served;

impl Served {
    #[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
    pub(super) fn prepare(_: &Arc<Shared>) -> Result<Self, InstallError> {
        Ok(Self)
    }

    #[expect(clippy::unused_self, reason = "with the feature there are servers")]
    pub(super) fn stop(&self) {}
}
