//! The rules as tables: what each accepts, and what it says about the rest.
//!
//! `specification` has whole declarations, a table for each rule of names and units, with what is proposed for what is
//! refused; `unit_table` has the units. `names` and `units` show where in a name each check finds the mistake. Of
//! `labels` and `buckets` there is no more than their tables. `rendering` is the way to the name in a scrape, and which
//! names are in each other's way there (rule N9).

mod buckets;
mod labels;
mod names;
mod rendering;
mod specification;
mod unit_table;
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
