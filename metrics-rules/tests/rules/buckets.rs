use osapi_metrics_rules::{BucketViolation, check_buckets, default_ladder};

#[test]
fn b2_b3_and_the_default_ladders() {
    let many: Vec<f64> = (0..101).map(f64::from).collect();
    let none: Option<&str> = None;
    for (boundaries, unit, expected) in [
        (&[0.1, 0.5][..], Some("s"), None),
        (&[-1.0, 0.0, 1.0], Some("Cel"), None),
        (&many[..100], none, None),
        (&[], none, Some(BucketViolation::Empty)),
        (&many, none, Some(BucketViolation::TooMany { len: 101 })),
        (&[1.0, f64::NAN], none, Some(BucketViolation::NotFinite { index: 1 })),
        (&[1.0, f64::INFINITY], none, Some(BucketViolation::NotFinite { index: 1 })),
        (&[1.0, 3.0, 2.0], none, Some(BucketViolation::NotIncreasing { index: 2 })),
        (&[1.0, 1.0], none, Some(BucketViolation::Duplicate { index: 1 })),
        (&[-1.0, 1.0], Some("ms"), Some(BucketViolation::Negative { index: 0 })),
        (&[-1.0, 1.0], Some("By"), Some(BucketViolation::Negative { index: 0 })),
    ] {
        assert_eq!(check_buckets(boundaries, unit), expected, "{boundaries:?}");
    }
    for unit in ["s", "By"] {
        let ladder = default_ladder(Some(unit)).expect("a default ladder");
        assert_eq!(check_buckets(ladder, Some(unit)), None);
    }
    assert_eq!(default_ladder(Some("ms")), None);
    assert_eq!(default_ladder(None), None);
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
