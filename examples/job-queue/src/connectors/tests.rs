use std::time::Duration;

use osapi_metrics::ErrorType as _;
use serde_json::{Value, json};
use tokio::{sync::watch, time::timeout};

use super::{ConnectorError, Progress, blocking::Stop, image::View};
use crate::{
    job::{FailureReason, FailureType, ImagePayload, JobOutput, Payload, Service},
    models::{Model, generate},
    testing::{LIMIT, ModelServer, TestConnectors, refusing, serve_half, serve_raw, serve_text},
};

async fn run(
    connectors: &TestConnectors,
    service: Service,
    payload: Value,
) -> Result<JobOutput, ConnectorError> {
    let (progress, percent) = Progress::new();
    let payload = Payload::parse(service, payload).unwrap();
    let result = connectors.connectors.run(&payload, 1, &progress).await;
    assert!(result.is_err() || *percent.borrow() == 100, "a job that ends has done all its work");
    result
}

async fn fails(connectors: &TestConnectors, service: Service, payload: Value) -> ConnectorError {
    let described = payload.to_string();
    let result = timeout(LIMIT, run(connectors, service, payload)).await.expect(&described);
    result.expect_err(&described)
}

#[tokio::test]
async fn digests_are_those_of_other_programs() {
    let connectors = TestConnectors::without_models();
    let output = run(&connectors, Service::Hash, json!({ "text": "abc" })).await.unwrap();
    // The test vector of FIPS 180-2.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(output.summary, json!({ "sha256": abc, "input_bytes": 3, "rounds": 0 }));
    assert_eq!((output.bytes, output.billable_operations), (32, 1));

    let again = json!({ "text": "abc", "rounds": 1 });
    let output = run(&connectors, Service::Hash, again).await.unwrap();
    // printf abc | sha256sum | cut -c-64 | xxd -r -p | sha256sum
    let twice = "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358";
    assert_eq!(output.summary["sha256"], twice);
    assert_eq!(output.billable_operations, 2);

    let url = serve_text("abc").await;
    let output = run(&connectors, Service::Hash, json!({ "url": url })).await.unwrap();
    assert_eq!(output.summary["sha256"], abc);
}

#[tokio::test]
async fn addresses_fail_in_their_own_ways() {
    let connectors = TestConnectors::without_models();
    let server = ModelServer::start().await;
    let (refusing, _socket) = refusing().unwrap();
    for (url, reason) in [
        (refusing, FailureReason::ConnectionRefused),
        ("http://job-queue.invalid/".to_owned(), FailureReason::HostNotFound),
        (serve_half().await, FailureReason::ConnectionReset),
        (format!("{}/models/broken", server.base), FailureReason::BadResponse),
        (format!("{}/models/nothing", server.base), FailureReason::BadResponse),
    ] {
        let error = fails(&connectors, Service::Hash, json!({ "url": url })).await;
        assert_eq!(error.reason(), reason, "{url}: {error}");
        assert_eq!(error.failure().message, error.to_string());
    }
    let silent = json!({ "url": format!("{}/models/silent", server.base) });
    let error = fails(&TestConnectors::impatient(), Service::Hash, silent).await;
    assert_eq!(error.reason(), FailureReason::ResponseTimeout, "{error}");
}

/// A part, nothing, or something that is still coded is not what is at the address.
#[tokio::test]
async fn an_answer_that_is_not_the_whole_content_fails() {
    let connectors = TestConnectors::without_models();
    for (answer, said) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", "status 204"),
        ("HTTP/1.1 206 Partial Content\r\ncontent-length: 3\r\n\r\nabc", "status 206"),
        ("HTTP/1.1 202 Accepted\r\ncontent-length: 3\r\n\r\nabc", "status 202"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nabc", "coding is `gzip`"),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "coding is `gzip, chunked`",
        ),
    ] {
        let payload = json!({ "url": serve_raw(answer).await });
        let error = fails(&connectors, Service::Hash, payload).await;
        assert_eq!(error.reason(), FailureReason::BadResponse, "{answer}: {error}");
        assert!(error.to_string().contains(said), "{answer}: {error}");
    }
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let payload = json!({ "url": serve_raw(chunked).await });
    let output = run(&connectors, Service::Hash, payload).await.unwrap();
    assert_eq!(output.summary["input_bytes"], 3);
}

