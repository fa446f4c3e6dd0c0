//! The handle of a queue.

use std::{fmt, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, Error, Executor, Postgres, Row, postgres::PgRow, types::Json};

use super::{
    Message, QueueLabels, QueueMetrics, QueueNameError, QueueOperation, QueueRoles, QueueVerb,
    message::COLUMNS, name, operation::RunningOperation,
};
use crate::{instrumentation::sqlx::ObservedPool, roles::RecordRoles};

/// A queue of PGMQ, whose operations are measured. It is cheap to clone.
///
/// Errors of its methods are errors of `sqlx`: of the pool, of the connection or of
/// PostgreSQL.
#[derive(Clone)]
pub struct Queue {
    pub(super) database: ObservedPool<Postgres>,
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: String,
    pub(super) roles: QueueRoles,
    read: Arc<str>,
    read_id: Arc<str>,
    pub(super) sample: Arc<str>,
}

impl Queue {
    /// A queue of this name, which records [`QueueMetrics`]. The queue need not exist; see
    /// [`create`](Self::create).
    ///
    /// # Errors
    ///
    /// [`QueueNameError`], by the rules of PGMQ.
    pub fn new(
        database: ObservedPool<Postgres>,
        name: impl Into<String>,
    ) -> Result<Self, QueueNameError> {
        let name = name.into();
        let labels = QueueLabels::new(name.clone());
        Self::new_in::<QueueMetrics>(database, name, &labels)
    }

    /// Same as [`new`](Self::new), in a set of your own; see [the
    /// module](super#names-of-your-own).
    ///
    /// # Errors
    ///
    /// [`QueueNameError`], by the rules of PGMQ.
    pub fn new_in<S: RecordRoles<QueueRoles>>(
        database: ObservedPool<Postgres>,
        name: impl Into<String>,
        labels: &S::Labels,
    ) -> Result<Self, QueueNameError> {
        let name = name.into();
        name::check(&name)?;
        let shared = Shared::new(name, S::global().roles(labels));
        Ok(Self { database, shared: Arc::new(shared) })
    }

    /// The name of the queue.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The database of the queue.
    pub fn database(&self) -> &ObservedPool<Postgres> {
        &self.database
    }

    /// Creates the queue, unless it exists.
    ///
    /// # Errors
    ///
    /// Errors of the database, for example if PGMQ is not [installed](super#installation).
    pub async fn create(&self) -> Result<(), Error> {
        let running = self.begin(QueueVerb::Create);
        let created = sqlx::query("SELECT pgmq.create($1::text)").bind(self.name());
        running.end(created.execute(&self.database).await.map(drop))
    }

    /// Sends a message, and returns its id.
    ///
    /// # Errors
    ///
    /// Errors of the database, and [`Error::Encode`] if the message is not JSON.
    pub async fn send<T: Serialize + Sync + ?Sized>(&self, message: &T) -> Result<i64, Error> {
        self.send_by(&self.database, message, Duration::ZERO).await
    }

    /// Sends a message that becomes visible after a delay, in whole seconds, rounded up.
    ///
    /// # Errors
    ///
    /// Same as [`send`](Self::send).
    pub async fn send_with_delay<T: Serialize + Sync + ?Sized>(
        &self,
        message: &T,
        delay: Duration,
    ) -> Result<i64, Error> {
        self.send_by(&self.database, message, delay).await
    }

