//! GPUs and calls that fail, and GPUs that are lost.

use fake_nvml::FakeDriver;
use osapi_metrics::{
    instrumentation::gpu::GpuOptions,
    testing::{Captured, CapturedValue},
};
use osapi_metrics_tests::logs::{lines_about, logs};

use super::{Gpu, SOON, observe, wait};

#[test]
fn a_gpu_that_falls_off_the_bus_is_absent_and_the_others_stay() {
    let (stays, falls) = (Gpu::new("GPU-lost-a", "0"), Gpu::new("GPU-lost-b", "1"));
    let answers =
        |further: &str| format!("{further}driver count 2\n{}{}", stays.answers(), falls.answers());
    let driver = FakeDriver::with_answers(answers("")).unwrap();
    let _observations = observe(&driver, SOON);
    falls.waits_for_temperature(Some(40.0));
    assert_eq!((falls.status("ok"), falls.status("failed")), (Some(1.0), Some(0.0)));

    // NVML_ERROR_GPU_IS_LOST, NVML_ERROR_RESET_REQUIRED
    for error in ["1 handle error 15\n", "1 power error 16\n"] {
        driver.answer(answers(error)).unwrap();
        wait("the status", || falls.status("failed") == Some(1.0));
        assert_eq!((falls.temperature(), falls.power()), (None, None));
        wait("the status", || falls.status("ok") == Some(0.0));
        wait("the other GPU", || stays.temperature() == Some(40.0));
        wait("the status of the other GPU", || stays.status("ok") == Some(1.0));

        driver.answer(answers("")).unwrap();
        falls.waits_for_temperature(Some(40.0));
        wait("the status", || falls.status("failed") == Some(0.0));
    }
    let log = lines_about("GPU-lost-b");
    assert!(log.iter().any(|line| line.contains("fell off the bus")), "{log:?}");
}

#[test]
fn a_lost_gpu_that_the_driver_leaves_out_is_still_lost() {
    let (stays, falls) = (Gpu::new("GPU-left-out-a", "0"), Gpu::new("GPU-left-out-b", "1"));
    let both = format!("driver count 2\n{}{}", stays.answers(), falls.answers());
    let driver = FakeDriver::with_answers(&both).unwrap();
    let _observations = observe(&driver, SOON);
    falls.waits_for_temperature(Some(40.0));
    driver.answer(format!("1 all error 15\n{both}")).unwrap();
    falls.waits_for_temperature(None);
    driver.answer(format!("driver count 1\n{}", stays.answers().replace("40", "45"))).unwrap();
    stays.waits_for_temperature(Some(45.0));
    wait("the status", || falls.status("failed") == Some(1.0));
    driver.answer(both).unwrap();
    falls.waits_for_temperature(Some(40.0));
    wait("the status", || falls.status("ok") == Some(1.0));
}

#[test]
fn a_call_that_fails_is_counted_each_time_and_logged_once() {
    logs();
    let gpu = Gpu::new("GPU-call-fails", "0");
    let answers = |power: &str| format!("0 power {power}\ndriver count 1\n{}", gpu.answers());
    let driver = FakeDriver::with_answers(answers("60000")).unwrap();
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(driver.library());
    let _observations = captured.run(|| options.observe().unwrap());
    let gauge = |name| captured.gauge(name, &[]).map(CapturedValue::as_f64);
    let errors = || captured.counter("osapi_gpu_reading_errors_total", &[]).as_f64();
    wait("the power", || gauge("hw.power") == Some(60.0));
    let before = errors();

    driver.answer(answers("error 999")).unwrap();
    wait("the failures", || gauge("hw.power").is_none() && errors() >= before + 3.0);
    wait("the temperature", || gauge("hw.temperature") == Some(40.0));

    driver.answer(answers("61000")).unwrap();
    wait("the power", || gauge("hw.power") == Some(61.0));
    let log = lines_about("GPU-call-fails");
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(log[0].contains("nvmlDeviceGetPowerUsage"), "{log:?}");
}

#[test]
fn a_call_that_hangs_blocks_no_collection() {
    let gpu = Gpu::new("GPU-hangs", "0");
    let answers = |further: &str| format!("{further}driver count 1\n{}", gpu.answers());
    let driver = FakeDriver::with_answers(answers("")).unwrap();
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(driver.library());
    let _observations = captured.run(|| options.observe().unwrap());
    let gauge = |name| captured.gauge(name, &[]).map(CapturedValue::as_f64);
    let errors = || captured.counter("osapi_gpu_reading_errors_total", &[]).as_f64();
    wait("the temperature", || gauge("hw.temperature") == Some(40.0));

    // A collection that waited for the call would not return before this test ends.
    let before = errors();
    driver.answer(answers("0 power hang\n")).unwrap();
    wait("the failure", || gauge("hw.temperature").is_none() && errors() > before);
    let age = || gauge("osapi_gpu_sample_age_seconds").unwrap();
    let first = age();
    wait("the age", || age() > first);
    assert_eq!(gauge("hw.temperature"), None);

    driver.answer(answers("")).unwrap();
    wait("the temperature", || gauge("hw.temperature") == Some(40.0));
}

#[test]
fn a_driver_that_hangs_from_the_start_blocks_nothing() {
    let gpu = Gpu::new("GPU-hangs-at-first", "0");
    let answers = |init: &str| format!("driver init {init}\ndriver count 1\n{}", gpu.answers());
    let driver = FakeDriver::with_answers(answers("hang")).unwrap();
    let captured = Captured::new();
    let options = GpuOptions::new().interval(SOON).library(driver.library());
    let _observations = captured.run(|| options.observe().unwrap());
    let gauge = |name| captured.gauge(name, &[]).map(CapturedValue::as_f64);
    wait("the failure", || {
        let _ = gauge("hw.temperature");
        captured.counter("osapi_gpu_reading_errors_total", &[]).as_f64() >= 1.0
    });
    let first = (gauge("hw.temperature"), gauge("osapi_gpu_sample_age_seconds"));
    assert_eq!(first, (None, None));
    driver.answer(answers("ok")).unwrap();
    wait("the temperature", || gauge("hw.temperature") == Some(40.0));
}