#[tokio::test]
async fn failures_and_mistakes_show_no_secret_of_an_address() {
    let connectors = TestConnectors::without_models();
    let (refusing, _socket) = refusing().unwrap();
    let url = format!("{}/?token=secret", refusing.replace("//", "//user:secret@"));
    let error = fails(&connectors, Service::Hash, json!({ "url": url })).await;
    assert_eq!(error.reason(), FailureReason::ConnectionRefused);
    let message = error.failure().message;
    assert!(!message.contains("secret") && message.contains("…@127.0.0.1"), "{message}");
    let payload = json!({ "url": "https://user:secret@host/?token=secret" });
    let mistake = Payload::parse(Service::Hash, payload).unwrap_err().to_string();
    assert!(!mistake.contains("secret") && mistake.contains("https://…@host/"), "{mistake}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let connectors = TestConnectors::without_models();
    let url = serve_text(Box::leak("a".repeat((8 << 20) + 1).into_boxed_str())).await;
    let error = fails(&connectors, Service::Hash, json!({ "url": url })).await;
    assert_eq!(error.reason(), FailureReason::InvalidInput);
    assert!(error.to_string().contains("longer than 8388608 bytes"), "{error}");
}

#[tokio::test]
async fn what_is_compressed_can_be_unpacked() {
    let connectors = TestConnectors::without_models();
    let text = "abc".repeat(100_000);
    let output = run(&connectors, Service::Compress, json!({ "text": text })).await.unwrap();
    assert_eq!(output.summary["input_bytes"], 300_000);
    assert!(output.bytes < 3_000, "{output:?}");

    // The same bytes with the same level are the same output; they are whole gzip.
    let again = run(&connectors, Service::Compress, json!({ "text": text })).await.unwrap();
    assert_eq!(again, output);
    let bytes = json!({ "bytes": 3_000_000, "level": 1 });
    let output = run(&connectors, Service::Compress, bytes).await.unwrap();
    assert_eq!(output.summary["input_bytes"], 3_000_000);
    // Four bits of each byte are random.
    assert!((1_500_000..2_200_000).contains(&output.bytes), "{output:?}");
    assert_eq!(output.billable_operations, 3);
    let nothing = run(&connectors, Service::Compress, json!({ "bytes": 0 })).await.unwrap();
    assert_eq!(nothing.billable_operations, 1);
}

#[tokio::test]
async fn an_image_has_the_colours_of_its_model() {
    let server = ModelServer::start().await;
    let connectors = TestConnectors::new(&server.base);
    let payload = json!({ "width": 60, "height": 40, "iterations": 50, "model": "ember" });
    let output = run(&connectors, Service::Image, payload.clone()).await.unwrap();
    assert_eq!(output.billable_operations, 1);

    let payload: ImagePayload = serde_json::from_value(payload).unwrap();
    let (view, model) = (View::of(&payload), generate("ember").unwrap());
    let model = Model::parse("ember", &model).unwrap();
    let (mut pixels, mut png) = (vec![0; 60 * 40 * 3], Vec::new());
    let (progress, _percent) = Progress::new();
    view.draw(&mut pixels, &model, &Stop::default(), &progress).unwrap();
    view.encode(&pixels, &mut png, &Stop::default()).unwrap();
    assert_eq!(output.bytes, png.len() as u64);

    let mut reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
    let mut decoded = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut decoded).unwrap();
    assert_eq!((info.width, info.height), (60, 40));
    assert_eq!(decoded, pixels);
    let at = |x: usize, y: usize| <[u8; 3]>::try_from(&decoded[(y * 60 + x) * 3..][..3]).unwrap();
    // The middle belongs to the set; a corner is the first to leave it.
    assert_eq!(at(30, 20), [0; 3]);
    assert!(model.colours().contains(&at(0, 0)));
    assert_ne!(at(0, 0), [0; 3]);
}

