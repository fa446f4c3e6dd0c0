use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use osapi_metrics::instrumentation::redis::ObservedConnection;
use redis::{
    FromRedisValue, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::{sync::Notify, time::sleep};

use super::{
    super::error::QueueError,
    scripts::ScriptCall,
    server::{FOREIGN_RECORD, RedisServer, error_text, refusal},
};

/// The longest time that it takes to connect, with the login.
pub(super) const CONNECTION_TIMEOUT: Duration = Duration::from_secs(3);

/// The longest time that the server takes for an answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The times before a call is repeated.
const REPETITIONS: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

/// What the scripts are sent over.
type ServerConnection = ObservedConnection<ConnectionManager>;

/// The name of the connection in its metrics.
const NAME: &str = "queue";

/// The connection to the server, which is opened at the first use and again after it was lost.
pub(super) struct Connection {
    server: RedisServer,
    current: Mutex<ServerConnection>,
    /// What the last check has found: a server that does not like a command may end the connection
    /// without a word.
    problem: Mutex<Option<QueueError>>,
    /// Notified of each call that fails.
    pub(super) failed: Notify,
}

/// Whether a call whose answer is lost may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The second call changes nothing and has the same answer.
    Yes,
    /// The second call would do the work again.
    No,
}

fn open(server: &RedisServer) -> ServerConnection {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECTION_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT))
        .set_number_of_retries(0);
    let connection = ConnectionManager::new_lazy_with_config(server.client.clone(), config)
        .expect("a configuration without push messages is accepted");
    ObservedConnection::new(connection, NAME)
}

impl Connection {
    pub(super) fn new(server: RedisServer) -> Self {
        let current = Mutex::new(open(&server));
        Self { server, current, problem: Mutex::default(), failed: Notify::new() }
    }

    /// Takes note of what a check has found.
    pub(super) fn set_problem(&self, problem: Option<QueueError>) {
        *lock(&self.problem) = problem;
    }

    /// Replaces the connection. One whose login failed would stay as it is, and one whose server
    /// vanished without a word would be waited for.
    pub(super) fn renew(&self) {
        *lock(&self.current) = open(&self.server);
    }

    /// Runs a script on the server.
    pub(super) async fn call<T: FromRedisValue>(
        &self,
        script: &ScriptCall,
        repeat: Repeat,
    ) -> Result<T, QueueError> {
        let mut repetitions = REPETITIONS.iter().filter(|_| repeat == Repeat::Yes);
        loop {
            let mut connection = lock(&self.current).clone();
            let error = match script.run(&mut connection).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            self.failed.notify_one();
            match repetitions.next() {
                // A server that is silent is not asked again: the caller has waited enough.
                Some(delay) if error.is_io_error() && !error.is_timeout() => sleep(*delay).await,
                _ => return Err(self.error(&error)),
            }
        }
    }

    fn error(&self, error: &RedisError) -> QueueError {
        if error.code() == Some(FOREIGN_RECORD) {
            let (id, reason) =
                error.detail().and_then(|text| text.split_once(' ')).unwrap_or_default();
            return QueueError::Foreign { id: id.to_owned(), reason: reason.to_owned() };
        }
        let known = lock(&self.problem).clone().filter(|_| error.is_io_error());
        known.unwrap_or_else(|| {
            let reason = self.reason(&error_text(error));
            match refusal(error) {
                Some(refusal) => QueueError::Refused { refusal, reason },
                None => QueueError::Away { reason },
            }
        })
    }

    /// A problem, with the address of the server.
    pub(super) fn reason(&self, problem: &str) -> String {
        format!("Redis at {}: {problem}", self.server)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("server", &self.server).finish_non_exhaustive()
    }
}
