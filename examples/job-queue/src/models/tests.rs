use std::{fs, path::Path};

use futures_util::future::join_all;
use osapi_metrics::testing::{CapturedValue, ThreadCapture, capture_thread};

use super::{ModelCache, ModelCacheOptions, ModelError, generate};
use crate::{
    http_client::HttpClient,
    job::FailureReason,
    testing::{IMPATIENCE, LIMIT, ModelServer},
};

fn open(base: &str, folder: &Path, limit: u64) -> ModelCache {
    let options = ModelCacheOptions {
        base: base.to_owned(),
        folder: folder.to_owned(),
        limit,
        download_timeout: LIMIT,
    };
    ModelCache::open(options, HttpClient::new(LIMIT).unwrap()).unwrap()
}

fn size(name: &str) -> u64 {
    generate(name).unwrap().len() as u64
}

/// Requests that hit and missed, downloads that completed, were corrupt and failed.
fn counts(captured: &ThreadCapture) -> [CapturedValue; 5] {
    let requests = |result| captured.counter("model_cache_requests_total", &[("result", result)]);
    let downloads = |result| captured.counter("model_downloads_total", &[("result", result)]);
    [
        requests("hit"),
        requests("miss"),
        downloads("completed"),
        downloads("corrupt"),
        downloads("failed"),
    ]
}

#[tokio::test]
async fn jobs_that_want_one_model_share_a_download() {
    let captured = capture_thread();
    let (server, folder) = (ModelServer::start().await, tempfile::tempdir().unwrap());
    let cache = open(&server.base, folder.path(), 16 << 20);
    let _observations = cache.observe();
    for model in join_all((0..20).map(|_| cache.get("sunset"))).await {
        assert_eq!(model.unwrap().colours().len() as u64, (size("sunset") - 51) / 3);
    }
    assert_eq!(server.downloads(), 1);
    cache.get("sunset").await.unwrap();
    assert_eq!(server.downloads(), 1);
    assert_eq!(counts(&captured), [1, 20, 1, 0, 0]);
    assert_eq!(captured.counter("model_download_bytes_total", &[]), size("sunset"));
    assert_eq!(captured.histogram("model_download_duration_seconds", &[]).count, 1);
    assert_eq!(captured.gauge("model_cache_size_bytes", &[]).unwrap(), size("sunset"));
    assert_eq!(captured.gauge("model_cache_models", &[]).unwrap(), 1);

    // Another process with the folder downloads nothing, also without the server.
    server.stop().await;
    let other = open("http://127.0.0.1:9", folder.path(), 16 << 20);
    other.get("sunset").await.unwrap();
    assert_eq!(counts(&captured)[0], 2);
}

#[tokio::test]
async fn a_job_that_stops_waiting_does_not_end_the_download() {
    let captured = capture_thread();
    let (server, folder) = (ModelServer::start().await, tempfile::tempdir().unwrap());
    let cache = open(&server.base, folder.path(), 16 << 20);
    let dropped = cache.clone();
    let waiting = tokio::spawn(async move { dropped.get("ocean").await.map(drop) });
    // The task runs to its first wait.
    tokio::task::yield_now().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    cache.get("ocean").await.unwrap();
    assert_eq!(server.downloads(), 1);
    assert_eq!(counts(&captured)[2], 1);
}

#[tokio::test]
async fn the_model_that_was_used_least_recently_makes_room() {
    let captured = capture_thread();
    let (server, folder) = (ModelServer::start().await, tempfile::tempdir().unwrap());
    let limit = size("ocean") + size("sunset") + size("slate") - 1;
    let cache = open(&server.base, folder.path(), limit);
    let _observations = cache.observe();
    for name in ["ocean", "sunset", "ocean", "slate"] {
        cache.get(name).await.unwrap();
    }
    let file = |name: &str| folder.path().join(name).with_extension("model");
    assert!(!file("sunset").exists());
    assert_eq!(fs::read(file("ocean")).unwrap(), generate("ocean").unwrap());
    assert_eq!(captured.counter("model_cache_evictions_total", &[]), 1);
    assert_eq!(
        captured.gauge("model_cache_size_bytes", &[]).unwrap(),
        size("ocean") + size("slate")
    );

    // A model that does not fit is used and not kept.
    let small = open(&server.base, folder.path(), 1_000);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let before = server.downloads();
    for _ in 0..2 {
        small.get("ocean").await.unwrap();
    }
    assert_eq!(server.downloads(), before + 2);
}

#[tokio::test]
async fn a_damaged_file_is_downloaded_again() {
    let captured = capture_thread();
    let (server, folder) = (ModelServer::start().await, tempfile::tempdir().unwrap());
    let cache = open(&server.base, folder.path(), 16 << 20);
    cache.get("ember").await.unwrap();
    let file = folder.path().join("ember.model");
    let mut bytes = fs::read(&file).unwrap();
    bytes[1_000] ^= 0xFF;
    fs::write(&file, &bytes[..]).unwrap();
    let models = join_all((0..5).map(|_| cache.get("ember"))).await;
    assert!(models.iter().all(Result::is_ok));
    assert_eq!(fs::read(&file).unwrap(), generate("ember").unwrap());
    assert_eq!(captured.counter("model_cache_corrupt_files_total", &[]), 1);
    assert_eq!(server.downloads(), 2);

    // A file that somebody removed is not damaged.
    fs::remove_file(&file).unwrap();
    cache.get("ember").await.unwrap();
    assert_eq!(captured.counter("model_cache_corrupt_files_total", &[]), 1);
    assert_eq!(counts(&captured), [0, 7, 3, 0, 0]);
}

#[tokio::test]
async fn what_is_not_to_be_had_is_told_apart() {
    let captured = capture_thread();
    let (server, folder) = (ModelServer::start().await, tempfile::tempdir().unwrap());
    let cache = open(&server.base, folder.path(), 16 << 20);
    for (name, reason) in [
        ("nothing", FailureReason::ModelMissing),
        ("damaged", FailureReason::BadResponse),
        ("broken", FailureReason::BadResponse),
        ("../up", FailureReason::InvalidInput),
    ] {
        let error = cache.get(name).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{error}");
    }
    // Of a server that sends bytes now and then, only the time for all of them is an end.
    let options = ModelCacheOptions {
        base: server.base.clone(),
        folder: folder.path().to_owned(),
        limit: 0,
        download_timeout: IMPATIENCE,
    };
    let slow = ModelCache::open(options, HttpClient::new(LIMIT).unwrap()).unwrap();
    let error = slow.get("silent").await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ResponseTimeout, "{error}");
    assert!(matches!(error, ModelError::TimedOut { .. }));
    assert_eq!(counts(&captured), [0, 4, 0, 1, 3]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    // The server vanishes: what is cached is still there, the rest fails until it is back.
    cache.get("slate").await.unwrap();
    server.stop().await;
    cache.get("slate").await.unwrap();
    let error = cache.get("ocean").await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused, "{error}");
    assert!(matches!(error, ModelError::Download { .. }));
}

#[tokio::test]
async fn files_that_are_not_models_are_left_alone() {
    let (server, folder) = (ModelServer::start().await, tempfile::tempdir().unwrap());
    let other = folder.path().join("notes.txt");
    fs::write(&other, "mine").unwrap();
    let cache = open(&server.base, folder.path(), 1);
    cache.get("ocean").await.unwrap();
    assert_eq!(fs::read_to_string(other).unwrap(), "mine");
}
