//! The messages of OTLP: built from a snapshot, kept below a limit of size, and encoded.
//!
//! ```text
//! Snapshot ──► point, attributes ──► splitter ──► Request, Request, …
//!                                       │            the body, and the points in it
//!                                       └── encoding: protobuf, or JSON
//! ```

mod attributes;
mod encoding;
mod json;
mod points;
mod splitter;
#[cfg(test)]
mod tests;

pub(super) use attributes::{resource_metrics, scope_metrics, series_attributes};
pub(super) use encoding::Encoding;
pub(super) use points::{Interval, exemplar, metric_without_points, point};
pub(super) use splitter::{Oversized, Request, Splitter};
