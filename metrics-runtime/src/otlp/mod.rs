//! Push over OTLP: a reader that exports at an interval, and everything that keeps a bad endpoint away from jobs.
//!
//! ```text
//! PeriodicReader (the SDK's thread) ──► PushExporter ──► opentelemetry-otlp ──► endpoint
//!                                          │ time limit, outcome, log     │ gRPC channel or HTTP client,
//!                                          ▼                              │ on a thread of its own
//!                                       ExportObserver                    ▼
//!                                                                  TransportThread
//! ```
//!
//! * **No thread of the application is involved.** Collection and encoding run on the reader's thread, the
//!   connection on the transport's. It makes no difference whether the program uses tokio, or which flavour.
//! * **An export is bounded** by [`OtlpConfig::timeout`], retries included. `opentelemetry-otlp` has a deadline of
//!   its own, which does not end a request that is under way; the limit here does.
//! * **Nothing is stored for later.** With cumulative temporality the next successful export carries all that
//!   happened meanwhile. With delta temporality an export that fails is lost, as in every OpenTelemetry SDK.
//! * **The configuration is the only source.** `opentelemetry-otlp` reads `OTEL_EXPORTER_OTLP_*` once more by itself.
//!   The endpoint, protocol, timeout and headers given here replace what it reads. Compression is the exception: the
//!   crate cannot be told "none", so `OTEL_EXPORTER_OTLP_COMPRESSION=gzip` in the process's environment compresses
//!   although the configuration does not ask for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use opentelemetry_sdk::metrics::{PeriodicReader, exporter::PushMetricExporter};

use crate::{
    config::{OtlpConfig, OtlpError},
    core::self_metrics::ExportOutcome,
};

mod answer;
mod endpoint;
mod exporter;
mod headers;
mod health;
mod limit;
mod temporality;
mod transport;

use answer::LastAnswer;
use endpoint::Endpoint;
use exporter::PushExporter;
use health::Health;
use limit::ExportLimit;
use transport::TransportThread;

/// Starts to push what the reader's provider collects.
///
/// `observer` hears of every export, on the reader's thread.
///
/// The reader's thread runs from here on and ends when the reader, or the provider that it was given to, is shut
/// down. Call this when nothing else can fail any more.
///
/// # Errors
///
/// [`OtlpError`] if the configuration cannot work: a protocol or TLS that is not compiled in, an endpoint that is no
/// URL, a header that HTTP does not allow, a certificate that cannot be read. An endpoint that does not answer is no
/// error: exports fail, are counted and succeed once it does.
pub(crate) fn start(
    config: &OtlpConfig,
    observer: impl Fn(ExportOutcome, Duration) + Send + Sync + 'static,
) -> Result<(PeriodicReader<impl PushMetricExporter>, OtlpPush), OtlpError> {
    let endpoint = Endpoint::of(config)?;
    let headers = headers::of(config)?;
    let thread = TransportThread::start().map_err(OtlpError::Thread)?;
    let answer = Arc::new(LastAnswer::default());
    let exporter = transport::exporter(config, &endpoint, headers, &answer, &thread)?;

    let limit = ExportLimit::default();
    let exporter = PushExporter {
        inner: exporter,
        timeout: config.timeout,
        limit: limit.clone(),
        answer,
        health: Health::new(endpoint.to_string()),
        observer: Box::new(observer),
        thread,
    };
    let reader = PeriodicReader::builder(exporter).with_interval(config.interval).build();
    Ok((reader, OtlpPush { limit }))
}

/// The hold that the runtime keeps on a push that runs.
#[derive(Debug)]
pub(crate) struct OtlpPush {
    limit: ExportLimit,
}

impl OtlpPush {
    /// Runs `wait`, a flush or a shutdown of the provider, and keeps the exports that it waits for within `limit`.
    ///
    /// The SDK waits for the export under way and then for one more, each of which may take
    /// [`OtlpConfig::timeout`], and has no limit of its own for a flush (for a shutdown: 5 s). Here the export that
    /// is under way may take half of `limit`, so that the last one, which carries the newest values, gets its turn.
    /// What remains unbounded is collection itself, that is the callbacks of observable instruments.
    pub(crate) fn within<T>(&self, limit: Duration, wait: impl FnOnce() -> T) -> T {
        let _limited = self.limit.set(Instant::now(), limit);
        wait()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{OtlpEndpoint, OtlpProtocol, Secret};

    fn refused(config: &OtlpConfig) -> String {
        start(config, |_, _| ()).unwrap_err().to_string()
    }

    fn pushed_to(endpoint: &str) -> OtlpConfig {
        OtlpConfig {
            endpoint: Some(OtlpEndpoint::Base(endpoint.to_owned())),
            ..OtlpConfig::default()
        }
    }

    #[test]
    fn a_bad_endpoint_is_an_error_at_the_start() {
        let message = refused(&pushed_to("ftp://collector"));
        assert!(message.contains("`ftp://collector`"), "{message}");
        assert!(message.contains("unknown scheme"), "{message}");
    }

    #[test]
    fn a_bad_header_is_an_error_that_hides_its_value() {
        let mut config = pushed_to("http://collector");
        config
            .headers
            .insert("authorization".to_owned(), Secret::from("Bearer\nhunter2".to_owned()));
        let message = refused(&config);
        assert!(message.contains("`authorization`"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_protocol_that_is_not_compiled_in_names_its_feature() {
        for (protocol, feature, compiled) in [
            (OtlpProtocol::Grpc, "otlp-grpc", cfg!(feature = "otlp-grpc")),
            (OtlpProtocol::HttpProtobuf, "otlp-http", cfg!(feature = "otlp-http")),
            (OtlpProtocol::HttpJson, "otlp-http", cfg!(feature = "otlp-http")),
        ] {
            if !compiled {
                let mut config = pushed_to("http://collector");
                config.protocol = protocol;
                let message = refused(&config);
                assert!(message.contains(feature), "{message}");
            }
        }
    }
}
