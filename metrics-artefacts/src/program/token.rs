use std::path::PathBuf;

use clap::Args;

use crate::bearer::{BearerFileError, BearerToken};

/// The token for addresses that a program serves.
#[derive(Debug, Args)]
pub(super) struct TokenArguments {
    /// The file with the token that programs ask for at the addresses of metrics and catalogues, as
    /// in their setting `metrics.bearer_token_file`. It is not sent to a Prometheus
    #[arg(long, value_name = "FILE")]
    bearer_token_file: Option<PathBuf>,
}

impl TokenArguments {
    pub(super) fn read(&self) -> Result<Option<BearerToken>, BearerFileError> {
        self.bearer_token_file.as_deref().map(BearerToken::read).transpose()
    }
}
