//! Push over OTLP: a reader that exports at an interval, and the limits that keep a bad endpoint
//! away from jobs.
//!
//! ```text
//! PeriodicReader ──► PushExporter ──► opentelemetry-otlp ──► endpoint
//!  (the SDK's          │ time limit,    │ gRPC channel or HTTP client,
//!   thread)            │ outcome, log   │ on a thread of its own
//!                      ▼                ▼
//!                   the observer     TransportThread
//! ```
//!
//! * **No thread of the application is involved.** Collection and encoding run on the reader's
//!   thread, the connection on the transport's thread. It makes no difference whether the program
//!   uses tokio, or which flavour.
//! * **An export is bounded** by [`OtlpConfig::timeout`](crate::config::OtlpConfig::timeout),
//!   retries included. `opentelemetry-otlp` has a deadline of its own, which does not end a request
//!   that is under way; the limit here does.
//! * **Nothing is stored for later.** With cumulative temporality the next successful export
//!   carries everything that happened meanwhile. With delta temporality an export that fails is
//!   lost, as in every OpenTelemetry SDK.
//! * **The configuration is the only source.** `opentelemetry-otlp` reads `OTEL_EXPORTER_OTLP_*`
//!   once more by itself. The endpoint, protocol, timeout and headers given here replace the values
//!   that it reads. Compression is the exception: the crate does not accept "none", so
//!   `OTEL_EXPORTER_OTLP_COMPRESSION=gzip` in the process's environment compresses although the
//!   configuration does not ask for it.

mod answer;
mod endpoint;
mod exporter;
mod headers;
mod health;
mod limit;
mod push;
mod temporality;
mod transport;

pub(crate) use push::{OtlpPush, PreparedPush, prepare};
