use std::{
    process,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use opentelemetry::Context;

use super::{
    batch::BatchSettings,
    delivery::Delivery,
    delta::{CursorLease, Destination, LastExports},
    endpoint,
    exporter::{Exporter, PushCursor},
    groups::IntervalGroups,
    headers,
    health::Health,
    limit::ExportLimit,
    request::Encoding,
    temporality::TemporalityPreference,
    transport::{Setup, Transport, uses_tls},
};
use crate::{
    bridge::Bridge,
    config::{MetricsConfig, OtlpConfig, OtlpError, OtlpProtocol},
    core::{self_metrics::ExportOutcome, sync::lock},
    http_client::{Address, ClientThread, Proxy, Secrets},
    periodic::{Occasion, PeriodicThread, PreparedThread, TaskError},
};

/// Checks the configuration and builds the exporter. `observer` is called for every export, on the
/// thread of the push.
///
/// # Errors
///
/// [`OtlpError`] if the configuration cannot work: a protocol or TLS that is not compiled in, an
/// endpoint or a proxy that is not a URL, a header that HTTP does not allow, a certificate that
/// cannot be read. An endpoint that does not answer is not an error: exports fail, are counted, and
/// succeed once the endpoint answers.
pub(crate) fn prepare(
    metrics: &MetricsConfig,
    observer: impl Fn(ExportOutcome, u64, Duration) + Send + Sync + 'static,
) -> Result<PreparedPush, OtlpError> {
    let config = &metrics.otlp;
    let endpoint = endpoint::of(config)?;
    let headers = headers::of(config)?;
    let proxy = Proxy::of(&metrics.proxies, &endpoint)?;
    warn_of_unused_files(config, &endpoint, proxy.as_ref());
    let destination = Destination {
        process: process::id(),
        endpoint: endpoint.uri().to_string(),
        headers: headers.clone(),
        service_name: metrics.service_name.clone(),
        resource: metrics.resource.clone(),
    };
    let of_proxy = proxy.as_ref().and_then(Proxy::authorization);
    let secrets = Secrets::of(&headers, endpoint.uri(), of_proxy);
    let through = proxy.as_ref().map(|proxy| format!(" (proxy `{proxy}`)"));
    let through = through.unwrap_or_default();
    let connections = ClientThread::start("osapi-otlp").map_err(OtlpError::Thread)?;
    let setup = Setup { config, endpoint: &endpoint, headers, proxy };
    let transport = Transport::new(setup, &connections)?;
    let thread = PreparedThread::spawn("osapi-otlp-push").map_err(OtlpError::Thread)?;
    let encoding = match config.protocol {
        OtlpProtocol::Grpc | OtlpProtocol::HttpProtobuf => Encoding::Protobuf,
        OtlpProtocol::HttpJson => Encoding::Json,
    };
    let exporter = Exporter {
        settings: BatchSettings {
            encoding,
            max_request_bytes: config.max_request_bytes,
            temporality: TemporalityPreference::new(config.temporality),
        },
        delivery: Delivery {
            transport,
            timeout: config.timeout,
            limit: ExportLimit::default(),
            secrets,
            through,
            thread: connections,
        },
        health: Health::new(endpoint.to_string()),
        observer: Box::new(observer),
        has_logged_oversized: false,
    };
    let groups = IntervalGroups::of(config);
    Ok(PreparedPush { exporter, destination, thread, groups })
}

/// One log line for certificates that are configured, and not used without TLS. It is no error: the
/// environment may name them for the other signals.
fn warn_of_unused_files(config: &OtlpConfig, endpoint: &Address, proxy: Option<&Proxy>) {
    let files = [
        ("certificate", &config.certificate),
        ("client_certificate", &config.client_certificate),
        ("client_key", &config.client_key),
    ];
    let is_used = uses_tls(endpoint, proxy);
    let unused = files.iter().filter(|(_, file)| file.is_some() && !is_used);
    let settings: Vec<_> = unused.map(|(setting, _)| *setting).collect();
    if !settings.is_empty() {
        tracing::warn!(
            %endpoint,
            settings = settings.join(", "),
            "metrics are pushed over OTLP without TLS, so that certificates and keys are not used; \
             give an `https://` endpoint to use them"
        );
    }
}

/// A push that is ready to start. Dropping it ends its threads.
#[derive(Debug)]
pub(crate) struct PreparedPush {
    exporter: Exporter,
    destination: Destination,
    thread: PreparedThread,
    groups: IntervalGroups,
}

impl PreparedPush {
    /// Starts the push, which ends with a shutdown.
    pub(crate) fn start(self, bridge: Arc<Bridge>) -> OtlpPush {
        let Self { mut exporter, destination, thread, groups } = self;
        let limit = exporter.delivery.limit.clone();
        let lease = CursorLease::take(&destination);
        let intervals = groups.intervals().to_vec();
        let mut cursor = PushCursor {
            shared: lease.cursor(),
            push: lease.push(),
            last_exports: LastExports::new(intervals.len()),
        };
        let mut collector = groups.collector(bridge);
        let thread = thread.start(intervals, move |occasion, due| {
            // An instrumented client must not record telemetry about the export of telemetry.
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            let is_last = occasion == Occasion::Shutdown;
            let exported = exporter.export(&mut collector, &mut cursor, due, is_last);
            if is_last {
                lock(&cursor.shared.cursor).end(cursor.push);
            }
            Ok(exported?)
        });
        OtlpPush { limit, thread, lease: Mutex::new(Some(lease)) }
    }
}

/// The runtime's handle on a push that runs.
#[derive(Debug)]
pub(crate) struct OtlpPush {
    limit: ExportLimit,
    thread: PeriodicThread,
    /// Absent after the end.
    lease: Mutex<Option<CursorLease>>,
}

impl OtlpPush {
    /// Exports once more, runs `meanwhile`, and waits for the export.
    ///
    /// The export waits for the one that is under way. Each may take `metrics.otlp.timeout`.
    /// Here the export that is under way may take half of `limit`, so that the last export, which
    /// carries the newest values, has time left. Collection, which runs the callbacks of observable
    /// instruments, remains unbounded.
    pub(crate) fn export<T>(
        &self,
        occasion: Occasion,
        limit: Duration,
        meanwhile: impl FnOnce() -> T,
    ) -> (Result<(), TaskError>, T) {
        let _guard = self.limit.set(Instant::now(), limit);
        let reply = self.thread.request(occasion);
        let other = meanwhile();
        (reply.wait(), other)
    }

    /// Lets the next push go on from what this one has delivered.
    pub(crate) fn end(&self) {
        lock(&self.lease).take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{OtlpEndpoint, Secret};

    fn rejection(config: &OtlpConfig) -> String {
        let metrics = MetricsConfig { otlp: config.clone(), ..MetricsConfig::default() };
        prepare(&metrics, |_, _, _| ()).unwrap_err().to_string()
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
