//! Points that an endpoint rejects while it accepts the rest, and the headers of each request.

use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, OtlpReceiver},
    over_every_protocol, pushing_to,
};

use crate::{alone, beside_others, install};

/// The points that were rejected so far, as the process counts them.
fn rejected(receiver: &OtlpReceiver) -> Option<f64> {
    let exports = receiver.exports();
    let last = exports.last().expect("an export");
    last.number("osapi_metrics_rejected_points_total", &[])
}

#[test]
fn rejected_points_are_counted_and_not_sent_again() {
    // The process has one count for all runtimes.
    let _alone = alone();
    for protocol in osapi_metrics_tests::PROTOCOLS {
        let receiver = OtlpReceiver::start();
        let metrics = install(pushing_to(&receiver.url(), protocol));
        metrics.flush().unwrap();
        let before = rejected(&receiver).unwrap();
        receiver.script([Behaviour::Reject(7)]);
        metrics.flush().unwrap();
        assert_eq!(receiver.tries(), 2, "{protocol:?}");
        metrics.flush().unwrap();
        assert_eq!(rejected(&receiver), Some(before + 7.0), "{protocol:?}");
    }
}

/// An endpoint that says that it has rejected more than was sent is believed for what was sent.
#[test]
fn more_points_than_were_sent_are_not_counted() {
    let _alone = alone();
    for protocol in osapi_metrics_tests::PROTOCOLS {
        let receiver = OtlpReceiver::start();
        let metrics = install(pushing_to(&receiver.url(), protocol));
        metrics.flush().unwrap();
        let before = rejected(&receiver).unwrap();
        receiver.script([Behaviour::Reject(u32::MAX)]);
        metrics.flush().unwrap();
        metrics.flush().unwrap();
        let counted = rejected(&receiver).unwrap() - before;
        assert!(counted > 0.0 && counted < 1e6, "{protocol:?}: {counted}");
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
