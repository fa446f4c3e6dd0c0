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
