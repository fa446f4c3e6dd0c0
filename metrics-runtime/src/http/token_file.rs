use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use http::{HeaderMap, header::AUTHORIZATION};
use tokio::{
    sync::{Mutex, oneshot},
    time::timeout,
};

use super::bearer::BearerToken;
use crate::config::BearerTokenError;

/// How long a request waits for the read of another request.
const TURN: Duration = Duration::from_secs(1);
/// How long no read begins after a read that hangs. It doubles with each read that hangs.
const PAUSE: Duration = Duration::from_secs(60);
/// The most times that the pause doubles, to about an hour.
const MAX_DOUBLINGS: usize = 6;

/// The file with the token that a scrape has to present.
///
/// The file is read again for each request that presents a token, as Prometheus reads its
/// `credentials_file` for each scrape: a token that is replaced, for example by Kubernetes, is
/// valid from the next request on. While the file cannot be read, no request is admitted.
///
/// A file system can hang. Each read has a thread of its own, so that the end of the process does
/// not wait for it. A read that hangs costs one request its time; other requests are refused at
/// once until the read ends, or until it is time to try another one.
#[derive(Debug)]
pub(super) struct TokenFile {
    path: PathBuf,
    /// One request reads at a time.
    state: Mutex<State>,
    /// The threads that read, with those that hang.
    reading: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct State {
    is_readable: bool,
    /// When the last read began.
    began: Instant,
}

/// The token cannot be read now.
#[derive(Debug)]
pub(super) struct TokenUnreadable;

impl TokenFile {
    /// Reads the file once, so that a mistake in it is found at the start.
    pub(super) fn open(path: &Path) -> Result<Self, BearerTokenError> {
        BearerToken::from_file(path)?;
        Ok(Self {
            path: path.to_owned(),
            state: Mutex::new(State { is_readable: true, began: Instant::now() }),
            reading: Arc::default(),
        })
    }

    /// Whether the request presents the current token of the file.
    pub(super) async fn admits(&self, headers: &HeaderMap) -> Result<bool, TokenUnreadable> {
        if !headers.contains_key(AUTHORIZATION) {
            return Ok(false);
        }
        let state = timeout(TURN, self.state.lock()).await;
        let mut state = state.map_err(|_| TokenUnreadable)?;
        let hanging = self.reading.load(Ordering::Relaxed);
        if hanging > 0 && state.began.elapsed() < pause(hanging) {
            state.update(Some("its read hangs"));
            return Err(TokenUnreadable);
        }
        state.began = Instant::now();
        let path = self.path.clone();
        // If the time of the request is over, the state is free for the next one.
        let read = read_apart(&self.reading, move || BearerToken::from_file(&path)).await;
        let token = match read {
            None => Err("there is no thread to read it".to_owned()),
            Some(token) => token.map_err(|error| error.to_string()),
        };
        state.update(token.as_ref().err().map(String::as_str));
        Ok(token.map_err(|_| TokenUnreadable)?.admits(headers))
    }
}

/// The result of a function that runs on a thread of its own, which nothing waits for. `None` if
/// there is no such thread.
async fn read_apart<T: Send + 'static>(
    reading: &Arc<AtomicUsize>,
    read: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    reading.fetch_add(1, Ordering::Relaxed);
    let counted = Counted(Arc::clone(reading));
    let thread = thread::Builder::new().name("bearer token".to_owned());
    let started = thread.spawn(move || {
        let result = read();
        drop(counted);
        // The request may be over.
        let _ = sender.send(result);
    });
    started.ok()?;
    receiver.await.ok()
}

/// A read that has not ended.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn pause(hanging: usize) -> Duration {
    PAUSE * (1 << (hanging - 1).min(MAX_DOUBLINGS))
}

impl State {
    /// Updates the state, and logs a change.
    fn update(&mut self, error: Option<&str>) {
        match (self.is_readable, error) {
            (true, Some(error)) => {
                tracing::error!(%error, "scrapes are refused until the bearer token can be read");
            }
            (false, None) => tracing::info!("the bearer token can be read again"),
            _ => {}
        }
        self.is_readable = error.is_none();
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::mpsc};

    use super::*;

    fn presenting(token: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse().unwrap())])
    }

    #[tokio::test]
    #[cfg(unix)]
    async fn a_pipe_is_refused_and_the_repaired_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "s3cret").unwrap();
        let file = TokenFile::open(&path).unwrap();
        assert!(file.admits(&presenting("s3cret")).await.unwrap());

        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        assert!(file.admits(&presenting("s3cret")).await.is_err());
        let error = TokenFile::open(&path).unwrap_err().to_string();
        assert!(error.ends_with("it is a pipe, not a regular file"), "{error}");

        fs::remove_file(&path).unwrap();
        fs::write(&path, "another").unwrap();
        assert!(file.admits(&presenting("another")).await.unwrap());
    }

    #[tokio::test]
    async fn a_read_that_hangs_costs_one_request_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "s3cret").unwrap();
        let file = TokenFile::open(&path).unwrap();

        let (release, hang) = mpsc::channel::<()>();
        let (ended, end) = oneshot::channel();
        let hanging = read_apart(&file.reading, move || {
            let _ = hang.recv();
            // Behind the read: the thread is counted until then.
            ended
        });
        let over = timeout(Duration::from_millis(1), hanging).await;
        assert!(over.is_err());

        let began = Instant::now();
        assert!(file.admits(&presenting("s3cret")).await.is_err());
        assert!(began.elapsed() < TURN);
        assert!(!file.state.lock().await.is_readable);

        // Another read is tried when the pause is over, and does not hang.
        file.state.lock().await.began -= PAUSE;
        assert!(file.admits(&presenting("s3cret")).await.unwrap());
        assert_eq!(file.reading.load(Ordering::Relaxed), 1);

        drop(release);
        // The sender goes with the result that nobody takes.
        assert!((end as oneshot::Receiver<()>).await.is_err());
        assert_eq!(file.reading.load(Ordering::Relaxed), 0);
        assert!(file.admits(&presenting("s3cret")).await.unwrap());
    }

    #[test]
    fn pauses_double_and_have_an_end() {
        assert_eq!(pause(1), PAUSE);
        assert_eq!(pause(2), 2 * PAUSE);
        assert_eq!(pause(1_000_000), 64 * PAUSE);
    }
}
