//! What the driver reports, and what it does not.

use fake_nvml::FakeDriver;
use osapi_metrics::{
    instrumentation::gpu::{GpuMetrics, GpuOptions},
    testing::{CapturedValue, capture},
};

use super::{Gpu, ONCE, observe, wait};
use crate::read_lines_with;

const HARDWARE: (&str, &str) = ("hw_type", "gpu");

/// A metric, labels beside those of the GPU, and the value.
type Row = (&'static str, &'static [(&'static str, &'static str)], f64);

#[test]
fn every_value_of_a_gpu_has_its_series() {
    let gpu = Gpu::new("GPU-values-all", "0");
    let driver = FakeDriver::with_answers(
        "driver count 1\n0 uuid GPU-values-all\n0 name NVIDIA H200\n0 utilization 37 12\n\
         0 encoder 5 100000\n0 decoder 0 100000\n0 memory 150754820096 629145600 75377410048\n\
         0 temperature 41\n0 power 123456\n0 energy 98765432100\n0 corrected 3\n0 uncorrected 1\n",
    )
    .unwrap();
    let observations = observe(&driver, ONCE);
    gpu.waits_for_temperature(Some(41.0));
    let reading = read_lines_with("\"GPU-values-all\"");
    let rows: [Row; 13] = [
        ("hw_gpu_utilization_ratio", &[("hw_gpu_task", "general")], 0.37),
        ("hw_gpu_utilization_ratio", &[("hw_gpu_task", "encoder")], 0.05),
        ("hw_gpu_utilization_ratio", &[("hw_gpu_task", "decoder")], 0.0),
        ("hw_gpu_memory_usage_bytes", &[], 75_377_410_048.0),
        ("hw_gpu_memory_limit_bytes", &[], 150_754_820_096.0),
        ("hw_gpu_memory_utilization_ratio", &[], 0.5),
        ("hw_temperature_celsius", &[("hw_sensor_location", "gpu")], 41.0),
        ("hw_power_watts", &[HARDWARE], 123.456),
        ("hw_energy_joules_total", &[HARDWARE], 98_765_432.1),
        ("hw_errors_total", &[HARDWARE, ("error_type", "corrected")], 3.0),
        ("hw_errors_total", &[HARDWARE, ("error_type", "uncorrected")], 1.0),
        ("hw_status", &[HARDWARE, ("hw_state", "ok")], 1.0),
        ("hw_status", &[HARDWARE, ("hw_state", "failed")], 0.0),
    ];
    for (metric, labels, value) in rows {
        assert_eq!(gpu.number_in(&reading, metric, labels), Some(value), "{metric} {labels:?}");
    }
    drop(observations);
    assert_eq!(gpu.temperature(), None);
}

#[test]
fn what_a_gpu_does_not_support_is_absent_for_that_gpu_and_no_error() {
    let driver = FakeDriver::with_answers(
        "driver count 2\n0 uuid GPU-values-a\n0 temperature 40\n0 utilization 100 0\n\
         0 memory 8 1 0\n\
         1 uuid GPU-values-b\n1 temperature 50\n1 utilization error 3\n1 memory error 13\n\
         1 power error 21\n",
    )
    .unwrap();
    let options = GpuOptions::new().interval(ONCE).library(driver.library());
    let captured = capture(|| options.observe().unwrap().keep());
    let gauge = |name, uuid| captured.gauge(name, &[("hw.id", uuid)]).map(CapturedValue::as_f64);
    wait("the GPUs", || gauge("hw.temperature", "GPU-values-b").is_some());
    let of_both = |name| [gauge(name, "GPU-values-a"), gauge(name, "GPU-values-b")];
    assert_eq!(of_both("hw.temperature"), [Some(40.0), Some(50.0)]);
    assert_eq!(of_both("hw.gpu.utilization"), [Some(1.0), None]);
    assert_eq!(of_both("hw.gpu.memory.utilization"), [Some(0.0), None]);
    assert_eq!(of_both("hw.power"), [None, None]);
    assert_eq!(captured.counter("osapi_gpu_reading_errors_total", &[]), 0);
    assert!(captured.gauge("osapi_gpu_sample_age_seconds", &[]).is_some());
    let never: Vec<_> =
        captured.never_recorded::<GpuMetrics>().iter().map(|metric| metric.name).collect();
    assert_eq!(never, ["osapi_gpu_reading_errors_total"]);
}

#[test]
fn numbers_that_stand_for_not_available_are_absent() {
    let gpu = Gpu::new("GPU-values-blank", "0");
    let driver = FakeDriver::with_answers(
        "driver count 1\n0 uuid GPU-values-blank\n0 name NVIDIA H200\n\
         0 utilization 4294967295 4294967295\n0 encoder 101\n0 decoder 2147483634\n\
         0 memory 18446744073709551615 0 9223372036854775794\n0 temperature 42\n\
         0 power 4294967295\n0 energy 18446744073709551615\n0 corrected 9223372036854775794\n\
         0 uncorrected 2\n",
    )
    .unwrap();
    let _observations = observe(&driver, ONCE);
    gpu.waits_for_temperature(Some(42.0));
    let reading = read_lines_with("\"GPU-values-blank\"");
    for task in ["general", "encoder", "decoder"] {
        let share = gpu.number_in(&reading, "hw_gpu_utilization_ratio", &[("hw_gpu_task", task)]);
        assert_eq!(share, None, "{task}");
    }
    for metric in [
        "hw_gpu_memory_usage_bytes",
        "hw_gpu_memory_limit_bytes",
        "hw_gpu_memory_utilization_ratio",
    ] {
        assert_eq!(gpu.number_in(&reading, metric, &[]), None, "{metric}");
    }
    assert_eq!(gpu.power(), None);
    assert_eq!(gpu.number_in(&reading, "hw_energy_joules_total", &[HARDWARE]), None);
    let errors = |of| gpu.number_in(&reading, "hw_errors_total", &[HARDWARE, ("error_type", of)]);
    assert_eq!((errors("corrected"), errors("uncorrected")), (None, Some(2.0)));
}

#[test]
fn a_name_that_is_no_text_is_left_out() {
    let gpu = Gpu { uuid: "GPU-values-garbage", model: None, index: "0" };
    let mut answers = b"driver count 2\n0 uuid GPU-values-garbage\n0 name \xff\xfe".to_vec();
    answers.extend(b"\n0 temperature 43\n1 uuid \xff\n1 name values, no uuid\n1 temperature 44\n");
    let driver = FakeDriver::with_answers(answers).unwrap();
    let _observations = observe(&driver, ONCE);
    gpu.waits_for_temperature(Some(43.0));
    let without_uuid = Gpu { uuid: "gpu-1", model: Some("values, no uuid"), index: "1" };
    assert_eq!(without_uuid.temperature(), Some(44.0));
}
