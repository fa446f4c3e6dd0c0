use std::error::Error;

use super::TlsPaths;
use crate::config::TlsFileError;

/// The connector of an HTTP client.
pub(crate) type TlsConnector<C> = C;

/// There are no settings.
#[derive(Debug, Default)]
pub(crate) struct TlsSettings(());

impl TlsSettings {
    #[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
    pub(crate) fn read(_: TlsPaths<'_>) -> Result<Self, TlsFileError> {
        Ok(Self(()))
    }

    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "with the feature there are settings, which can be wrong"
    )]
    pub(crate) fn connector<C>(&self, inner: C) -> Result<C, Box<dyn Error + Send + Sync>> {
        Ok(inner)
    }
}
