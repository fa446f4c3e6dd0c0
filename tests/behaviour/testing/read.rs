//! Captured values of every metric, read as numbers.

use std::time::Duration;

use osapi_metrics::testing::{Captured, capture};

use super::{BLUE, Paint, RED, shop};

#[test]
fn counters_are_the_sum_of_the_series_that_match() {
    let captured = capture(|| {
        let paint = Paint::global();
        paint.tins_opened_total.with(RED).inc();
        paint.tins_opened_total.with(BLUE).add(4);
        paint.litres.add(0.5);
        paint.litres.add(0.25);
        paint.tins_sold_total.with(shop("north", Some(2))).inc();
        paint.tins_sold_total.with(shop("north", None)).add(2);
        paint.tins_sold_total.with(shop("south", Some(2))).add(8);
    });
    let opened = |labels: &[(&str, &str)]| captured.counter("captured_tins_opened_total", labels);
    assert_eq!(opened(&[]), 5);
    assert_eq!(opened(&[("colour", "blue")]), 4);
    assert_eq!(opened(&[("glossy", "false"), ("colour", "red")]), 1);
    assert_eq!(opened(&[("glossy", "true"), ("colour", "red")]), 0);

    assert_eq!(captured.counter("captured.litres.mixed.total", &[]), 0.75);
    assert_eq!(captured.counter("captured_litres_mixed_total", &[]), 0.75);

    let sold = |labels: &[(&str, &str)]| captured.counter("captured_tins_sold_total", labels);
    assert_eq!(sold(&[("shop", "north")]), 3);
    assert_eq!(sold(&[("floor", "2")]), 9);
    assert_eq!(sold(&[("floor", "")]), 2);
    assert_eq!(sold(&[("shop", "west")]), 0);
}

#[test]
fn up_down_counters_can_be_negative() {
    let captured = capture(|| {
        let shelved = &Paint::global().tins_shelved;
        shelved.with(shop("north", None)).add(-3);
        let guard = shelved.with(shop("south", None)).guard();
        drop(guard);
        shelved.with(shop("south", None)).inc();
    });
    assert_eq!(captured.up_down_counter("captured_tins_shelved", &[]), -2);
    assert_eq!(captured.up_down_counter("captured_tins_shelved", &[("shop", "south")]), 1);
}

#[test]
fn gauges_are_absent_until_they_are_set() {
    let captured = Captured::new();
    let fill = |labels: &[(&str, &str)]| captured.gauge("captured_shelf_fill_ratio", labels);
    assert!(fill(&[]).is_none());
    captured.run(|| {
        let ratio = &Paint::global().shelf_fill_ratio;
        ratio.with(shop("north", None)).set(0.5);
        ratio.with(shop("south", None)).set(0.75);
        ratio.with(shop("west", None)).set(1.0);
        ratio.with(shop("west", None)).clear();
    });
    assert_eq!(fill(&[("shop", "south")]), Some(0.75.into()));
    assert_eq!(fill(&[("shop", "north")]).unwrap(), 0.5);
    assert!(fill(&[("shop", "west")]).is_none());
}

#[test]
fn histograms_have_all_that_was_recorded() {
    let captured = capture(|| {
        let drying = &Paint::global().drying_seconds;
        drying.with(RED).record(0.5);
        drying.with(RED).record_duration(Duration::from_secs(2));
        drying.with(BLUE).record(90.0);
        Paint::global().picture_bytes.with(shop("north", None)).record(100);
    });
    let drying = captured.histogram("captured_drying_seconds", &[]);
    assert_eq!((drying.count, drying.sum.as_f64()), (3, 92.5));
    assert_eq!((drying.min.unwrap(), drying.max.unwrap()), (0.5.into(), 90.into()));
    assert_eq!(drying.buckets, [(1.0, 1), (10.0, 1), (60.0, 0), (f64::INFINITY, 1)]);

    let red = captured.histogram("captured_drying_seconds", &[("colour", "red")]);
    assert_eq!(red.count, 2);
    assert_eq!(red.max.unwrap(), 2);

    let pictures = captured.histogram("captured_picture_bytes", &[("shop", "north")]);
    assert_eq!(pictures.sum, 100);
    assert_eq!(pictures.buckets, [(100.0, 1), (1000.0, 0), (f64::INFINITY, 0)]);
    let none = captured.histogram("captured_picture_bytes", &[("shop", "south")]);
    assert_eq!((none.count, none.min, none.buckets.len()), (0, None, 3));
}

/// More samples than a series remembers one by one.
#[test]
fn histograms_of_many_values_have_their_extremes() {
    let captured = capture(|| {
        for value in 0..1000 {
            Paint::global().picture_bytes.with(shop("north", None)).record(value);
        }
    });
    let pictures = captured.histogram("captured_picture_bytes", &[]);
    assert_eq!(pictures.sum, 499_500);
    assert_eq!((pictures.min.unwrap(), pictures.max.unwrap()), (0.into(), 999.into()));
    assert_eq!(pictures.buckets, [(100.0, 101), (1000.0, 899), (f64::INFINITY, 0)]);
}

#[test]
fn closures_are_asked_when_they_are_read() {
    let captured = capture(|| {
        let paint = Paint::global();
        // The callbacks read the capture, like the code that they stand for.
        paint
            .customers
            .with(shop("north", None))
            .observe(|| {
                Paint::global().tins_sold_total.with(shop("asked", None)).inc();
                3
            })
            .keep();
        paint.customers.with(shop("south", None)).observe(|| 4).keep();
        paint.store_celsius.observe(|| 17.5).keep();
    });
    assert_eq!(captured.up_down_counter("captured_customers", &[]), 7);
    assert_eq!(captured.up_down_counter("captured_customers", &[("shop", "south")]), 4);
    assert_eq!(captured.gauge("captured_store_celsius", &[]).unwrap(), 17.5);
    assert_eq!(captured.counter("captured_tins_sold_total", &[("shop", "asked")]), 2);
}

#[test]
fn what_is_dropped_or_overflows_can_be_asked() {
    let captured = capture(|| {
        let paint = Paint::global();
        paint.litres.add(-1.0);
        paint.litres.add(f64::NAN);
        for name in ["a", "b", "c", "d", "e"] {
            paint.tins_sold_total.with(shop(name, None)).inc();
        }
    });
    assert_eq!(captured.dropped_samples("captured_litres_mixed_total"), 2);
    assert_eq!(captured.counter("captured_litres_mixed_total", &[]), 0);
    let sold = "captured_tins_sold_total";
    assert_eq!(captured.overflowed_samples(sold), 2);
    assert_eq!(captured.counter(sold, &[("otel_metric_overflow", "true")]), 2);
    assert_eq!(captured.counter(sold, &[]), 5);
    assert_eq!(capture(|| {}).overflowed_samples(sold), 0);
}

#[test]
fn series_that_have_ended_are_gone() {
    let captured = capture(|| {
        let sold = &Paint::global().tins_sold_total;
        sold.with(shop("gone", None)).inc();
        assert!(sold.remove(shop("gone", None)));
    });
    assert_eq!(captured.counter("captured_tins_sold_total", &[]), 0);
}
