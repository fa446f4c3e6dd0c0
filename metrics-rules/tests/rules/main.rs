//! The rules as tables: what each accepts, and what it says about the rest.

mod buckets;
mod labels;
mod names;
mod rendering;
mod units;

use osapi_metrics_rules::InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter};
use osapi_metrics_rules::{
    InstrumentKind, UNITS, check_base_unit, check_buckets, check_grammar, check_label_key,
    check_prefix, check_semconv, check_suffix, check_unit_for_kind, check_unit_in_name,
    check_words, explain_label_key, nearest_unit, prometheus_name, prometheus_unit, unit_word,
};

/// Whatever a user writes, no rule panics over another's mistake.
#[test]
fn no_rule_panics() {
    let odd = [
        "",
        "_",
        ".",
        "__",
        "é",
        "aé",
        "_total",
        ".total",
        "total",
        "a_total",
        "per",
        "per_",
        "_per_second",
        "per_second",
        "seconds",
        "_seconds",
        "1",
        "/",
        "//",
        "{",
        "}",
        "{}",
        "}{",
        "{}/",
        "/{}",
        "{/}",
        "a/{",
        "\0",
        "🦀_🦀.🦀/🦀",
    ];
    for name in odd {
        check_grammar(name);
        check_words(name);
        check_semconv(name);
        check_label_key(name);
        nearest_unit(name);
        for unit in odd.iter().copied().chain(UNITS.iter().map(|unit| unit.ucum)) {
            check_prefix(name, unit);
            check_base_unit(name, Some(unit));
            for kind in [Counter, Gauge, UpDownCounter, Histogram] {
                check_suffix(name, kind);
                check_unit_in_name(name, kind, Some(unit));
                check_unit_for_kind(name, kind, Some(unit));
                unit_word(unit, kind);
                prometheus_name(name, Some(unit), kind);
                prometheus_unit(name, Some(unit), kind);
            }
        }
    }
}

/// The checks work where the macros and descriptors need them.
const _: () = {
    assert!(check_grammar("osapi_jobs_created_total").is_none());
    assert!(check_unit_in_name("a_seconds", InstrumentKind::Gauge, Some("s")).is_none());
    assert!(check_buckets(osapi_metrics_rules::BYTES_LADDER, Some("By")).is_none());
    if let Some(message) = explain_label_key("status", false) {
        panic!("{}", message.as_str());
    }
};
