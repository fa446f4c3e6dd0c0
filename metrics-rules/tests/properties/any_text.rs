//! The checks on any text: no check panics, and each check agrees with a plain reading of its rule.

use osapi_metrics_rules::{
    check_base_unit, check_buckets, check_grammar, check_label_key, check_prefix, check_semconv,
    check_suffix, check_unit_for_kind, check_unit_in_name, check_words, nearest_unit, parse_unit,
    propose, unit_word,
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::declarations::KINDS;

/// Parts that a rule mentions, and characters that no rule expects.
const PARTS: [&str; 17] = [
    "_", ".", "/", "{", "}", "é", "🦀", "1", "A", "per", "total", "count", "seconds", "second",
    "ratio", "ms", "osapi",
];

fn text() -> impl Strategy<Value = String> {
    let of_parts = vec(select(&PARTS), 0..8).prop_map(|parts| parts.concat());
    prop_oneof![any::<String>(), of_parts]
}

/// N1 in one line.
fn is_words_in_namespaces(name: &str) -> bool {
    name.len() <= 255
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.split(['_', '.']).all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// L1 in one line.
fn is_label_key(key: &str) -> bool {
    let reserved = ["le", "quantile", "job", "instance", "otel_metric_overflow"];
    is_words_in_namespaces(key)
        && !key.contains('.')
        && !reserved.contains(&key)
        && !key.starts_with("otel_scope_")
}

/// B2 in one line.
fn are_boundaries(boundaries: &[f64]) -> bool {
    (1..=100).contains(&boundaries.len())
        && boundaries.iter().all(|boundary| boundary.is_finite())
        && boundaries.windows(2).all(|pair| pair[0] < pair[1])
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn no_rule_panics(name in text(), unit in text(), prefix in text(), keeps_units: bool) {
        check_grammar(&name);
        check_words(&name);
        check_semconv(&name);
        check_label_key(&name);
        check_prefix(&name, &prefix);
        nearest_unit(&unit);
        let _ = parse_unit(&unit);
        for unit in [None, Some(unit.as_str())] {
            check_base_unit(&name, unit);
            for kind in KINDS {
                check_suffix(&name, kind);
                check_unit_in_name(&name, kind, unit);
                check_unit_for_kind(&name, kind, unit);
                unit_word(unit.unwrap_or_default(), kind);
                propose(&name, &prefix, kind, unit, keeps_units);
            }
        }
    }

    #[test]
    fn n1_is_words_in_namespaces(name in prop_oneof![text(), "[a-z0-9_.]{0,9}", "[a-z]{250,260}"]) {
        prop_assert_eq!(check_grammar(&name).is_none(), is_words_in_namespaces(&name));
    }

    #[test]
    fn l1_is_snake_case_and_free(key in prop_oneof![
        text(),
        "[a-z0-9_]{0,9}",
        "(otel_scope|otel|job|le|instance|quantile|otel_metric_overflow|_|s){1,3}",
    ]) {
        // Prometheus has no limit, and the limit of OpenTelemetry is for instruments.
        prop_assume!(key.len() <= 255);
        prop_assert_eq!(check_label_key(&key).is_none(), is_label_key(&key));
    }

    #[test]
    fn b2_is_increasing_and_finite(
        boundaries in vec(prop_oneof![any::<f64>(), (-5_i8..50).prop_map(f64::from)], 0..6),
        long in vec(Just(1.0), 90..110),
    ) {
        let mut sorted = boundaries.clone();
        sorted.sort_by(f64::total_cmp);
        let long: Vec<f64> = long.iter().zip(0..).map(|(_, at)| f64::from(at)).collect();
        for boundaries in [boundaries, sorted, long] {
            let accepted = check_buckets(&boundaries, None).is_none();
            prop_assert_eq!(accepted, are_boundaries(&boundaries));
            let positive = boundaries.iter().all(|boundary| *boundary >= 0.0);
            for unit in ["s", "ms", "By", "KiBy"] {
                let expected = positive && are_boundaries(&boundaries);
                prop_assert_eq!(check_buckets(&boundaries, Some(unit)).is_none(), expected);
            }
        }
    }
}
