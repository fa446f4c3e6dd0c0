//! The protobuf format: messages `io.prometheus.client.MetricFamily` as bytes.
//!
//! The numbers of the fields are those of `metrics.proto` in `prometheus/client_model`. The labels
//! of a series are written once for many scrapes, as in text.

mod exemplar;
mod field;
mod label_pairs;
mod messages;
mod native;
mod sum;
mod timestamp;

pub(super) use label_pairs::LabelPairs;
pub(super) use messages::{Messages, Scratch, target_info};
