//! The messages that a queue returns.

use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{Error, Row, postgres::PgRow};

/// The columns of a message, as [`Message::of`] reads them. Times are in microseconds since the
/// epoch, so that the types of no date library are needed.
pub(super) const COLUMNS: &str = "msg_id, read_ct, \
     (extract(epoch FROM enqueued_at) * 1000000)::bigint AS enqueued_at, \
     (extract(epoch FROM vt) * 1000000)::bigint AS vt, message";

/// A message that was received. It is invisible to others until [`visible_at`](Self::visible_at).
#[derive(Debug)]
#[non_exhaustive]
pub struct Message<T> {
    /// The id of the message in its queue.
    pub id: i64,
    /// How often the message was received, this time included.
    pub read_count: u32,
    /// When the message was sent, by the clock of the database.
    pub enqueued_at: SystemTime,
    /// When the message becomes visible again, by the clock of the database.
    pub visible_at: SystemTime,
    /// The message as it is in the queue.
    pub raw: Value,
    /// The message as a `T`, or why it is not one. Anyone may send to a queue, so the receiver
    /// decides what becomes of a foreign message; it does not fail the batch that it is in.
    pub body: Result<T, serde_json::Error>,
}

impl<T: DeserializeOwned> Message<T> {
    /// Reads the columns of [`COLUMNS`].
    pub(super) fn of(row: &PgRow) -> Result<Self, Error> {
        let raw = row.try_get::<Option<Value>, _>("message")?.unwrap_or_default();
        let read_count: i32 = row.try_get("read_ct")?;
        Ok(Self {
            id: row.try_get("msg_id")?,
            read_count: u32::try_from(read_count).unwrap_or_default(),
            enqueued_at: time(row.try_get("enqueued_at")?),
            visible_at: time(row.try_get("vt")?),
            body: T::deserialize(&raw),
            raw,
        })
    }
}

/// A time from its microseconds since the epoch. PostgreSQL's range of times is greater than that
/// of some systems; such a time becomes the epoch.
fn time(microseconds: i64) -> SystemTime {
    let distance = Duration::from_micros(microseconds.unsigned_abs());
    let time = if microseconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}
