//! Boundaries of histograms.

use osapi_metrics_rules::{
    BYTES_LADDER, BucketViolation,
    BucketViolation::{Duplicate, Empty, Negative, NotFinite, NotIncreasing, TooMany},
    SECONDS_LADDER, UNITS, check_buckets, default_ladder,
};

/// A histogram has `buckets`, or a unit with default boundaries (`s`: 5 ms to 10 min; `By`: powers
/// of four from 256 B to 1 GiB). A histogram with neither is an error.
#[test]
fn b1_default_ladders() {
    assert_eq!(default_ladder(None), None);
    for unit in UNITS.iter().map(|unit| unit.ucum).chain(["{item}", "By/s", "seconds", ""]) {
        let expected = match unit {
            "s" => Some(SECONDS_LADDER),
            "By" => Some(BYTES_LADDER),
            _ => None,
        };
        assert_eq!(default_ladder(Some(unit)), expected, "{unit}");
    }
    assert!(matches!(SECONDS_LADDER, [0.005, .., 600.0]));
    assert!(matches!(BYTES_LADDER, [256.0, .., 1_073_741_824.0]));
    let is_power = |pair: &[f64]| matches!(pair, [one, next] if (next / one - 4.0).abs() < 1e-9);
    assert!(BYTES_LADDER.windows(2).all(is_power));
    assert_eq!(check_buckets(SECONDS_LADDER, Some("s")), None);
    assert_eq!(check_buckets(BYTES_LADDER, Some("By")), None);
}

/// Finite, strictly increasing, no duplicates, at least one, at most 100; the error is at the first
/// wrong element.
#[test]
fn b2_increasing_and_finite() {
    let many: Vec<f64> = (0..101).map(f64::from).collect();
    let cases: [(&[f64], Option<BucketViolation>); 15] = [
        (&[1.0], None),
        (&[0.0, 0.5, 1e9], None),
        (&[-1.0, 0.0, 1.0], None),
        (&[f64::MIN, f64::MAX], None),
        (&many[..100], None),
        (&[], Some(Empty)),
        (&many, Some(TooMany { len: 101 })),
        (&[1.0, f64::NAN], Some(NotFinite { index: 1 })),
        (&[1.0, f64::INFINITY], Some(NotFinite { index: 1 })),
        (&[f64::NEG_INFINITY, 1.0], Some(NotFinite { index: 0 })),
        (&[1.0, 3.0, 2.0], Some(NotIncreasing { index: 2 })),
        (&[3.0, 2.0, f64::NAN], Some(NotIncreasing { index: 1 })),
        (&[1.0, 1.0], Some(Duplicate { index: 1 })),
        (&[1.0, 2.0, 2.0, 1.0], Some(Duplicate { index: 2 })),
        (&[-0.0, 0.0], Some(Duplicate { index: 1 })),
    ];
    for (boundaries, expected) in cases {
        assert_eq!(check_buckets(boundaries, None), expected, "{boundaries:?}");
    }
}

/// Durations and sizes: no negative boundary.
#[test]
fn b3_durations_and_sizes() {
    let negative = Some(Negative { index: 0 });
    for (unit, expected) in [
        (Some("s"), negative),
        (Some("ms"), negative),
        (Some("wk"), negative),
        (Some("By"), negative),
        (Some("KiBy"), negative),
        (Some("bit"), negative),
        (Some("Cel"), None),
        (Some("m"), None),
        (Some("1"), None),
        (Some("By/s"), None),
        (Some("{item}"), None),
        (None, None),
    ] {
        assert_eq!(check_buckets(&[-1.0, 1.0], unit), expected, "{unit:?}");
        assert_eq!(check_buckets(&[0.0, 1.0], unit), None, "{unit:?}");
    }
    assert_eq!(check_buckets(&[2.0, -1.0], Some("s")), Some(Negative { index: 1 }));
}

#[test]
fn messages_name_the_boundary_at_fault() {
    for (boundaries, unit, message) in [
        (&[][..], None, "no bucket boundaries; give at least one"),
        (&[0.5; 101], None, "bucket boundary 2 (0.5) is given twice; remove one of them"),
        (
            &[1.0, 2.5, 0.005],
            None,
            "bucket boundary 3 (0.005) is below the one before it (2.5); sort the boundaries",
        ),
        (
            &[1.0, f64::INFINITY],
            None,
            "bucket boundary 2 (+Inf) is not finite; leave it out, `+Inf` is added by itself",
        ),
        (&[f64::NAN], None, "bucket boundary 1 (NaN) is not finite; remove it"),
        (
            &[-0.5],
            Some("s"),
            "bucket boundary 1 (-0.5) of a duration or size is negative; remove it",
        ),
    ] {
        let violation = check_buckets(boundaries, unit).expect("a mistake");
        assert_eq!(violation.message(boundaries).as_str(), message);
    }
    let many: Vec<f64> = (0..101).map(f64::from).collect();
    let violation = check_buckets(&many, None).expect("too many");
    let message = violation.message(&many);
    assert_eq!(message.as_str(), "101 bucket boundaries; at most 100 are allowed");
}
