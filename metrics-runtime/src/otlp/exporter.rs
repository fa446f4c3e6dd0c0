//! One export: it collects, sends what the endpoint has not received, and reports the outcome.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    batch::{BatchSettings, FollowedCursor, requests},
    delivery::Delivery,
    delta::{LastExports, PushId, SharedCursor},
    error::ExportError,
    groups::PushCollector,
    health::{DeliveryOutcome, Health},
    request::Oversized,
};
use crate::{
    core::{self_metrics::ExportOutcome, sync::lock},
    periodic::DueGroups,
};

/// Is called for every export with its outcome, the number of points that were rejected or left
/// out, and the time that it took.
pub(super) type Observer = Box<dyn Fn(ExportOutcome, u64, Duration) + Send + Sync>;

/// The cursor of a push, which may be of other pushes too.
#[derive(Debug)]
pub(super) struct PushCursor {
    pub(super) shared: Arc<SharedCursor>,
    pub(super) push: PushId,
    pub(super) last_exports: LastExports,
}

/// Exports to one endpoint.
pub(super) struct Exporter {
    pub(super) settings: BatchSettings,
    pub(super) delivery: Delivery,
    pub(super) health: Health,
    pub(super) observer: Observer,
    /// Whether the log names a point that does not fit into a request.
    pub(super) has_logged_oversized: bool,
}

impl Exporter {
    /// Exports the metrics of the groups once. With `is_last`, the cursor is prepared for another
    /// push.
    pub(super) fn export(
        &mut self,
        collector: &mut PushCollector,
        cursor: &mut PushCursor,
        due: DueGroups<'_>,
        is_last: bool,
    ) -> Result<(), ExportError> {
        let is_followed = is_last || !self.settings.temporality.is_cumulative();
        let PushCursor { shared, push, last_exports } = cursor;
        let shared = is_followed.then_some(&**shared);
        let _turn = shared.map(|shared| lock(&shared.turn));
        let snapshot = match collector.collect(due) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                let cause = error.to_string();
                let failed = DeliveryOutcome::Failed { cause, rejected_points: 0 };
                self.report(&failed, 0, Duration::ZERO);
                return Err(error.into());
            }
        };
        let (started, time) = (Instant::now(), snapshot.time);
        let (requests, oversized) = match shared {
            Some(shared) => {
                let cursor = &mut *lock(&shared.cursor);
                let export = cursor.begin(*push);
                let ended_before = last_exports.note(due, export);
                let followed = FollowedCursor { cursor, ended_before };
                requests(snapshot, &self.settings, Some(followed), is_last)
            }
            None => requests(snapshot, &self.settings, None, is_last),
        };
        if requests.is_empty() && oversized.is_empty() {
            // There is nothing that the endpoint has not received.
            return Ok(());
        }
        self.log_oversized(&oversized);
        let outcome = self.delivery.deliver(requests, |request| {
            if let Some(shared) = shared {
                lock(&shared.cursor).advance(request.pending, time);
            }
        });
        self.report(&outcome, oversized.len() as u64, started.elapsed());
        match outcome {
            DeliveryOutcome::Failed { cause, .. } => {
                Err(ExportError::Delivery { endpoint: self.health.endpoint().to_owned(), cause })
            }
            DeliveryOutcome::Accepted | DeliveryOutcome::Rejected { .. } => Ok(()),
        }
    }

    fn report(&self, outcome: &DeliveryOutcome, left_out: u64, took: Duration) {
        self.health.record(outcome);
        let (counted, rejected) = match outcome {
            DeliveryOutcome::Accepted => (ExportOutcome::Succeeded, 0),
            DeliveryOutcome::Rejected { points, .. } => (ExportOutcome::Succeeded, *points),
            DeliveryOutcome::Failed { rejected_points, .. } => {
                (ExportOutcome::Failed, *rejected_points)
            }
        };
        (self.observer)(counted, rejected + left_out, took);
    }

    fn log_oversized(&mut self, oversized: &[Oversized]) {
        let Some(Oversized { metric, bytes }) = oversized.first() else { return };
        if !std::mem::replace(&mut self.has_logged_oversized, true) {
            tracing::warn!(
                endpoint = self.health.endpoint(),
                metric,
                bytes,
                limit = self.settings.max_request_bytes,
                points = oversized.len(),
                "points are left out of the OTLP push, because one by itself is larger than a request may \
                 be: raise `telemetry.metrics.otlp.max_request_bytes`, if the collector accepts larger \
                 requests, or shorten the labels; further ones are only counted"
            );
        }
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("delivery", &self.delivery)
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}
