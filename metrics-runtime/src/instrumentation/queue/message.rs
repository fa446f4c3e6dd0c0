//! The messages that a queue returns.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use sqlx::{Error, Row, postgres::PgRow};

/// The columns of a message, as [`Message::of`] reads them. Times are in microseconds since the
/// epoch, so that the types of no date library are needed; those that such a number cannot hold are
/// null or cut. A message is a text, because not all JSON of PostgreSQL can be read: a number may
/// be too large, or lists too deep.
pub(super) const COLUMNS: &str = "msg_id, read_ct, message::text AS message, \
     CASE WHEN isfinite(enqueued_at) THEN \
         least(extract(epoch FROM enqueued_at) * 1000000, 9e18)::bigint END AS enqueued_at, \
     CASE WHEN isfinite(vt) THEN least(extract(epoch FROM vt) * 1000000, 9e18)::bigint END AS vt";

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
    /// The message as it is in the queue; its text where that cannot be read as JSON.
    pub raw: Value,
    /// The message as a `T`, or why it is not one. Anyone may send to a queue, so the receiver
    /// decides what becomes of a foreign message; it does not fail the batch that it is in.
    pub body: Result<T, serde_json::Error>,
}

impl<T: DeserializeOwned> Message<T> {
    /// Reads the columns of [`COLUMNS`].
    pub(super) fn of(row: &PgRow) -> Result<Self, Error> {
        let text = row.try_get::<Option<String>, _>("message")?;
        let (raw, body) = match text.as_deref().map(read) {
            None => (Value::Null, T::deserialize(Value::Null)),
            Some(Ok(raw)) => {
                let body = T::deserialize(&raw);
                (raw, body)
            }
            Some(Err(error)) => (text.into(), Err(error)),
        };
        let read_count: i32 = row.try_get("read_ct")?;
        Ok(Self {
            id: row.try_get("msg_id")?,
            read_count: u32::try_from(read_count).unwrap_or_default(),
            enqueued_at: time(row.try_get("enqueued_at")?),
            visible_at: time(row.try_get("vt")?),
            raw,
            body,
        })
    }
}

/// How the keys begin that `serde_json` has for itself.
const RESERVED: &str = "$serde_json::private::";

/// Reads JSON without a key that is reserved.
///
/// With its feature `raw_value`, which sqlx needs, a [`Value`] reads the text behind such a key as
/// JSON: it would be another message, and one that contains itself again and again as a text is too
/// deep for the stack.
fn read(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<NothingReserved>(text)?;
    serde_json::from_str(text)
}

/// Any value without a key that is reserved.
struct NothingReserved;

impl<'de> Deserialize<'de> for NothingReserved {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for NothingReserved {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            if key.starts_with(RESERVED) {
                return Err(A::Error::custom(format_args!("the key `{key}` is reserved")));
            }
            entries.next_value::<Self>()?;
        }
        Ok(self)
    }
}

/// A time from its microseconds since the epoch. PostgreSQL's range of times is greater than that
/// of some systems, and has times that are infinite; such a time becomes the epoch.
fn time(microseconds: Option<i64>) -> SystemTime {
    let microseconds = microseconds.unwrap_or_default();
    let distance = Duration::from_micros(microseconds.unsigned_abs());
    let time = if microseconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}
