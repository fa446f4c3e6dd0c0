//! When a request is sent again: the sentences of the OTLP specification, one by one.

use std::time::Duration;

use osapi_metrics::{Metrics, config::OtlpProtocol};
use osapi_metrics_tests::{
    PROTOCOLS,
    logs::{lines_about, logs},
    otlp_receiver::{Behaviour, OtlpReceiver, RetryAfter},
    over_every_protocol, pushing_to, with_causes,
};

use crate::{beside_others, count, counted_in_all, install};

/// A receiver that gives these answers and then accepts, and a runtime that pushes to it.
fn scripted(
    protocol: OtlpProtocol,
    script: impl IntoIterator<Item = Behaviour>,
) -> (OtlpReceiver, Metrics) {
    let receiver = OtlpReceiver::start();
    receiver.script(script);
    let metrics = install(pushing_to(&receiver.url(), protocol));
    (receiver, metrics)
}

/// Flushes once. Returns the result and the number of tries that the flush took.
fn flush(protocol: OtlpProtocol, answer: Behaviour) -> (Result<(), String>, usize) {
    let (receiver, metrics) = scripted(protocol, [answer]);
    let result = metrics.flush().map_err(|error| error.to_string());
    (result, receiver.tries())
}

/// Codes of gRPC, by number.
const OK: i32 = 0;
const CANCELLED: i32 = 1;
const DEADLINE_EXCEEDED: i32 = 4;
const RESOURCE_EXHAUSTED: i32 = 8;
const ABORTED: i32 = 10;
const OUT_OF_RANGE: i32 = 11;
const UNAVAILABLE: i32 = 14;
const DATA_LOSS: i32 = 15;
const UNAUTHENTICATED: i32 = 16;

#[test]
fn the_codes_of_grpc_that_are_retried() {
    let _others = beside_others();
    for code in OK + 1..=UNAUTHENTICATED {
        let is_retried =
            [CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS]
                .contains(&code);
        let (result, tries) = flush(OtlpProtocol::Grpc, Behaviour::Grpc(code, None));
        assert_eq!((result.is_ok(), tries), (is_retried, 1 + usize::from(is_retried)), "{code}");
    }
}

#[test]
fn resource_exhausted_is_retried_only_with_a_delay() {
    let _others = beside_others();
    let delay = Some(Duration::from_millis(1));
    for (delay, expected) in [(None, (false, 1)), (delay, (true, 2))] {
        let answer = Behaviour::Grpc(RESOURCE_EXHAUSTED, delay);
        let (result, tries) = flush(OtlpProtocol::Grpc, answer);
        assert_eq!((result.is_ok(), tries), expected, "{delay:?}");
    }
}

#[test]
fn the_statuses_of_http_that_are_retried() {
    let _others = beside_others();
    for protocol in [OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson] {
        for status in [
            300, 301, 304, 307, 400, 401, 403, 404, 408, 413, 418, 425, 429, 500, 501, 502, 503,
            504, 505, 507, 511,
        ] {
            let is_retried = [429, 502, 503, 504].contains(&status);
            let (result, tries) = flush(protocol, Behaviour::Http(status, None));
            let expected = (is_retried, 1 + usize::from(is_retried));
            assert_eq!((result.is_ok(), tries), expected, "{protocol:?} {status}");
        }
    }
}

#[test]
fn a_proxy_that_answers_grpc_with_a_status_of_http() {
    let _others = beside_others();
    for (status, is_retried) in [(400, false), (401, false), (429, true), (503, true), (504, true)]
    {
        let (result, tries) = flush(OtlpProtocol::Grpc, Behaviour::Http(status, None));
        let expected = (is_retried, 1 + usize::from(is_retried));
        assert_eq!((result.is_ok(), tries), expected, "{status}: {result:?}");
    }
}

#[test]
fn a_success_that_cannot_be_read_is_not_retried() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        for answer in [Behaviour::Garbage, Behaviour::Endless(2 * 1024 * 1024)] {
            let (result, tries) = flush(protocol, answer);
            assert_eq!(tries, 1, "{protocol:?} {answer:?}");
            result.expect_err("the answer says nothing of the request");
        }
    });
}

/// tonic has a line of its own for each.
#[test]
fn messages_that_cannot_be_read_are_one_line_of_the_log() {
    logs();
    let script = [Behaviour::UnreadableMessage; 3];
    let (receiver, metrics) = scripted(OtlpProtocol::Grpc, script);
    for _ in script {
        metrics.flush().unwrap_err();
    }
    assert_eq!(receiver.tries(), 3);
    let lines = lines_about(&receiver.url());
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines_about("tonic::"), [""; 0]);
    metrics.flush().unwrap();
}

