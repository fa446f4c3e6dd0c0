//! Thresholds of alerts, and old names.

use std::time::Duration;

use osapi_metrics_rules::{
    Comparison::{self, Above, AtLeast, AtMost, Below},
    InstrumentKind::{self, Counter, Gauge, Histogram, UpDownCounter},
    KnownName, Limit,
    SeverityViolation::{self, Direction, Lasting, Value},
    check_severities, explain_quantile, explain_quantile_threshold, explain_ratio_threshold,
    explain_threshold_value,
};

/// The value is finite.
#[test]
fn t1_finite_values() {
    for value in [0.0, -18.5, 1e300, f64::MIN] {
        assert!(explain_threshold_value(value).is_none(), "{value}");
    }
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(explain_threshold_value(value).is_some(), "{value}");
    }
}

/// A histogram has a quantile between 0 and 1, and no other metric has one.
#[test]
fn t2_quantiles() {
    for (kind, quantile, remedy) in [
        (Histogram, Some(0.5), None),
        (Histogram, Some(0.999_9), None),
        (Histogram, None, Some("add `quantile = 0.95`")),
        (Histogram, Some(0.0), Some("write `quantile = 0.95`")),
        (Histogram, Some(1.0), Some("write `quantile = 0.95`")),
        (Histogram, Some(-0.5), Some("write `quantile = 0.95`")),
        (Histogram, Some(99.0), Some("write `quantile = 0.99`")),
        (Histogram, Some(99.9), Some("write `quantile = 0.999`")),
        (Histogram, Some(100.0), Some("write `quantile = 0.95`")),
        (Histogram, Some(f64::NAN), Some("write `quantile = 0.95`")),
        (Gauge, None, None),
        (Gauge, Some(0.5), Some("`quantile` does not fit a gauge; remove it")),
        (Counter, Some(0.5), Some("`quantile` does not fit a counter; remove it")),
        (UpDownCounter, Some(0.5), Some("`quantile` does not fit an up-down counter; remove")),
    ] {
        let message = explain_quantile(kind, quantile);
        assert_eq!(message.is_some(), remedy.is_some(), "{kind} {quantile:?}: {message:?}");
        if let (Some(message), Some(remedy)) = (message, remedy) {
            assert!(message.as_str().contains(remedy), "{kind} {quantile:?}: {message}");
        }
    }
}

/// The threshold of a ratio is between 0 and 1.
#[test]
fn t3_ratios() {
    let remedy = |name, kind, unit, value| {
        let message = explain_ratio_threshold(name, kind, unit, value)?;
        Some(message.as_str().split("write ").nth(1).expect("a remedy").to_owned())
    };
    let of_ratio = |value| remedy("osapi_fill_ratio", Gauge, Some("1"), value);
    for value in [0.0, 0.5, 1.0] {
        assert_eq!(of_ratio(value), None, "{value}");
    }
    assert_eq!(of_ratio(1.5).as_deref(), Some("a value between them"));
    assert_eq!(of_ratio(80.0).as_deref(), Some("`0.8`"));
    assert_eq!(of_ratio(100.0).as_deref(), Some("`1`"));
    assert_eq!(of_ratio(-0.1).as_deref(), Some("a value between them"));
    assert_eq!(of_ratio(101.0).as_deref(), Some("a value between them"));
    let utilization = ("osapi.cpu.utilization", Gauge, Some("1"));
    assert_eq!(remedy(utilization.0, utilization.1, utilization.2, 90.0).as_deref(), Some("`0.9`"));
    for (name, kind, unit) in [
        ("osapi_fill_percent", Gauge, Some("%")),
        ("osapi_items", Gauge, None),
        ("osapi_items_total", Counter, Some("1")),
        ("osapi_ratio_seconds", Gauge, Some("s")),
    ] {
        assert_eq!(remedy(name, kind, unit, 80.0), None, "{name}");
    }
}

/// The threshold of a quantile is within the boundaries.
#[test]
fn t3_quantiles_within_the_boundaries() {
    let beyond =
        |comparison, value| explain_quantile_threshold(comparison, value, &[0.5, 5.0]).is_some();
    for comparison in Comparison::ALL {
        assert!(!beyond(comparison, -1.0) && !beyond(comparison, 4.9), "{comparison}");
        assert!(beyond(comparison, 5.1), "{comparison}");
        assert_eq!(beyond(comparison, 5.0), comparison == Above, "{comparison}");
        assert!(explain_quantile_threshold(comparison, 1.0, &[]).is_none());
    }
}

