//! Shared by the tests: the log, a collector that receives pushes, a proxy, readers of scrapes, the
//! page of an explorer, and installed servers.

#[cfg(unix)]
pub mod explorer_page;
pub mod http_proxy;
pub mod logs;
pub mod messages;
pub mod otlp_receiver;
pub mod reading;
pub mod scrape;
pub mod servers;

use std::{
    error::Error,
    iter::successors,
    net::{Ipv4Addr, SocketAddr},
    thread,
    time::Duration,
};

use osapi_metrics::config::{MetricsConfig, OtlpCompression, OtlpEndpoint, OtlpProtocol};

/// Every OTLP protocol.
pub const PROTOCOLS: [OtlpProtocol; 3] =
    [OtlpProtocol::Grpc, OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson];

/// Runs a test for each protocol at the same time, because a test waits most of its time.
pub fn over_every_protocol(test: impl Fn(OtlpProtocol) + Sync) {
    thread::scope(|scope| {
        for protocol in PROTOCOLS {
            let test = &test;
            scope.spawn(move || test(protocol));
        }
    });
}

/// An error and its causes.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A configuration with metrics on, served on a free port and pushed to `url`.
///
/// The interval between exports is a day: a test calls `flush` when it wants an export.
pub fn pushing_to(url: &str, protocol: OtlpProtocol) -> MetricsConfig {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.otlp.enabled = true;
    config.otlp.endpoint = Some(OtlpEndpoint::Base(url.to_owned()));
    config.otlp.protocol = protocol;
    config.otlp.interval = Duration::from_secs(24 * 3600);
    config.otlp.compression = match protocol {
        OtlpProtocol::HttpJson => OtlpCompression::None,
        OtlpProtocol::Grpc | OtlpProtocol::HttpProtobuf => OtlpCompression::Gzip,
    };
    config
}
