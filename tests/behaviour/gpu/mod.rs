//! GPUs of NVIDIA, by a library that answers what a test wants, and by the real one where there is
//! a GPU.

mod driver;
mod failures;
mod index_metrics;
mod real;
mod values;

use std::{
    thread,
    time::{Duration, Instant},
};

use fake_nvml::FakeDriver;
use osapi_metrics::{instrumentation::gpu::GpuOptions, roles::Observations};
use osapi_metrics_tests::logs;

use crate::{Reading, read_lines_with};

/// The longest time that a test waits for a reading.
const PATIENCE: Duration = Duration::from_secs(60);

/// The driver is read once.
const ONCE: Duration = Duration::from_secs(3600);

/// The driver is read again soon. A reading that takes three times as long has failed.
const SOON: Duration = Duration::from_millis(100);

/// Waits until something is so.
fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::yield_now();
    }
}

fn observe(driver: &FakeDriver, interval: Duration) -> Observations {
    // The log of the process, from before the first line.
    logs::logs();
    GpuOptions::new().interval(interval).library(driver.library()).observe().unwrap()
}

/// The series of a GPU.
struct Gpu<'a> {
    uuid: &'a str,
    model: Option<&'a str>,
    index: &'a str,
}

impl<'a> Gpu<'a> {
    const fn new(uuid: &'a str, index: &'a str) -> Self {
        Self { uuid, model: Some("NVIDIA H200"), index }
    }

    /// The answers of a GPU that supports little.
    fn answers(&self) -> String {
        let Self { uuid, index, .. } = self;
        format!(
            "{index} uuid {uuid}\n{index} name NVIDIA H200\n{index} temperature 40\n\
             {index} memory 8000 1000 2000\n{index} power 70500\n"
        )
    }

    /// The value of a series with further labels.
    fn number(&self, metric: &str, further: &[(&str, &str)]) -> Option<f64> {
        self.number_in(&read_lines_with(&format!("\"{}\"", self.uuid)), metric, further)
    }

    fn number_in(&self, reading: &Reading, metric: &str, further: &[(&str, &str)]) -> Option<f64> {
        let mut labels = vec![("hw_id", self.uuid), ("gpu_index", self.index)];
        labels.extend(self.model.map(|model| ("hw_model", model)));
        labels.extend(further);
        reading.number(metric, &labels)
    }

    fn temperature(&self) -> Option<f64> {
        self.number("hw_temperature_celsius", &[("hw_sensor_location", "gpu")])
    }

    fn power(&self) -> Option<f64> {
        self.number("hw_power_watts", &[("hw_type", "gpu")])
    }

    fn status(&self, state: &str) -> Option<f64> {
        self.number("hw_status", &[("hw_type", "gpu"), ("hw_state", state)])
    }

    fn waits_for_temperature(&self, temperature: Option<f64>) {
        wait("the temperature", || self.temperature() == temperature);
    }
}
