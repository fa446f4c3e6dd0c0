//! Captures work whether metrics are on or off.

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, Metrics, UpDownCounter,
    config::Environment,
    instrumented_job,
    testing::{Captured, capture, capture_async},
};
use osapi_metrics_tests::reading::{Reading, install};

use crate::take_turn;

#[derive(LabelSet)]
struct RoomLabels {
    #[label(max = 10)]
    room: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "switched")]
struct Lamps {
    /// Lights switched on.
    lights_lit_total: Counter<RoomLabels>,
    /// Lights that are on.
    lights_on: UpDownCounter,
    /// Brightness.
    #[metric(unit = "1")]
    brightness_ratio: Gauge,
    /// Time that they are on.
    #[metric(unit = "s")]
    lit_seconds: Histogram,
}

#[instrumented_job(name = "captured.switch")]
fn switch(room: &'static str) {
    let lamps = Lamps::global();
    lamps.lights_lit_total.with(RoomLabels { room }).inc();
    let _on = lamps.lights_on.guard();
    lamps.brightness_ratio.set(0.5);
    lamps.lit_seconds.start_timer().stop();
}

#[instrumented_job(name = "captured.switch_later")]
async fn switch_later(room: &'static str) {
    switch(room);
}

fn check(captured: &Captured) {
    captured.assert_covers::<Lamps>();
    assert_eq!(captured.counter("switched_lights_lit_total", &[("room", "cellar")]), 1);
    assert_eq!(captured.up_down_counter("switched_lights_on", &[]), 0);
    assert_eq!(captured.gauge("switched_brightness_ratio", &[]).unwrap(), 0.5);
    assert_eq!(captured.histogram("switched_lit_seconds", &[]).count, 1);
    let completed = [("job_name", "captured.switch"), ("status", "completed")];
    assert_eq!(captured.counter("osapi_jobs_completed_total", &completed), 1);
}

#[test]
fn what_is_switched_off_is_captured_too() {
    let _turn = take_turn();
    let off = Metrics::builder().environment(Environment::default()).install().unwrap();
    check(&capture(|| switch("cellar")));
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let later = tokio.block_on(capture_async(switch_later("cellar")));
    check(&later);
    assert_eq!(later.counter("osapi_jobs_started_total", &[]), 2);
    // Outside of the capture recording stays off.
    switch("attic");
    drop(off);

    let on = install();
    let reading = Reading::of(&on);
    let never: Vec<_> = on.catalogue().never_recorded().map(|metric| metric.name).collect();
    for metric in Lamps::DESCRIPTORS {
        assert!(never.contains(&metric.name), "{}", metric.name);
    }
    let started = [("job_name", "captured.switch")];
    assert_eq!(reading.number("osapi_jobs_started_total", &started), Some(0.0));
    assert_eq!(reading.number("switched_lights_on", &[]), Some(0.0));
}
