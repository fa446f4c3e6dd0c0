//! The bucket of records: one entry for each job. An update replaces only the revision that was
//! read.

use std::error::Error;

use async_nats::jetstream::{
    ErrorCode,
    context::{PublishError, PublishErrorKind},
    kv::{CreateErrorKind, Operation, Store, UpdateErrorKind},
};

use super::{
    problem::answer,
    room::{StorePart, StoreRoom, no_room},
    wire::StoredRecord,
};
use crate::job::JobId;

/// The records of all jobs.
#[derive(Clone, Debug)]
pub(super) struct Records {
    store: Store,
    room: StoreRoom,
}

/// A record with its revision in the bucket.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: StoredRecord,
    /// An update passes it, so that it does not replace a revision that was not read.
    pub(super) revision: u64,
}

impl Records {
    pub(super) fn new(store: Store, room: StoreRoom) -> Self {
        Self { store, room }
    }

    /// Adds the record of a job without a record.
    pub(super) async fn create(&self, record: &StoredRecord) -> Result<u64, RecordError> {
        let id = record.job.id;
        let value = serde_json::to_vec(record).map_err(|cause| RecordError::Json { id, cause })?;
        let bytes = value.len();
        let created = self.store.create(id.to_string(), value.into()).await;
        created.map_err(|error| match error.kind() {
            CreateErrorKind::AlreadyExists => RecordError::Changed { id },
            _ => self.not_written(id, bytes, error),
        })
    }

    /// Reads the record of a job; `None` if there is no record.
    pub(super) async fn read(&self, id: JobId) -> Result<Option<Entry>, RecordError> {
        let entry = self.store.entry(id.to_string()).await.map_err(RecordError::away)?;
        let Some(entry) = entry.filter(|entry| entry.operation == Operation::Put) else {
            return Ok(None);
        };
        let record: StoredRecord = serde_json::from_slice(&entry.value)
            .map_err(|cause| RecordError::Json { id, cause })?;
        if record.job.id != id {
            return Err(RecordError::OtherJob { id, found: record.job.id });
        }
        Ok(Some(Entry { record, revision: entry.revision }))
    }

    /// Writes a message of this size in place of the last one, and removes it if it is large.
    pub(super) async fn probe(&self, bytes: usize) -> Result<(), RecordError> {
        // Not the name of a job, whose names are UUIDs.
        const KEY: &str = "probe";
        if let Err(error) = self.store.put(KEY, vec![b' '; bytes].into()).await {
            if let Some(reason) = no_room(&error) {
                self.room.refused(StorePart::Records, &reason, bytes);
                return Err(RecordError::Full { reason });
            }
            return Err(RecordError::away(error));
        }
        if bytes > 0 {
            self.store.purge(KEY).await.map_err(RecordError::away)?;
        }
        Ok(())
    }

    /// Replaces the entry if it still has `revision`. Returns the new revision.
    pub(super) async fn update(
        &self,
        record: &StoredRecord,
        revision: u64,
    ) -> Result<u64, RecordError> {
        let id = record.job.id;
        let value = serde_json::to_vec(record).map_err(|cause| RecordError::Json { id, cause })?;
        let bytes = value.len();
        let updated = self.store.update(id.to_string(), value.into(), revision).await;
        updated.map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => RecordError::Changed { id },
            _ => self.not_written(id, bytes, error),
        })
    }

    /// Replaces the entry, whatever its revision is. Returns the new revision.
    pub(super) async fn put(&self, record: &StoredRecord) -> Result<u64, RecordError> {
        let id = record.job.id;
        let value = serde_json::to_vec(record).map_err(|cause| RecordError::Json { id, cause })?;
        let bytes = value.len();
        let put = self.store.put(id.to_string(), value.into()).await;
        put.map_err(|error| self.not_written(id, bytes, error))
    }

    /// The error of a write that the server has refused.
    fn not_written(
        &self,
        id: JobId,
        bytes: usize,
        error: impl Error + Send + Sync + 'static,
    ) -> RecordError {
        if is_too_large(&error) {
            return RecordError::TooLarge { id };
        }
        let Some(reason) = no_room(&error) else { return RecordError::away(error) };
        self.room.refused(StorePart::Records, &reason, bytes);
        RecordError::Full { reason }
    }

    /// Removes the record of a job that was not accepted.
    pub(super) async fn remove(&self, id: JobId) -> Result<(), RecordError> {
        self.store.purge(id.to_string()).await.map_err(RecordError::away)
    }
}

/// Why a record was not read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    #[error("the record of job {id} was changed by another process")]
    Changed { id: JobId },
    #[error("the record of job {id} has a form that this version cannot read: {cause}")]
    Json { id: JobId, cause: serde_json::Error },
    #[error("the record of job {id} is that of another job: it has the id {found}")]
    OtherJob { id: JobId, found: JobId },
    #[error("the record of job {id} is larger than a message may be")]
    TooLarge { id: JobId },
    #[error("the store of NATS is full or cannot be written: {reason}")]
    Full { reason: String },
    #[error("the records cannot be reached: {0}")]
    Away(async_nats::Error),
}

impl RecordError {
    /// Whether there is a record, and it is none that this version can use.
    pub(super) fn is_foreign(&self) -> bool {
        matches!(self, Self::Json { .. } | Self::OtherJob { .. })
    }

    fn away(error: impl Into<async_nats::Error>) -> Self {
        Self::Away(error.into())
    }
}

/// Whether the error, or one of its causes, is that the message is larger than the server or the
/// stream accepts.
pub(super) fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let publishing = error.downcast_ref::<PublishError>();
    publishing.is_some_and(|error| error.kind() == PublishErrorKind::MaxPayloadExceeded)
        || answer(error)
            .is_some_and(|it| it.error_code() == ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM)
        || error.source().is_some_and(is_too_large)
}
