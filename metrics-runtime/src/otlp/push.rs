use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, exporter::PushMetricExporter};

use super::{
    answer::LastAnswer,
    endpoint::Endpoint,
    exporter::PushExporter,
    headers,
    health::Health,
    limit::ExportLimit,
    transport::{self, TransportThread},
};
use crate::{
    config::{OtlpConfig, OtlpError},
    core::self_metrics::ExportOutcome,
};

/// Checks the configuration and builds the exporter. `observer` is called for every export, on the
/// reader's thread.
///
/// # Errors
///
/// [`OtlpError`] if the configuration cannot work: a protocol or TLS that is not compiled in, an
/// endpoint that is not a URL, a header that HTTP does not allow, a certificate that cannot be
/// read. An endpoint that does not answer is not an error: exports fail, are counted, and succeed
/// once the endpoint answers.
pub(crate) fn prepare(
    config: &OtlpConfig,
    observer: impl Fn(ExportOutcome, Duration) + Send + Sync + 'static,
) -> Result<PreparedPush, OtlpError> {
    let endpoint = Endpoint::of(config)?;
    let headers = headers::of(config)?;
    let thread = TransportThread::start().map_err(OtlpError::Thread)?;
    let answer = Arc::new(LastAnswer::default());
    let exporter = transport::exporter(config, &endpoint, headers, &answer, &thread)?;
    let exporter = PushExporter {
        inner: exporter,
        timeout: config.timeout,
        limit: ExportLimit::default(),
        answer,
        health: Health::new(endpoint.to_string()),
        observer: Box::new(observer),
        thread,
    };
    Ok(PreparedPush { exporter, interval: config.interval })
}

/// A push that is ready to start. Dropping it ends the thread of its transport.
#[derive(Debug)]
pub(crate) struct PreparedPush {
    exporter: PushExporter<MetricExporter>,
    interval: Duration,
}

impl PreparedPush {
    /// Starts the reader's thread, which runs until the reader, or the provider that it is added
    /// to, is shut down.
    pub(crate) fn start(self) -> (PeriodicReader<impl PushMetricExporter>, OtlpPush) {
        let push = OtlpPush { limit: self.exporter.limit.clone() };
        let reader = PeriodicReader::builder(self.exporter).with_interval(self.interval).build();
        (reader, push)
    }
}

/// The runtime's handle on a push that runs.
#[derive(Debug)]
pub(crate) struct OtlpPush {
    limit: ExportLimit,
}

impl OtlpPush {
    /// Runs `wait`, a flush or a shutdown of the provider, and keeps the exports that it waits for
    /// within `limit`.
    ///
    /// The SDK waits for the export that is under way and then for one more. Each of them may take
    /// [`OtlpConfig::timeout`]. The SDK has no limit for a flush, and a limit of 5 s for a
    /// shutdown. Here the export that is under way may take half of `limit`, so that the last
    /// export, which carries the newest values, has time left. Collection, which runs the callbacks
    /// of observable instruments, remains unbounded.
    pub(crate) fn within<T>(&self, limit: Duration, wait: impl FnOnce() -> T) -> T {
        let _guard = self.limit.set(Instant::now(), limit);
        wait()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{OtlpEndpoint, OtlpProtocol, Secret};

    fn rejection(config: &OtlpConfig) -> String {
        prepare(config, |_, _| ()).unwrap_err().to_string()
    }

    fn push_to(endpoint: &str) -> OtlpConfig {
        OtlpConfig {
            endpoint: Some(OtlpEndpoint::Base(endpoint.to_owned())),
            ..OtlpConfig::default()
        }
    }

    #[test]
    fn a_bad_endpoint_is_an_error_at_the_start() {
        let message = rejection(&push_to("ftp://collector"));
        assert!(message.contains("`ftp://collector`"), "{message}");
        assert!(message.contains("unknown scheme"), "{message}");
    }

    #[test]
    fn a_bad_header_is_an_error_that_hides_its_value() {
        let mut config = push_to("http://collector");
        config
            .headers
            .insert("authorization".to_owned(), Secret::from("Bearer\nhunter2".to_owned()));
        let message = rejection(&config);
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
                let mut config = push_to("http://collector");
                config.protocol = protocol;
                let message = rejection(&config);
                assert!(message.contains(feature), "{message}");
            }
        }
    }
}
