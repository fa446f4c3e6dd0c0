//! The listing of captured values.

use osapi_metrics::testing::capture;

use super::{BLUE, Paint, RED, shop};

#[test]
fn all_that_was_recorded_is_listed() {
    let captured = capture(|| {
        let paint = Paint::global();
        paint.tins_opened_total.with(BLUE).add(2);
        paint.litres.add(0.5);
        drop(paint.tins_shelved.with(shop("north", None)).guard());
        paint.shelf_fill_ratio.with(shop("a \"b\"", Some(1))).set(0.25);
        paint.drying_seconds.with(RED).record(2.0);
        paint.drying_seconds.with(RED).record(1.5);
        paint.store_celsius.observe(|| 17.5).keep();
        for name in ["a", "b", "c", "d"] {
            paint.tins_sold_total.with(shop(name, None)).inc();
        }
        paint.tins_sold_total.retain(|labels| labels.iter().next().is_none());
    });
    assert_eq!(
        captured.to_string(),
        "captured_drying_seconds{colour=\"red\", glossy=\"false\"} 2 with the sum 3.5\n\
         captured_litres_mixed_total 0.5\n\
         captured_shelf_fill_ratio{shop=\"a \\\"b\\\"\", floor=\"1\"} 0.25\n\
         captured_store_celsius 17.5\n\
         captured_tins_opened_total{colour=\"blue\", glossy=\"true\"} 2\n\
         captured_tins_shelved 0\n\
         captured_tins_sold_total{otel_metric_overflow=\"true\"} 1\n"
    );
    assert_eq!(format!("{captured:?}"), captured.to_string());
    assert_eq!(capture(|| _ = Paint::global()).to_string(), "nothing was recorded\n");
}
