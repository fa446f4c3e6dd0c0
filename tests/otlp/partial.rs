//! Points that an endpoint rejects while it accepts the rest, and the headers of each request.

use osapi_metrics::config::{OtlpCompression, OtlpTemporality};
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, OtlpReceiver},
    over_every_protocol, pushing_to,
};

use crate::{alone, beside_others, count, install};

const REJECTED: &str = "osapi_metrics_rejected_points_total";

/// An endpoint that says that it has rejected more than was sent is believed for what was sent, and
/// one whose text is no text has accepted the rest all the same.
#[test]
fn rejected_points_are_counted_and_not_sent_again() {
    // The process has one count for all runtimes.
    let _alone = alone();
    for (behaviour, counted) in [
        (Behaviour::Reject(7), 7.0..=7.0),
        (Behaviour::Reject(u32::MAX), 1.0..=1e6),
        (Behaviour::RejectInBytes(7), 7.0..=7.0),
    ] {
        for protocol in osapi_metrics_tests::PROTOCOLS {
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.temporality = OtlpTemporality::Delta;
            config.otlp.compression = OtlpCompression::None;
            let metrics = install(config);
            metrics.flush().unwrap();
            receiver.script([behaviour]);
            count("rejected", 5);
            metrics.flush().unwrap();
            assert_eq!(receiver.tries(), 2, "{behaviour:?} {protocol:?}");
            count("rejected", 1);
            metrics.flush().unwrap();
            let exports = receiver.exports();
            let sent: Vec<_> =
                exports.iter().filter_map(|export| super::counted(export, "rejected")).collect();
            assert_eq!(sent, [5.0, 1.0], "{behaviour:?} {protocol:?}");
            let rejected = exports.last().unwrap().number(REJECTED, &[]).unwrap();
            assert!(counted.contains(&rejected), "{behaviour:?} {protocol:?}: {rejected}");
        }
    }
}

#[test]
fn the_user_agent_names_product_and_version() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        for configured in [None, Some("mine/7")] {
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            if let Some(configured) = configured {
                config.otlp.headers.insert("user-agent".to_owned(), configured.into());
            }
            install(config).flush().unwrap();
            let product = concat!("osapi-metrics/", env!("CARGO_PKG_VERSION"));
            let export = receiver.await_export(|_| true);
            let user_agent = &export.headers["user-agent"];
            let expected = configured.unwrap_or(product);
            assert!(user_agent.starts_with(expected), "{protocol:?}: {user_agent}");
        }
    });
}
