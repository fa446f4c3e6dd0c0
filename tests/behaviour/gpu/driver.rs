//! The driver and its library: absent, there later, gone and back.

use std::{fs, process::Command};

use fake_nvml::FakeDriver;
use osapi_metrics::{
    instrumentation::gpu::GpuOptions,
    testing::{Captured, CapturedValue},
};
use osapi_metrics_tests::logs::{lines_about, logs};

use super::{Gpu, SOON, observe, wait};

#[test]
fn without_a_library_nothing_is_recorded_until_there_is_one() {
    logs();
    let gpu = Gpu::new("GPU-later", "0");
    let driver = FakeDriver::uninstalled().unwrap();
    let library = driver.library();
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(&library);
    let _observations = captured.run(|| options.observe().unwrap());
    let gauge = |name| captured.gauge(name, &[]).map(CapturedValue::as_f64);
    let log = || lines_about(library.to_str().unwrap());
    wait("the line of the log", || !log().is_empty());

    // The library, the driver, and a GPU come one after another.
    driver.install().unwrap();
    driver.answer("driver count 0\n").unwrap();
    assert_eq!(gauge("osapi_gpu_sample_age_seconds"), None);
    assert_eq!(gauge("hw.temperature"), None);
    driver.answer(format!("driver count 1\n{}", gpu.answers())).unwrap();
    wait("the temperature", || gauge("hw.temperature") == Some(40.0));
    assert!(gauge("osapi_gpu_sample_age_seconds").is_some());
    let log = log();
    assert_eq!(log.len(), 2, "{log:?}");
    assert!(log[0].contains("INFO") && log[0].contains("there is no GPU"), "{log:?}");
    assert!(log[1].contains("are read"), "{log:?}");
}

#[test]
fn a_driver_without_gpus_is_no_error() {
    logs();
    let driver = FakeDriver::with_answers("driver count 0\n").unwrap();
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(driver.library());
    let _observations = captured.run(|| options.observe().unwrap());
    let log = || lines_about(driver.library().to_str().unwrap());
    wait("the line of the log", || !log().is_empty());
    assert_eq!(captured.gauge("osapi_gpu_sample_age_seconds", &[]), None);
    assert!(log()[0].contains("the driver has no GPU"), "{:?}", log());
}

/// The loader of libraries would open it and wait, with a lock that every thread needs at its
/// start.
#[test]
fn a_pipe_in_the_place_of_the_library_is_not_opened() {
    logs();
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("libnvidia-ml.so");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(&pipe);
    let _observations = captured.run(|| options.observe().unwrap());
    let log = || lines_about(pipe.to_str().unwrap());
    wait("the line of the log", || !log().is_empty());
    assert!(log()[0].contains("it is a pipe, not a regular file"), "{:?}", log());
    assert_eq!(captured.gauge("osapi_gpu_sample_age_seconds", &[]), None);
}

#[test]
fn a_driver_that_goes_and_returns_is_read_again() {
    let (first, second) = (Gpu::new("GPU-returns-a", "0"), Gpu::new("GPU-returns-b", "0"));
    let moved = Gpu::new("GPU-returns-a", "1");
    let driver = FakeDriver::with_answers(format!("driver count 1\n{}", first.answers())).unwrap();
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(driver.library());
    let of_capture = captured.run(|| options.observe().unwrap());
    let observations = observe(&driver, SOON);
    let gauge = |name| captured.gauge(name, &[]).map(CapturedValue::as_f64);
    let errors = || captured.counter("osapi_gpu_reading_errors_total", &[]).as_f64();
    wait("the temperature", || gauge("hw.temperature") == Some(40.0));
    first.waits_for_temperature(Some(40.0));

    driver.unload().unwrap();
    let before = errors();
    wait("the failures", || errors() >= before + 2.0 && gauge("hw.temperature").is_none());
    first.waits_for_temperature(None);
    assert_eq!((first.status("ok"), first.status("failed")), (None, None));
    assert!(gauge("osapi_gpu_sample_age_seconds").is_some());

    // It returns with another order of its GPUs.
    let answers = format!("driver count 2\n{}{}", second.answers(), moved.answers());
    driver.answer(&answers).unwrap();
    moved.waits_for_temperature(Some(40.0));
    second.waits_for_temperature(Some(40.0));
    assert_eq!(first.temperature(), None);

    // NVML_ERROR_UNINITIALIZED: the next reading initialises it.
    driver.answer(format!("1 power error 1\n{answers}")).unwrap();
    second.waits_for_temperature(None);
    driver.answer(&answers).unwrap();
    second.waits_for_temperature(Some(40.0));
    drop((of_capture, observations));
}

#[test]
fn gpus_are_counted_again_at_each_reading() {
    let (first, second) = (Gpu::new("GPU-count-a", "0"), Gpu::new("GPU-count-b", "1"));
    let driver = FakeDriver::with_answers(format!("driver count 1\n{}", first.answers())).unwrap();
    let _observations = observe(&driver, SOON);
    first.waits_for_temperature(Some(40.0));
    assert_eq!(second.temperature(), None);
    let both = format!("{}{}", first.answers(), second.answers());
    driver.answer(format!("driver count 2\n{both}")).unwrap();
    second.waits_for_temperature(Some(40.0));
    driver.answer(format!("driver count 1\n{both}")).unwrap();
    second.waits_for_temperature(None);
    first.waits_for_temperature(Some(40.0));
    assert_eq!(second.status("failed"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_library_is_closed_when_the_observations_end() {
    let gpu = Gpu::new("GPU-closed", "0");
    let driver = FakeDriver::with_answers(format!("driver count 1\n{}", gpu.answers())).unwrap();
    let observations = observe(&driver, SOON);
    gpu.waits_for_temperature(Some(40.0));
    let library = driver.library();
    let is_loaded =
        || fs::read_to_string("/proc/self/maps").unwrap().contains(library.to_str().unwrap());
    assert!(is_loaded());
    drop(observations);
    wait("the end of the thread", || !is_loaded());
    assert_eq!(gpu.temperature(), None);
}
