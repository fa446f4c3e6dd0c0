use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use http::{HeaderMap, header::AUTHORIZATION};
use tokio::sync::Mutex;

use super::bearer::BearerToken;
use crate::config::BearerTokenError;

/// The file with the token that a scrape has to present.
///
/// The file is read again for each request that presents a token, as Prometheus reads its
/// `credentials_file` for each scrape: a token that is replaced, for example by Kubernetes, is
/// valid from the next request on. While the file cannot be read, no request is admitted.
#[derive(Debug)]
pub(super) struct TokenFile {
    path: PathBuf,
    /// One request reads at a time, so that a file system that hangs occupies one thread only.
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
enum State {
    Readable,
    Unreadable,
}

/// The token cannot be read now.
#[derive(Debug)]
pub(super) struct TokenUnreadable;

impl TokenFile {
    /// Reads the file once, so that a mistake in it is found at the start.
    pub(super) fn open(path: &Path) -> Result<Self, BearerTokenError> {
        BearerToken::from_file(path)?;
        Ok(Self { path: path.to_owned(), state: Arc::new(Mutex::new(State::Readable)) })
    }

    /// Whether the request presents the current token of the file.
    pub(super) async fn admits(&self, headers: &HeaderMap) -> Result<bool, TokenUnreadable> {
        if !headers.contains_key(AUTHORIZATION) {
            return Ok(false);
        }
        let (path, state) = (self.path.clone(), Arc::clone(&self.state).lock_owned().await);
        let read = tokio::task::spawn_blocking(move || {
            let mut state = state;
            let token = BearerToken::from_file(&path);
            state.update(token.as_ref().err());
            token.map_err(|_| TokenUnreadable)
        });
        // The runtime may be shutting down.
        Ok(read.await.map_err(|_| TokenUnreadable)??.admits(headers))
    }
}

impl State {
    /// Updates the state, and logs a change.
    fn update(&mut self, error: Option<&BearerTokenError>) {
        match (&self, error) {
            (Self::Readable, Some(error)) => {
                tracing::error!(%error, "scrapes are refused until the bearer token can be read");
                *self = Self::Unreadable;
            }
            (Self::Unreadable, None) => {
                tracing::info!("the bearer token can be read again");
                *self = Self::Readable;
            }
            _ => {}
        }
    }
}
