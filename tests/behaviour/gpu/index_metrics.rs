//! The set with the index of the GPU.

use fake_nvml::FakeDriver;
use osapi_metrics::instrumentation::gpu::{GpuIndexMetrics, GpuOptions};

use super::{ONCE, wait};
use crate::read_lines_with;

#[test]
fn the_use_of_the_gpus_is_there_by_index() {
    // What no metric of the set needs is not called: these calls would not return.
    let hangs = ["temperature", "power", "energy", "encoder", "corrected"]
        .map(|call| format!("0 {call} hang\n"))
        .concat();
    let driver = FakeDriver::with_answers(format!(
        "{hangs}driver count 2\n0 uuid GPU-index-a\n0 utilization 37 1\n\
         0 memory 9000000000 0 4294967296\n1 uuid GPU-index-b\n1 memory 9000000000 0 0\n"
    ))
    .unwrap();
    let options = GpuOptions::new().interval(ONCE).library(driver.library());
    let observations = options.observe_in::<GpuIndexMetrics>(&()).unwrap();
    let number =
        |metric: &str, index| read_lines_with(metric).number(metric, &[("gpu_index", index)]);
    wait("the memory", || number("gpu_memory_used_bytes", "0").is_some());
    let of_both = |metric| [number(metric, "0"), number(metric, "1")];
    assert_eq!(of_both("gpu_memory_used_bytes"), [Some(4_294_967_296.0), Some(0.0)]);
    assert_eq!(of_both("gpu_utilization_percent"), [Some(37.0), None]);
    // The other set is not recorded.
    assert_eq!(read_lines_with("GPU-index").label_values("hw_status", "hw_id"), [""; 0]);
    drop(observations);
    assert_eq!(of_both("gpu_memory_used_bytes"), [None, None]);
}