#[tokio::test]
async fn an_image_needs_memory_and_a_model() {
    let server = ModelServer::start().await;
    let connectors = TestConnectors::new(&server.base);
    let large = json!({ "width": 65_536, "height": 65_536 });
    let error = fails(&connectors, Service::Image, large).await;
    assert_eq!(error.reason(), FailureReason::MemoryLimit);
    assert_eq!(
        error.to_string(),
        "the output needs 12884901888 bytes of memory; a job may have 8388608"
    );
    assert_eq!(server.downloads(), 0);
    let missing = json!({ "width": 8, "height": 8, "model": "nothing" });
    let error = fails(&connectors, Service::Image, missing).await;
    assert_eq!(error.reason(), FailureReason::ModelMissing);
}

#[tokio::test]
async fn simulated_failures_are_real() {
    let connectors = TestConnectors::without_models();
    for (failure, failure_type, reason) in [
        ("memory", FailureType::Memory, FailureReason::OutOfMemory),
        ("network", FailureType::Network, FailureReason::HostNotFound),
        ("connection", FailureType::Connection, FailureReason::ConnectionRefused),
        ("unknown", FailureType::Unknown, FailureReason::Other),
    ] {
        let error = fails(&connectors, Service::Simulation, json!({ "fail": failure })).await;
        assert_eq!((error.reason(), error.reason().failure_type()), (reason, failure_type));
        assert_eq!(error.error_type(), osapi_metrics::LabelValue::as_str(&failure_type));
    }
    let large = json!({ "output_bytes": 9 << 20 });
    let error = fails(&connectors, Service::Simulation, large).await;
    assert_eq!(error.reason(), FailureReason::MemoryLimit);
}

#[tokio::test(start_paused = true)]
async fn a_simulation_takes_its_time_and_fails_as_often_as_it_should() {
    let connectors = TestConnectors::without_models();
    let begun = tokio::time::Instant::now();
    let payload = json!({ "millis": 1_500, "steps": 3, "output_bytes": 5 });
    let output = run(&connectors, Service::Simulation, payload).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(1_500));
    assert_eq!((output.bytes, output.billable_operations), (5, 2));

    let payload = json!({ "fail": "unknown", "failing_attempts": 2 });
    let payload = Payload::parse(Service::Simulation, payload).unwrap();
    let (progress, _percent) = Progress::new();
    for (attempt, succeeds) in [(1, false), (2, false), (3, true)] {
        let result = connectors.connectors.run(&payload, attempt, &progress).await;
        assert_eq!(result.is_ok(), succeeds, "attempt {attempt}");
    }
}

/// Drops a job soon after it has begun, and returns the progress at which its thread ended.
async fn drop_early(connectors: &TestConnectors, service: Service, payload: Value) -> u8 {
    let (progress, mut percent) = Progress::new();
    let payload = Payload::parse(service, payload).unwrap();
    {
        let work = connectors.connectors.run(&payload, 1, &progress);
        tokio::select! {
            ended = work => panic!("it ended: {ended:?}"),
            changed = percent.changed() => changed.unwrap(),
        }
    }
    drop(progress);
    // The thread has the last clone of the progress.
    let ended = async { while percent.changed().await.is_ok() {} };
    timeout(LIMIT, ended).await.expect("the thread ends");
    *percent.borrow()
}

#[tokio::test]
async fn a_thread_ends_soon_after_its_job_is_dropped() {
    let server = ModelServer::start().await;
    let connectors = TestConnectors::new(&server.base);
    for (service, payload) in [
        (Service::Hash, json!({ "text": "", "rounds": 10_000_000 })),
        (Service::Compress, json!({ "bytes": 256 << 20, "level": 9 })),
        (Service::Image, json!({ "width": 1_500, "height": 1_500, "iterations": 10_000 })),
    ] {
        let percent = drop_early(&connectors, service, payload).await;
        assert!(percent < 100, "{service:?} went on to {percent} %");
    }
}

#[test]
fn progress_grows() {
    let (progress, percent) = Progress::new();
    let mut seen = watch::Receiver::clone(&percent);
    for (done, all, expected) in [(1, 3, 33), (0, 3, 33), (5, 3, 100), (0, 0, 100)] {
        progress.set(done, all);
        assert_eq!(*percent.borrow(), expected);
    }
    assert!(seen.has_changed().unwrap());
    assert_eq!(*seen.borrow_and_update(), 100);
    progress.set(1, 1);
    assert!(!seen.has_changed().unwrap());
}
