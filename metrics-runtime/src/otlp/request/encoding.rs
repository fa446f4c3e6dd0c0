use std::io;

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{Metric, ResourceMetrics, ScopeMetrics},
};
use prost::Message;
use serde::Serialize;

use super::{json::Json, points::PointMessage};

/// The encoding of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::otlp) enum Encoding {
    Protobuf,
    Json,
}

/// The most bytes that a message takes inside another one beside its own: in protobuf the keys and
/// the lengths of the message and of the data around its points, in JSON a comma.
pub(super) const NESTING: usize = 16;

impl Encoding {
    pub(super) fn encode(self, request: &ExportMetricsServiceRequest) -> Vec<u8> {
        match self {
            Self::Protobuf => request.encode_to_vec(),
            Self::Json => {
                let mut bytes = Vec::new();
                write(&mut bytes, &Json(request));
                bytes
            }
        }
    }

    /// The size of a request without scopes.
    pub(super) fn resource_len(self, resource: &ResourceMetrics) -> usize {
        match self {
            Self::Protobuf => resource.encoded_len(),
            Self::Json => json_len(&Json(resource)) + r#"{"resourceMetrics":[]}"#.len(),
        }
    }

    /// The size of a scope without metrics.
    pub(super) fn scope_len(self, scope: &ScopeMetrics) -> usize {
        match self {
            Self::Protobuf => scope.encoded_len(),
            Self::Json => json_len(&Json(scope)),
        }
    }

    /// The size of a metric without points.
    pub(super) fn metric_len(self, metric: &Metric) -> usize {
        match self {
            Self::Protobuf => metric.encoded_len(),
            Self::Json => json_len(&Json(metric)),
        }
    }

    pub(super) fn point_len(self, point: &PointMessage) -> usize {
        match (self, point) {
            (Self::Protobuf, PointMessage::Number(point)) => point.encoded_len(),
            (Self::Protobuf, PointMessage::Bucketed(point)) => point.encoded_len(),
            (Self::Protobuf, PointMessage::Exponential(point)) => point.encoded_len(),
            (Self::Json, PointMessage::Number(point)) => json_len(&Json(point)),
            (Self::Json, PointMessage::Bucketed(point)) => json_len(&Json(point)),
            (Self::Json, PointMessage::Exponential(point)) => json_len(&Json(point)),
        }
    }
}

fn json_len(message: &impl Serialize) -> usize {
    let mut len = ByteCount(0);
    write(&mut len, message);
    len.0
}

fn write(to: impl io::Write, message: &impl Serialize) {
    // Neither memory nor a count refuses bytes, and every key is a text.
    let _ = serde_json::to_writer(to, message);
}

/// Counts what is written.
struct ByteCount(usize);

impl io::Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
