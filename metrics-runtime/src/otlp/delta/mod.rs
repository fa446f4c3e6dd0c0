//! Differences between snapshots, for the temporalities that ask for them.
//!
//! A cursor knows what the collector has received of each series. A difference is taken from
//! there, and the cursor advances when the collector has accepted the request with the point, so
//! that an export that fails is part of the next one.

mod cursor;
mod difference;
mod last_exports;
mod pool;
#[cfg(test)]
mod tests;
mod value;

pub(super) use cursor::{Cursor, MetricKey, PendingPoint, PushId};
pub(super) use last_exports::LastExports;
pub(super) use pool::{CursorLease, Destination, SharedCursor};
pub(super) use value::{BucketedValue, PointValue};