/// Whether the second request came at least this time after the first one.
fn is_delayed(protocol: OtlpProtocol, answer: Behaviour, at_least: Duration) -> bool {
    let (receiver, metrics) = scripted(protocol, [answer]);
    metrics.flush().unwrap();
    let arrivals = receiver.arrivals();
    assert_eq!(arrivals.len(), 2, "{protocol:?} {answer:?}");
    arrivals[1] - arrivals[0] >= at_least
}

#[test]
fn the_delay_that_the_endpoint_asks_for_is_kept() {
    let _others = beside_others();
    over_every_protocol(|protocol| match protocol {
        OtlpProtocol::Grpc => {
            let delay = Duration::from_millis(1200);
            for code in [UNAVAILABLE, RESOURCE_EXHAUSTED] {
                assert!(is_delayed(protocol, Behaviour::Grpc(code, Some(delay)), delay), "{code}");
            }
        }
        OtlpProtocol::HttpProtobuf | OtlpProtocol::HttpJson => {
            let seconds = Behaviour::Http(429, Some(RetryAfter::Seconds(1)));
            assert!(is_delayed(protocol, seconds, Duration::from_secs(1)));
            // A date has whole seconds.
            let date = Behaviour::Http(503, Some(RetryAfter::Date(2)));
            assert!(is_delayed(protocol, date, Duration::from_millis(900)));
        }
    });
}

#[test]
fn a_delay_beyond_the_time_of_the_export_ends_it_at_once() {
    let _others = beside_others();
    for (protocol, answer) in [
        (OtlpProtocol::Grpc, Behaviour::Grpc(UNAVAILABLE, Some(Duration::from_secs(3600)))),
        (OtlpProtocol::HttpJson, Behaviour::Http(503, Some(RetryAfter::Seconds(3600)))),
        (OtlpProtocol::HttpJson, Behaviour::Http(503, Some(RetryAfter::Seconds(u64::MAX)))),
    ] {
        let (receiver, metrics) = scripted(protocol, [answer]);
        let error = with_causes(&metrics.flush().unwrap_err());
        // The time of an export that ran into its end is named.
        assert!(!error.contains("within"), "{protocol:?}: {error}");
        assert_eq!(receiver.tries(), 1, "{protocol:?}");
    }
}

#[test]
fn a_retry_has_the_same_bytes_and_arrives_once() {
    let _others = beside_others();
    for protocol in PROTOCOLS {
        let case = format!("{protocol:?} again");
        let answer = match protocol {
            OtlpProtocol::Grpc => Behaviour::Grpc(UNAVAILABLE, None),
            OtlpProtocol::HttpProtobuf | OtlpProtocol::HttpJson => Behaviour::Http(503, None),
        };
        let (receiver, metrics) = scripted(protocol, [answer, answer]);
        count(&case, 3);
        metrics.flush().unwrap();
        assert_eq!(receiver.tries(), 3);
        assert_eq!(counted_in_all(&receiver, &case), [3.0]);
    }
}

#[test]
fn an_endpoint_that_never_accepts_is_given_up() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Status(503));
        let metrics = install(pushing_to(&receiver.url(), protocol));
        let error = metrics.flush().unwrap_err();
        assert_eq!(receiver.tries(), 7, "{protocol:?}");
        let address = receiver.address().to_string();
        let text = with_causes(&error);
        let causes = text.strip_prefix(&error.to_string()).unwrap();
        assert!(causes.contains(&address), "{text}");
    });
}

#[test]
fn a_connection_that_cannot_be_made_is_tried_again() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let address = OtlpReceiver::start().address();
        let metrics = install(pushing_to(&format!("http://{address}"), protocol));
        let case = format!("{protocol:?} connection");
        count(&case, 1);
        // The first flush finds nobody; the receiver begins while one of the tries is under way.
        let receiver = std::thread::scope(|scope| {
            let flush = scope.spawn(|| metrics.flush());
            let receiver = OtlpReceiver::start_at(address);
            let _ = flush.join().unwrap();
            receiver
        });
        metrics.flush().unwrap();
        let export = receiver.await_export(|export| crate::counted(export, &case).is_some());
        assert_eq!(crate::counted(&export, &case), Some(1.0), "{protocol:?}");
    });
}

#[test]
fn a_connection_that_ends_before_the_answer_is_made_again() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} cut");
        let (receiver, metrics) = scripted(protocol, [Behaviour::Cut]);
        count(&case, 2);
        metrics.flush().unwrap();
        assert_eq!(receiver.tries(), 2, "{protocol:?}");
        assert_eq!(counted_in_all(&receiver, &case), [2.0], "{protocol:?}");
    });
}