/// Both thresholds have one direction; `critical` is beyond `warning`, or lasts longer.
#[test]
fn t4_critical_is_beyond_warning() {
    type Threshold = (Comparison, f64, Option<f64>, u64);
    let cases: [(Threshold, Threshold, Option<SeverityViolation>); 16] = [
        ((Above, 0.8, None, 0), (Above, 0.9, None, 0), None),
        ((Above, 0.8, None, 0), (AtLeast, 0.9, None, 0), None),
        ((Above, 0.8, None, 900), (Above, 0.9, None, 300), None),
        ((Above, 0.8, None, 300), (Above, 0.8, None, 900), None),
        ((Below, 0.2, None, 0), (AtMost, 0.1, None, 0), None),
        ((Below, -1.0, None, 0), (Below, -2.0, None, 0), None),
        ((Above, 5.0, Some(0.99), 0), (Above, 1.0, Some(0.5), 0), None),
        ((Above, 0.8, None, 0), (Below, 0.1, None, 0), Some(Direction)),
        ((AtMost, 0.1, None, 0), (AtLeast, 0.8, None, 0), Some(Direction)),
        ((Above, 5.0, Some(0.99), 0), (Below, 1.0, Some(0.5), 0), Some(Direction)),
        ((Above, 0.9, None, 0), (Above, 0.8, None, 0), Some(Value)),
        ((Above, 0.9, None, 0), (Above, 0.8, None, 900), Some(Value)),
        ((Below, 0.1, None, 0), (Below, 0.2, None, 0), Some(Value)),
        ((Above, 5.0, Some(0.5), 0), (Above, 1.0, Some(0.5), 0), Some(Value)),
        ((AtLeast, 0.8, None, 300), (Above, 0.8, None, 300), Some(Lasting)),
        ((Below, 0.1, None, 300), (Below, 0.1, None, 60), Some(Lasting)),
    ];
    let limit = |(comparison, value, quantile, seconds): Threshold| Limit {
        comparison,
        value,
        quantile,
        lasting: Duration::from_secs(seconds),
    };
    for (warning, critical, expected) in cases {
        let (warning, critical) = (limit(warning), limit(critical));
        let violation = check_severities(&warning, &critical);
        assert_eq!(violation, expected, "{warning:?} {critical:?}");
        if let Some(violation) = violation {
            assert!(violation.message(&warning, &critical).as_str().contains("; write "));
        }
    }
}

/// Name, unit, kind.
type Known = (&'static str, Option<&'static str>, InstrumentKind);

/// An old name is another name than that of its metric, also in a scrape.
#[test]
fn n11_old_names() {
    let known = |(name, unit, kind): Known| KnownName { name, unit, kind };
    let cases: [(Known, Known, bool); 7] = [
        (("osapi_items", None, Gauge), ("osapi_items", None, Gauge), true),
        (("osapi.items", None, Gauge), ("osapi_items", None, Gauge), true),
        (("osapi.wait", Some("s"), Histogram), ("osapi_wait_seconds", Some("s"), Gauge), true),
        (("http.requests", None, Counter), ("http.requests", None, UpDownCounter), true),
        (("osapi_items_total", None, Counter), ("osapi_items", None, Gauge), false),
        (("osapi_items", None, Gauge), ("shop_items", None, Gauge), false),
        (("osapi.wait", Some("s"), Gauge), ("osapi.wait_time", Some("s"), Gauge), false),
    ];
    for (old, other, is_same) in cases {
        let (old, other) = (known(old), known(other));
        assert_eq!(old.is_same(&other), is_same, "{old:?} {other:?}");
        assert_eq!(old.explain_taken(&other).is_some(), is_same, "{old:?} {other:?}");
    }
    let old = known(("osapi.items", None, Gauge));
    assert!(old.explain_unchanged("osapi.stock").is_none());
    for name in ["osapi.items", "osapi_items"] {
        let message = old.explain_unchanged(name).expect("the name is the same");
        assert!(message.as_str().ends_with("; write the name before it, or remove `renamed_from`"));
    }
}
