//! Each lint of promtool beside the rule that refuses the same name: every word of the lists of
//! promtool, and random names.
//!
//! The lists are in `prometheus/client_golang`, folder `prometheus/testutil/promlint/validations`.
//! The lints for missing help and for duplicate series do not concern names: an empty description
//! breaks rule D1, and the exposition joins series.

use std::collections::{BTreeSet, HashSet};

use osapi_metrics_rules::{
    InstrumentKind::{self, Counter, Gauge, Histogram, UpDownCounter},
    UNITS, check_label_key,
};
use proptest::prelude::*;

use crate::{
    declarations::{Declaration, declaration},
    distinct, judges,
};

/// A declaration, the message of promtool, the rule that the declaration breaks.
type Lint = (&'static str, InstrumentKind, &'static str, &'static str);

const LINTS: &[Lint] = &[
    ("osapi_waited_hours", Gauge, r#"use base unit "seconds" instead of "hours""#, "N5"),
    ("osapi_jobs", Counter, r#"counter metrics should have "_total" suffix"#, "N3"),
    ("osapi_jobs_total", Gauge, r#"non-counter metrics should not have "_total" suffix"#, "N3"),
    (
        "osapi_jobs_total",
        UpDownCounter,
        r#"non-counter metrics should not have "_total" suffix"#,
        "N3",
    ),
    ("osapi_jobs_total", Histogram, r#"non-counter metrics should not have "_total" suffix"#, "N3"),
    ("osapi_jobs_bucket", Gauge, r#"non-histogram metrics should not have "_bucket" suffix"#, "N6"),
    (
        "osapi_jobs_count",
        Gauge,
        r#"non-histogram and non-summary metrics should not have "_count" suffix"#,
        "N6",
    ),
    (
        "osapi_jobs_sum",
        UpDownCounter,
        r#"non-histogram and non-summary metrics should not have "_sum" suffix"#,
        "N6",
    ),
    ("osapi_jobs_counter_total", Counter, "metric name should not include type 'counter'", "N7"),
    ("osapi_gauge_of_jobs", UpDownCounter, "metric name should not include type 'gauge'", "N7"),
    ("osapi_jobs_histogram", Histogram, "metric name should not include type 'histogram'", "N7"),
    ("osapi:jobs", Gauge, "metric names should not contain ':'", "N1"),
    (
        "osapi_activeJobs",
        Gauge,
        "metric names should be written in 'snake_case' not 'camelCase'",
        "N1",
    ),
    ("osapi_wait_ms", Gauge, "metric names should not contain abbreviated units", "N8"),
    ("osapi_ms_of_wait", Gauge, "metric names should not contain abbreviated units", "N8"),
];

/// A label key and the message of promtool.
const LABEL_LINTS: &[(&str, &str)] = &[
    ("le", r#"non-histogram metrics should not have "le" label"#),
    ("quantile", r#"non-summary metrics should not have "quantile" label"#),
    ("errorType", "label names should be written in 'snake_case' not 'camelCase'"),
];

const UNIT_WORDS: [&str; 23] = [
    "amperes",
    "bytes",
    "celsius",
    "grams",
    "joules",
    "kelvin",
    "meters",
    "metres",
    "seconds",
    "volts",
    "minutes",
    "hours",
    "days",
    "weeks",
    "kelvins",
    "fahrenheit",
    "rankine",
    "inches",
    "yards",
    "miles",
    "bits",
    "calories",
    "pounds",
];

const UNIT_PREFIXES: [&str; 19] = [
    "", "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

const ABBREVIATIONS: [&str; 14] =
    ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];

/// A scrape of one metric, with the name unchanged.
fn exposition(name: &str, kind: InstrumentKind, labels: &str) -> String {
    let kind = kind.prometheus_type();
    let samples = match kind {
        "histogram" => {
            format!("{name}_bucket{{le=\"+Inf\"}} 1\n{name}_sum 1\n{name}_count 1\n")
        }
        _ => format!("{name}{labels} 1\n"),
    };
    format!("# HELP {name} Help.\n# TYPE {name} {kind}\n{samples}")
}

/// The names that promtool reports.
fn faulty(scrape: &str) -> Option<HashSet<String>> {
    let findings = judges::promtool(scrape)?;
    let names = findings.iter().filter_map(|finding| finding.split_once(' '));
    Some(names.map(|(name, _)| name.to_owned()).collect())
}

/// Whether the rules refuse this name, whatever unit is declared.
fn is_refused(name: &str, kind: InstrumentKind) -> bool {
    let units = UNITS.iter().map(|unit| Some(unit.ucum.to_owned()));
    let mut units = units.chain([None, Some("{x}".to_owned()), Some("By/s".to_owned())]);
    units.all(|unit| !Declaration { name: name.to_owned(), prefix: "", kind, unit }.is_accepted())
}

#[test]
fn each_lint_has_its_rule() {
    for &(name, kind, finding, rule) in LINTS {
        let declaration = Declaration { name: name.to_owned(), prefix: "osapi", kind, unit: None };
        assert!(declaration.mistakes().contains(&rule), "{name}: {:?}", declaration.mistakes());
        let Some(findings) = judges::promtool(&exposition(name, kind, "")) else { continue };
        assert!(findings.contains(&format!("{name} {finding}")), "{name}: {findings:?}");
    }
    for &(key, finding) in LABEL_LINTS {
        assert!(check_label_key(key).is_some(), "{key}");
        let labels = format!("{{{key}=\"1\"}}");
        let Some(findings) = judges::promtool(&exposition("osapi_jobs", Gauge, &labels)) else {
            continue;
        };
        assert!(findings.contains(&format!("osapi_jobs {finding}")), "{key}: {findings:?}");
    }
}

#[test]
fn no_word_that_promtool_looks_for_is_accepted() {
    let of_units = UNIT_PREFIXES
        .iter()
        .flat_map(|prefix| UNIT_WORDS.iter().map(move |word| format!("{prefix}{word}")));
    let words: BTreeSet<_> =
        of_units.chain(ABBREVIATIONS.map(str::to_owned)).chain(["ounces".to_owned()]).collect();
    let names: Vec<_> = words
        .iter()
        .flat_map(|word| {
            [
                format!("osapi_{word}"),
                format!("osapi_{word}_x"),
                format!("{word}_x"),
                format!("osapi_x_{word}_total"),
            ]
        })
        .collect();
    let kind = |name: &str| if name.ends_with("_total") { Counter } else { Gauge };
    let scrape: String = names.iter().map(|name| exposition(name, kind(name), "")).collect();
    let Some(faulty) = faulty(&scrape) else { return };
    let accepted: Vec<_> = names
        .iter()
        .filter(|name| faulty.contains(*name) && !is_refused(name, kind(name)))
        .collect();
    assert!(accepted.is_empty(), "{accepted:?}");
    // All units except the ten base units, and the abbreviations that begin a name.
    let found = names.len() - 4 * 10 - ABBREVIATIONS.len();
    assert!(faulty.len() >= found, "{} of {found}", faulty.len());
}

#[test]
fn what_promtool_finds_fault_with_is_refused() {
    let readable = declaration().prop_filter("promtool cannot read it", |declaration| {
        let first = |first: char| first.is_ascii_alphabetic();
        let other = |other: char| other.is_ascii_alphanumeric() || other == '_' || other == ':';
        declaration.name.starts_with(first) && declaration.name.chars().all(other)
    });
    let declarations = distinct(&readable, 3000, HashSet::new(), |it| it.name.clone());
    let scrape: String = declarations.iter().map(|it| exposition(&it.name, it.kind, "")).collect();
    let Some(faulty) = faulty(&scrape) else { return };
    for Declaration { name, kind, .. } in &declarations {
        assert!(!faulty.contains(name) || is_refused(name, *kind), "{name}, {kind}");
    }
    // Fewer names would test little.
    assert!(faulty.len() > 300, "{}", faulty.len());
}