    /// Sends a message by an executor of the caller, such as an
    /// [`ObservedTransaction`](super::super::sqlx::ObservedTransaction): the message is sent when
    /// the transaction is committed. The message counts as sent when the statement has succeeded,
    /// so it counts also if the transaction is then rolled back.
    ///
    /// # Errors
    ///
    /// Same as [`send`](Self::send).
    pub async fn send_on<'c, T: Serialize + Sync + ?Sized>(
        &self,
        executor: impl Executor<'c, Database = Postgres>,
        message: &T,
    ) -> Result<i64, Error> {
        self.send_by(executor, message, Duration::ZERO).await
    }

    async fn send_by<'c, T: Serialize + Sync + ?Sized>(
        &self,
        executor: impl Executor<'c, Database = Postgres>,
        message: &T,
        delay: Duration,
    ) -> Result<i64, Error> {
        let running = self.begin(QueueVerb::Send);
        let sent = sqlx::query_scalar("SELECT * FROM pgmq.send($1::text, $2::jsonb, $3::integer)")
            .bind(self.name())
            .bind(Json(message))
            .bind(seconds(delay));
        let id = running.end(sent.fetch_one(executor).await)?;
        self.shared.roles.sent.inc(&());
        Ok(id)
    }

    /// Sends several messages in one statement, and returns their ids in the order of the messages.
    ///
    /// # Errors
    ///
    /// Same as [`send`](Self::send); no message is sent then.
    pub async fn send_batch<T: Serialize + Sync>(&self, messages: &[T]) -> Result<Vec<i64>, Error> {
        self.send_batch_on(&self.database, messages).await
    }

    /// Sends several messages by an executor of the caller, as [`send_on`](Self::send_on) does one.
    ///
    /// # Errors
    ///
    /// Same as [`send`](Self::send); no message is sent then.
    pub async fn send_batch_on<'c, T: Serialize + Sync>(
        &self,
        executor: impl Executor<'c, Database = Postgres>,
        messages: &[T],
    ) -> Result<Vec<i64>, Error> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let running = self.begin(QueueVerb::Send);
        let sent = sqlx::query_scalar("SELECT * FROM pgmq.send_batch($1::text, $2::jsonb[])")
            .bind(self.name())
            .bind(messages.iter().map(Json).collect::<Vec<_>>());
        let ids: Vec<i64> = running.end(sent.fetch_all(executor).await)?;
        self.shared.roles.sent.add(&(), ids.len() as u64);
        Ok(ids)
    }

    /// Receives up to `most` visible messages, the oldest first. They stay in the queue, and become
    /// visible again after `visibility`, in whole seconds, rounded up, unless they are deleted or
    /// archived before.
    ///
    /// # Errors
    ///
    /// Errors of the database. A message that is not a `T` is no error; see [`Message::body`].
    pub async fn read<T: DeserializeOwned>(
        &self,
        visibility: Duration,
        most: u32,
    ) -> Result<Vec<Message<T>>, Error> {
        let running = self.begin(QueueVerb::Receive);
        let read = sqlx::query(AssertSqlSafe(Arc::clone(&self.shared.read)))
            .bind(self.name())
            .bind(seconds(visibility))
            .bind(i32::try_from(most).unwrap_or(i32::MAX));
        let rows = read.fetch_all(&self.database).await;
        let messages = rows.and_then(|rows| rows.iter().map(Message::of).collect());
        let messages: Vec<_> = running.end(messages)?;
        self.count_received(&messages);
        Ok(messages)
    }

    /// Receives the message of this id, if it is in the queue, visible, and not being received by
    /// another caller: to claim the message that a notification names.
    ///
    /// # Errors
    ///
    /// Same as [`read`](Self::read).
    pub async fn read_id<T: DeserializeOwned>(
        &self,
        id: i64,
        visibility: Duration,
    ) -> Result<Option<Message<T>>, Error> {
        let running = self.begin(QueueVerb::Receive);
        let read = sqlx::query(AssertSqlSafe(Arc::clone(&self.shared.read_id)))
            .bind(id)
            .bind(seconds(visibility));
        let row: Result<Option<PgRow>, Error> = read.fetch_optional(&self.database).await;
        let message = running.end(row.and_then(|row| row.as_ref().map(Message::of).transpose()))?;
        self.count_received(message.as_slice());
        Ok(message)
    }

    /// Deletes a message. Returns whether it was in the queue.
    ///
    /// # Errors
    ///
    /// Errors of the database.
    pub async fn delete(&self, id: i64) -> Result<bool, Error> {
        self.delete_on(&self.database, id).await
    }

    /// Deletes a message by an executor of the caller, such as a transaction. The message
    /// counts as deleted when the statement has succeeded.
    ///
    /// # Errors
    ///
    /// Errors of the database.
    pub async fn delete_on<'c>(
        &self,
        executor: impl Executor<'c, Database = Postgres>,
        id: i64,
    ) -> Result<bool, Error> {
        let running = self.begin(QueueVerb::Delete);
        let delete = sqlx::query_scalar("SELECT pgmq.delete($1::text, $2::bigint)");
        let deleted = delete.bind(self.name()).bind(id).fetch_one(executor).await;
        let deleted = running.end(deleted)?;
        self.shared.roles.deleted.add(&(), u64::from(deleted));
        Ok(deleted)
    }

    /// Moves a message to the archive of the queue. Returns whether it was in the queue.
    ///
    /// # Errors
    ///
    /// Errors of the database.
    pub async fn archive(&self, id: i64) -> Result<bool, Error> {
        self.archive_on(&self.database, id).await
    }

    /// Moves a message to the archive by an executor of the caller, such as a transaction.
    /// The message counts as archived when the statement has succeeded.
    ///
    /// # Errors
    ///
    /// Errors of the database.
    pub async fn archive_on<'c>(
        &self,
        executor: impl Executor<'c, Database = Postgres>,
        id: i64,
    ) -> Result<bool, Error> {
        let running = self.begin(QueueVerb::Archive);
        let archive = sqlx::query_scalar("SELECT pgmq.archive($1::text, $2::bigint)");
        let archived = archive.bind(self.name()).bind(id).fetch_one(executor).await;
        let archived = running.end(archived)?;
        self.shared.roles.archived.add(&(), u64::from(archived));
        Ok(archived)
    }

    /// Moves a message to the archive that its receiver cannot use, such as one whose
    /// [`body`](Message::body) is an error, and counts it among the errors, with the class
    /// `rejected`. Returns whether it was in the queue.
    ///
    /// # Errors
    ///
    /// Errors of the database.
    pub async fn reject(&self, id: i64) -> Result<bool, Error> {
        let rejected = self.archive(id).await?;
        if rejected {
            self.shared.roles.errors.inc(&QueueOperation::REJECTED);
        }
        Ok(rejected)
    }

    /// Makes a message invisible until `visibility` from now, in whole seconds, rounded up. With
    /// [`Duration::ZERO`] the message is visible at once. Returns whether it was in the queue.
    ///
    /// # Errors
    ///
    /// Errors of the database.
    pub async fn extend(&self, id: i64, visibility: Duration) -> Result<bool, Error> {
        let running = self.begin(QueueVerb::Extend);
        let extend =
            sqlx::query("SELECT msg_id FROM pgmq.set_vt($1::text, $2::bigint, $3::integer)")
                .bind(self.name())
                .bind(id)
                .bind(seconds(visibility));
        let row = extend.fetch_optional(&self.database).await;
        running.end(row.and_then(|row| match row {
            // A function that returns one composite value has a row of nulls for no message.
            Some(row) => Ok(row.try_get::<Option<i64>, _>(0)?.is_some()),
            None => Ok(false),
        }))
    }

    pub(super) fn begin(&self, verb: QueueVerb) -> RunningOperation<'_> {
        RunningOperation::begin(&self.shared.roles, verb)
    }

    fn count_received<T>(&self, messages: &[Message<T>]) {
        let roles = &self.shared.roles;
        let again = messages.iter().filter(|message| message.read_count > 1).count() as u64;
        roles.received.add(&(), messages.len() as u64);
        roles.retries.add(&(), again);
        roles.visibility_timeouts.add(&(), again);
    }
}

