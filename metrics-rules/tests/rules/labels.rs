//! Keys of labels.

use osapi_metrics_rules::{
    LabelViolation::{
        BadCharacter, BadEnd, BadStart, DoubledSeparator, Empty, ReservedByOtel, ReservedKey,
        ReservedPrefix, TargetInstance, TargetJob, UpperCase,
    },
    check_label_key, same_label_key,
};

/// Keys are `snake_case`.
#[test]
fn l1_snake_case() {
    for key in ["status", "job_name", "http_request_method", "a1", "shard_7", "x"] {
        assert_eq!(check_label_key(key), None, "{key}");
    }
    for (key, expected) in [
        ("", Empty),
        ("Status", UpperCase { at: 0 }),
        ("errorType", UpperCase { at: 5 }),
        ("error-type", BadCharacter { at: 5 }),
        ("http.method", BadCharacter { at: 4 }),
        ("error type", BadCharacter { at: 5 }),
        ("größe", BadCharacter { at: 2 }),
        ("1st", BadStart),
        ("_a", BadStart),
        ("_", BadStart),
        ("a_", BadEnd),
        ("a__b", DoubledSeparator { at: 2 }),
    ] {
        assert_eq!(check_label_key(key), Some(expected), "{key}");
    }
}

/// Keys do not begin with `__`, and are not `le`, `quantile`, `job`, `instance` or `otel_scope_…`.
#[test]
fn l1_keys_that_others_use() {
    for (key, expected) in [
        ("__", ReservedPrefix),
        ("__name__", ReservedPrefix),
        ("le", ReservedKey),
        ("quantile", ReservedKey),
        ("job", TargetJob),
        ("instance", TargetInstance),
        ("otel_scope_name", ReservedByOtel),
        ("otel_scope_version", ReservedByOtel),
        ("otel_metric_overflow", ReservedByOtel),
    ] {
        assert_eq!(check_label_key(key), Some(expected), "{key}");
    }
    for key in [
        "level",
        "less",
        "quantiles",
        "jobs",
        "job_name",
        "exported_job",
        "instances",
        "instance_name",
        "otel_scopes",
        "otel",
        "name",
    ] {
        assert_eq!(check_label_key(key), None, "{key}");
    }
}

/// No key twice in a set.
#[test]
fn l2_the_same_key() {
    for (a, b, same) in [
        ("status", "status", true),
        ("status", "state", false),
        ("status", "statu", false),
        ("status", "", false),
        ("a", "b", false),
    ] {
        assert_eq!((same_label_key(a, b), same_label_key(b, a)), (same, same), "{a} {b}");
    }
}
