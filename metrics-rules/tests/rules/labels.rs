//! Keys of labels.

use osapi_metrics_rules::{
    LabelViolation::{
        BadCharacter, BadEnd, BadStart, DoubledSeparator, Empty, ReservedByOtel, ReservedKey,
        ReservedPrefix, TargetInstance, TargetJob, UpperCase,
    },
    MAX_CONSTANT_LABEL_BYTES, MAX_CONSTANT_LABELS, check_label_key, explain_constant_key,
    explain_constant_labels, explain_constant_value, is_one_key_in_scrape, same_label_key,
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

/// The keys of constant labels are label keys without dots, and their values are not empty.
#[test]
fn l7_constant_labels() {
    for key in ["tier", "http_route", "type", "le_1"] {
        assert!(explain_constant_key(key).is_none(), "{key}");
    }
    let long = "a".repeat(MAX_CONSTANT_LABEL_BYTES);
    assert!(explain_constant_key(&long).is_none() && explain_constant_value(&long).is_none());
    let longer = format!("{long}a");
    for (key, expected) in [
        ("", "the label key is empty; name it in snake_case"),
        ("Tier", "a label key has no upper-case letters; write `tier`"),
        (
            "le",
            "`le` and `quantile` are the labels histograms and summaries are made of; write \
                `upper_bound`",
        ),
        ("http.route", "the key of a constant label has no dots; write it in snake_case"),
        ("größe", "a label key has letters, digits and `_` only; write it in snake_case"),
        (
            &longer,
            "the key of a constant label has at most 255 bytes, and this one 256; shorten it",
        ),
    ] {
        assert_eq!(explain_constant_key(key).unwrap().as_str(), expected, "{key}");
    }
    for value in ["batch", " ", "a b", "é\n\"", "1"] {
        assert!(explain_constant_value(value).is_none(), "{value}");
    }
    assert!(explain_constant_value("").is_some() && explain_constant_value(&longer).is_some());
    assert!(explain_constant_labels(MAX_CONSTANT_LABELS).is_none());
    assert!(explain_constant_labels(MAX_CONSTANT_LABELS + 1).is_some());
}

/// A scrape writes `_` for a dot.
#[test]
fn l7_keys_that_are_one_in_a_scrape() {
    for (a, b, expected) in [
        ("tier", "tier", true),
        ("http.route", "http_route", true),
        ("http_route", "http.route", true),
        ("a.b.c", "a_b_c", true),
        ("tier", "tiers", false),
        ("a.b", "a", false),
        ("", "", true),
    ] {
        assert_eq!(is_one_key_in_scrape(a, b), expected, "{a} {b}");
    }
}