impl Shared {
    fn new(name: String, roles: QueueRoles) -> Self {
        let table = name::table(&name);
        let read = format!("SELECT {COLUMNS} FROM pgmq.read($1::text, $2::integer, $3::integer)");
        // PGMQ has no function that reads one message by its id.
        let read_id = format!(
            "WITH visible AS ( \
                 SELECT msg_id FROM {table} \
                 WHERE msg_id = $1 AND vt <= clock_timestamp() FOR UPDATE SKIP LOCKED \
             ), received AS ( \
                 UPDATE {table} m SET read_ct = read_ct + 1, last_read_at = clock_timestamp(), \
                     vt = clock_timestamp() + make_interval(secs => $2::integer) \
                 FROM visible WHERE m.msg_id = visible.msg_id \
                 RETURNING m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message \
             ) SELECT {COLUMNS} FROM received"
        );
        let sample = format!(
            "SELECT count(*) AS depth, \
                 count(*) FILTER (WHERE vt <= clock_timestamp()) AS visible_depth, \
                 extract(epoch FROM clock_timestamp() \
                     - min(enqueued_at) FILTER (WHERE isfinite(enqueued_at)))::float8 AS age \
             FROM {table}"
        );
        let [read, read_id, sample] = [read, read_id, sample].map(Arc::from);
        Self { name, roles, read, read_id, sample }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// A number of seconds as PGMQ takes it: rounded up, so that no time is shorter than asked for.
fn seconds(time: Duration) -> i32 {
    let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    i32::try_from(seconds).unwrap_or(i32::MAX)
}
