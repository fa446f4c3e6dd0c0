use osapi_metrics::{Gauge, LabelSet, LabelValue, MetricSet};

use crate::read;

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Room {
    Kitchen,
    Hall,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "gauges")]
struct Gauges {
    /// A fraction.
    #[metric(unit = "1")]
    fill_ratio: Gauge,
    /// A whole number, signed.
    #[metric(unit = "Cel")]
    outside_celsius: Gauge<(), i64>,
    /// A whole number, large.
    #[metric(unit = "By")]
    disk_bytes: Gauge<(), u64>,
    /// Never set.
    #[expect(dead_code, reason = "nothing to export")]
    never_set: Gauge,
    /// Set in one room.
    #[metric(unit = "Cel")]
    room_celsius: Gauge<Room>,
    /// Set and cleared.
    cleared: Gauge<Room, i64>,
    /// Set to what cannot be.
    refused: Gauge,
}

#[test]
fn the_last_value_stays() {
    let gauges = Gauges::global();
    gauges.fill_ratio.set(0.9);
    gauges.fill_ratio.set(0.4);
    gauges.outside_celsius.set(-12);
    gauges.disk_bytes.set(1 << 40);

    let reading = read();
    assert_eq!(reading.number("gauges_fill_ratio", &[]), Some(0.4));
    assert_eq!(reading.number("gauges_outside_celsius", &[]), Some(-12.0));
    assert_eq!(reading.number("gauges_disk_bytes", &[]), Some(1_099_511_627_776.0));
}

#[test]
fn a_gauge_that_was_not_set_is_absent() {
    Gauges::global().room_celsius.with(Room::Hall).set(0.0);
    let reading = read();
    assert_eq!(reading.number("gauges_never_set", &[]), None);
    assert_eq!(reading.number("gauges_room_celsius", &[("room", "hall")]), Some(0.0));
    assert_eq!(reading.number("gauges_room_celsius", &[("room", "kitchen")]), None);
}

#[test]
fn a_cleared_gauge_is_absent_until_it_is_set_again() {
    let value = || read().number("gauges_cleared", &[("room", "kitchen")]);
    let kitchen = Gauges::global().cleared.with(Room::Kitchen);
    Gauges::global().cleared.with(Room::Hall).set(7);
    kitchen.set(3);
    assert_eq!(value(), Some(3.0));
    kitchen.clear();
    assert_eq!(value(), None);
    assert_eq!(read().number("gauges_cleared", &[("room", "hall")]), Some(7.0));
    kitchen.set(4);
    assert_eq!(value(), Some(4.0));
}

#[test]
fn a_value_that_is_no_number_leaves_the_last_one() {
    let gauge = &Gauges::global().refused;
    gauge.set(1.5);
    gauge.set(f64::NAN);
    gauge.set(f64::INFINITY);
    let reading = read();
    assert_eq!(reading.number("gauges_refused", &[]), Some(1.5));
    let dropped = [("metric", "gauges_refused")];
    assert_eq!(reading.number("osapi_metrics_dropped_samples_total", &dropped), Some(2.0));
}
