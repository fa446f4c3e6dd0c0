//! Wrong questions of a test: the test fails, and the message names the correct call.

use osapi_metrics::testing::{Captured, capture};

use super::{Paint, panic_message, shop};

/// The message for a wrong question.
fn said(mistake: impl FnOnce(&Captured)) -> String {
    let captured = capture(|| {});
    panic_message(|| mistake(&captured))
}

#[test]
fn unknown_metrics_are_reported_with_the_nearest() {
    assert_eq!(
        said(|captured| {
            captured.counter("captured_tins_opend_total", &[]);
        }),
        "no metric `captured_tins_opend_total` is linked into this test; did you mean \
         `captured_tins_opened_total`?"
    );
    assert_eq!(
        said(|captured| {
            captured.dropped_samples("something.else.entirely");
        }),
        "no metric `something.else.entirely` is linked into this test; a set is linked in if \
         something of its crate is used"
    );
}

#[test]
fn metrics_of_another_kind_are_reported_with_the_right_method() {
    let origin = Paint::DESCRIPTORS[0].origin;
    assert_eq!(
        said(|captured| {
            captured.gauge("captured_tins_opened_total", &[]);
        }),
        format!(
            "`captured_tins_opened_total` is a counter, declared at {origin}; ask `counter` for it"
        )
    );
    for (method, name) in [
        ("up_down_counter", "captured_tins_shelved"),
        ("gauge", "captured_store_celsius"),
        ("histogram", "captured_drying_seconds"),
    ] {
        let message = said(|captured| {
            captured.counter(name, &[]);
        });
        assert!(message.ends_with(&format!("ask `{method}` for it")), "{message}");
    }
}

#[test]
fn labels_that_a_metric_does_not_have_are_reported_with_its_labels() {
    let opened = |labels: &'static [(&str, &str)]| {
        said(|captured| {
            captured.counter("captured_tins_opened_total", labels);
        })
    };
    assert_eq!(
        opened(&[("color", "red")]),
        "`captured_tins_opened_total` has no label `color`; its labels are `colour`, `glossy`"
    );
    assert_eq!(
        opened(&[("colour", "green")]),
        "the label `colour` of `captured_tins_opened_total` is never `green`; its values are `red`, \
         `blue`"
    );
    assert_eq!(
        opened(&[("glossy", "yes")]),
        "the label `glossy` of `captured_tins_opened_total` is never `yes`; its values are `false`, \
         `true`"
    );
    assert_eq!(
        opened(&[("colour", "red"), ("colour", "blue")]),
        "the label `colour` is given twice; no series has two values of it"
    );
    assert_eq!(
        said(|captured| {
            captured.gauge("captured_store_celsius", &[("room", "cellar")]);
        }),
        "`captured_store_celsius` has no label `room`; it has none"
    );
    assert!(
        said(|captured| {
            captured.histogram("captured_drying_seconds", &[("gloss", "true")]);
        })
        .contains("has no label `gloss`")
    );
}

#[test]
fn a_gauge_of_several_series_is_not_guessed() {
    let captured = capture(|| {
        let fill = &Paint::global().shelf_fill_ratio;
        fill.with(shop("north", None)).set(0.5);
        fill.with(shop("north", Some(2))).set(0.25);
    });
    let message = panic_message(|| {
        captured.gauge("captured_shelf_fill_ratio", &[("shop", "north")]);
    });
    let mut lines: Vec<_> = message.lines().collect();
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "2 series of `captured_shelf_fill_ratio` have these labels; ask for one of",
            "captured_shelf_fill_ratio{shop=\"north\", floor=\"\"} 0.5",
            "captured_shelf_fill_ratio{shop=\"north\", floor=\"2\"} 0.25",
        ]
    );
}

/// The panic names the line of the test, not a line of the library.
#[test]
fn a_mistake_is_reported_where_the_test_makes_it() {
    let place = std::sync::Arc::new(std::sync::Mutex::new(None));
    let seen = std::sync::Arc::clone(&place);
    let earlier = std::panic::take_hook();
    let this = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == this {
            *seen.lock().unwrap() = info.location().map(|at| at.file().to_owned());
        } else {
            earlier(info);
        }
    }));
    let asks: [fn(&Captured); 6] = [
        |captured| _ = captured.counter("nothing", &[]),
        |captured| _ = captured.gauge("captured_customers", &[]),
        |captured| _ = captured.histogram("captured_drying_seconds", &[("x", "")]),
        |captured| _ = captured.up_down_counter("captured_tins_shelved", &[("x", "")]),
        |captured| _ = captured.overflowed_samples("nothing"),
        |captured| captured.assert_covers::<Paint>(),
    ];
    for ask in asks {
        said(ask);
        assert_eq!(place.lock().unwrap().take().as_deref(), Some(file!()));
    }
}
