use osapi_metrics_rules::{LabelViolation, check_label_key};

#[test]
fn l1_label_keys() {
    for key in ["status", "job_name", "http_request_method", "a1"] {
        assert_eq!(check_label_key(key), None, "{key}");
    }
    for (key, expected) in [
        ("", LabelViolation::Empty),
        ("Status", LabelViolation::UpperCase { at: 0 }),
        ("errorType", LabelViolation::UpperCase { at: 5 }),
        ("error-type", LabelViolation::BadCharacter { at: 5 }),
        ("http.method", LabelViolation::BadCharacter { at: 4 }),
        ("1st", LabelViolation::BadStart),
        ("_a", LabelViolation::BadStart),
        ("a_", LabelViolation::BadEnd),
        ("a__b", LabelViolation::DoubledSeparator { at: 2 }),
        ("__name__", LabelViolation::ReservedPrefix),
        ("le", LabelViolation::ReservedKey),
        ("quantile", LabelViolation::ReservedKey),
        ("job", LabelViolation::TargetJob),
        ("instance", LabelViolation::TargetInstance),
        ("otel_scope_name", LabelViolation::ReservedByOtel),
        ("otel_metric_overflow", LabelViolation::ReservedByOtel),
    ] {
        assert_eq!(check_label_key(key), Some(expected), "{key}");
    }
}
