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
/// It is read anew for each request that presents one, as Prometheus reads its `credentials_file` for each scrape: a
/// token that is replaced, by Kubernetes for instance, counts from the next request on. While the file cannot be
/// read, nobody is admitted.
pub(super) struct TokenFile {
    path: PathBuf,
    /// One request reads at a time, so that a file system that hangs holds one thread only.
    state: Arc<Mutex<State>>,
}

enum State {
    Readable,
    Unreadable,
}

/// The token cannot be told now.
#[derive(Debug)]
pub(super) struct Unreadable;

impl TokenFile {
    /// Reads the file once, so that a wrong one is found at start.
    pub(super) fn open(path: &Path) -> Result<Self, BearerTokenError> {
        BearerToken::from_file(path)?;
        Ok(Self { path: path.to_owned(), state: Arc::new(Mutex::new(State::Readable)) })
    }

    /// Whether the request presents the token that is in the file now.
    pub(super) async fn admits(&self, headers: &HeaderMap) -> Result<bool, Unreadable> {
        if !headers.contains_key(AUTHORIZATION) {
            return Ok(false);
        }
        let (path, state) = (self.path.clone(), Arc::clone(&self.state).lock_owned().await);
        let read = tokio::task::spawn_blocking(move || {
            let mut state = state;
            let token = BearerToken::from_file(&path);
            state.tell(token.as_ref().err());
            token.map_err(|_| Unreadable)
        });
        // The runtime may be shutting down.
        Ok(read.await.map_err(|_| Unreadable)??.admits(headers))
    }
}

impl State {
    /// Logs what has changed since the last time.
    fn tell(&mut self, error: Option<&BearerTokenError>) {
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
