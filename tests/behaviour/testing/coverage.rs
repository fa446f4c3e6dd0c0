//! The metrics of a set that a test has recorded.

use std::thread;

use osapi_metrics::testing::{Captured, capture};

use super::{BLUE, Paint, panic_message, shop};

/// The names of the metrics that were not recorded.
fn never(captured: &Captured) -> Vec<&'static str> {
    captured.never_recorded::<Paint>().iter().map(|metric| metric.name).collect()
}

/// The names of the metrics that are not recorded after `code`.
fn recorded(code: impl FnOnce(&'static Paint)) -> Vec<&'static str> {
    let captured = capture(|| code(Paint::global()));
    let never = never(&captured);
    let all = Paint::DESCRIPTORS.iter().map(|metric| metric.name);
    all.filter(|name| !never.contains(name)).collect()
}

#[test]
fn every_verb_covers_its_metric() {
    assert_eq!(recorded(|p| p.tins_opened_total.with(BLUE).inc()), ["captured_tins_opened_total"]);
    assert_eq!(recorded(|p| p.litres.add(0.5)), ["captured.litres.mixed.total"]);
    assert_eq!(
        recorded(|p| p.tins_sold_total.with(shop("north", None)).inc()),
        ["captured_tins_sold_total"]
    );
    assert_eq!(recorded(|p| p.drying_seconds.with(BLUE).record(0.5)), ["captured_drying_seconds"]);
    assert_eq!(recorded(|p| p.store_celsius.observe(|| None).keep()), ["captured_store_celsius"]);
}

#[test]
fn what_is_back_where_it_was_is_covered() {
    assert_eq!(
        recorded(|p| drop(p.tins_shelved.with(shop("north", None)).guard())),
        ["captured_tins_shelved"]
    );
    assert_eq!(
        recorded(|p| {
            let fill = p.shelf_fill_ratio.with(shop("north", None));
            fill.set(0.0);
            fill.clear();
        }),
        ["captured_shelf_fill_ratio"]
    );
    assert_eq!(
        recorded(|p| {
            p.shelf_fill_ratio.with(shop("north", None)).set(1.0);
            p.tins_sold_total.with(shop("north", None)).inc();
            p.shelf_fill_ratio.remove(shop("north", None));
            p.tins_sold_total.retain(|_| false);
            drop(p.store_celsius.observe(|| 1.0));
        }),
        ["captured_tins_sold_total", "captured_shelf_fill_ratio", "captured_store_celsius"]
    );
}

#[test]
fn what_is_dropped_or_only_looked_at_is_not_covered() {
    assert_eq!(
        recorded(|p| {
            p.litres.add(-1.0);
            p.drying_seconds.with(BLUE).record(f64::NAN);
            p.shelf_fill_ratio.with(shop("north", None)).set(f64::INFINITY);
            p.shelf_fill_ratio.with(shop("north", None)).clear();
            let _ = p.tins_sold_total.with(shop("north", None));
            p.tins_sold_total.remove(shop("north", None));
        }),
        [""; 0]
    );
    assert_eq!(never(&Captured::new()).len(), Paint::DESCRIPTORS.len());
}

#[test]
fn what_a_thread_recorded_that_has_ended_is_covered() {
    assert_eq!(
        recorded(|p| {
            let record = || {
                p.tins_opened_total.with(BLUE).inc();
                p.drying_seconds.with(BLUE).record(1.0);
            };
            thread::scope(|scope| scope.spawn(record).join().unwrap());
        }),
        ["captured_tins_opened_total", "captured_drying_seconds"]
    );
}

#[test]
fn a_set_that_is_not_covered_names_the_places() {
    let captured = capture(|| {
        let paint = Paint::global();
        paint.tins_opened_total.with(BLUE).inc();
        paint.litres.add(1.0);
        paint.tins_sold_total.with(shop("north", None)).inc();
        paint.tins_shelved.with(shop("north", None)).inc();
        paint.shelf_fill_ratio.with(shop("north", None)).set(0.5);
        paint.drying_seconds.with(BLUE).record(1.0);
        paint.store_celsius.observe(|| 17.5).keep();
    });
    let [bytes, customers] = ["captured_picture_bytes", "captured_customers"]
        .map(|name| Paint::DESCRIPTORS.iter().find(|metric| metric.name == name).unwrap().origin);
    assert!(bytes.file.ends_with("behaviour/testing/mod.rs") && bytes.line > 0);
    assert_eq!(
        panic_message(|| captured.assert_covers::<Paint>()),
        format!(
            "2 of 9 metrics were never recorded:\n    histogram `captured_picture_bytes`, {bytes}\n    \
             up-down counter `captured_customers`, {customers}"
        )
    );
    captured.run(|| {
        Paint::global().picture_bytes.with(shop("north", None)).record(1);
        Paint::global().customers.with(shop("north", None)).observe(|| 1).keep();
    });
    captured.assert_covers::<Paint>();
}
