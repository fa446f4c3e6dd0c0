//! The rules as tables: the declarations that each rule accepts, and its messages about all others.
//!
//! `specification` has whole declarations: a table for each rule of names and units, with the
//! proposals for invalid declarations. `unit_table` has the units. `names` and `units` show the
//! position in a name at which each check finds the mistake. `labels` and `buckets` have one table
//! for each rule. `thresholds` and `runbook` have the rules for alerts, `presence` those of what is
//! absent or stale. `rendering` has the names in a scrape, and the names that collide there (rule
//! N9).

mod buckets;
mod labels;
mod names;
mod presence;
mod rendering;
mod runbook;
mod specification;
mod thresholds;
mod unit_table;
mod units;

use osapi_metrics_rules::{
    InstrumentKind,
    InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter},
    UNITS, check_base_unit, check_buckets, check_grammar, check_label_key, check_prefix,
    check_semconv, check_suffix, check_unit_for_kind, check_unit_in_name, check_words,
    explain_label_key, nearest_unit, prometheus_name, prometheus_unit, unit_word,
};

/// No check panics over a mistake that another check reports.
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

/// The checks work in constants, where descriptors call them.
const _: () = {
    assert!(check_grammar("osapi_jobs_created_total").is_none());
    assert!(check_unit_in_name("a_seconds", InstrumentKind::Gauge, Some("s")).is_none());
    assert!(check_buckets(osapi_metrics_rules::BYTES_LADDER, Some("By")).is_none());
    if let Some(message) = explain_label_key("status", false) {
        panic!("{}", message.as_str());
    }
};
