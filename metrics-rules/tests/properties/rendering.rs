//! The Prometheus name of a declaration that follows the rules.

use osapi_metrics_rules::{
    InstrumentKind::{self, Counter, Gauge, Info},
    families_clash, prometheus_name, prometheus_unit, unit_word,
};
use proptest::prelude::*;

use crate::{
    declarations::{Declaration, KINDS, accepted},
    is_prometheus_name,
};

/// The number of times that the words of `part` stand in `name`, one after the other.
fn occurrences(name: &str, part: &str) -> usize {
    let words: Vec<&str> = name.split('_').collect();
    let part: Vec<&str> = part.split('_').collect();
    words.windows(part.len()).filter(|window| *window == part).count()
}

/// The suffix of the name that a scrape has, which the family does not have.
fn suffix(kind: InstrumentKind) -> &'static str {
    match kind {
        Counter => "_total",
        Info => "_info",
        _ => "",
    }
}

/// The names of the samples of a family, and the name of the family.
fn samples(family: &str, declaration: &Declaration) -> Vec<String> {
    let suffixes: &[&str] = match declaration.kind.openmetrics_type() {
        "counter" => &["", "_total", "_created"],
        "gauge" | "stateset" => &[""],
        "info" => &["", "_info"],
        _ => &["", "_bucket", "_sum", "_count", "_created"],
    };
    suffixes.iter().map(|suffix| format!("{family}{suffix}")).collect()
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn it_is_a_name(declaration in accepted()) {
        let rendered = declaration.prometheus_name();
        let name = rendered.as_str();
        prop_assert!(is_prometheus_name(name), "{name}");
        prop_assert!(!name.contains("__") && !name.starts_with('_') && !name.ends_with('_'), "{name}");
        prop_assert_eq!(name, name.to_lowercase());
    }

    #[test]
    fn in_underscore_style_it_is_what_was_written(
        declaration in accepted().prop_filter("dotted", |it| !it.name.contains('.'))
    ) {
        let rendered = declaration.prometheus_name();
        prop_assert_eq!(rendered.as_str(), &declaration.name);
    }

    #[test]
    fn in_dotted_style_only_the_unit_is_added(declaration in accepted()) {
        let Declaration { name, kind, .. } = &declaration;
        let written = name.replace('.', "_");
        let stem = written.strip_suffix(suffix(*kind)).expect("rules N3 and N6");
        let family = declaration.family();
        let added = family.as_str().strip_prefix(stem);
        let word = declaration.unit().map_or_else(String::new, |unit| {
            format!("_{}", unit_word(unit, *kind).as_str())
        });
        prop_assert!(added == Some("") || added == Some(&word), "{family}: {added:?}");
    }

    #[test]
    fn it_is_rendered_to_itself(declaration in accepted()) {
        let rendered = declaration.prometheus_name();
        let again = prometheus_name(rendered.as_str(), declaration.unit(), declaration.kind);
        prop_assert_eq!(rendered, again);
    }

    #[test]
    fn no_suffix_is_doubled(declaration in accepted()) {
        let rendered = declaration.prometheus_name();
        let name = rendered.as_str();
        prop_assert!(!name.ends_with("_total_total"), "{name}");
        let Some(unit) = declaration.unit() else { return Ok(()) };
        let word = unit_word(unit, declaration.kind);
        if !word.is_empty() {
            prop_assert_eq!(occurrences(name, word.as_str()), 1, "{}", name);
        }
    }

    #[test]
    fn counters_and_infos_have_a_family_and_samples(declaration in accepted()) {
        let (name, family) = (declaration.prometheus_name(), declaration.family());
        let suffix = suffix(declaration.kind);
        prop_assert_eq!(name.as_str(), format!("{family}{suffix}"));
    }

    #[test]
    fn the_unit_ends_the_family(declaration in accepted()) {
        let Declaration { name, kind, .. } = &declaration;
        let family = declaration.family();
        let unit = prometheus_unit(name, declaration.unit(), *kind);
        prop_assert_eq!(unit, unit_word(declaration.unit().unwrap_or(""), *kind));
        if !unit.is_empty() {
            prop_assert!(family.as_str().ends_with(&format!("_{}", unit.as_str())), "{family}");
        }
    }

    #[test]
    fn families_clash_if_they_share_a_sample(a in accepted(), b in accepted()) {
        let (a_family, b_family) = (a.family(), b.family());
        let others = samples(b_family.as_str(), &b);
        let expected = samples(a_family.as_str(), &a).iter().any(|name| others.contains(name));
        let (a_name, b_name) = (a_family.as_str(), b_family.as_str());
        prop_assert_eq!(families_clash(a_name, a.kind, b_name, b.kind), expected);
        prop_assert_eq!(families_clash(b_name, b.kind, a_name, a.kind), expected);
    }
}

/// A scrape is valid for any names of the instruments of other libraries.
mod of_any_text {
    use super::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-zA-Z0-9_./{}%:-]{0,40}",
            "(é|_total|\\.total|_seconds){0,90}"
        ]
    }

    proptest! {
        #![proptest_config(crate::config())]

        #[test]
        fn it_is_a_name_with_its_unit_and_rendered_to_itself(name in text(), unit in text()) {
            for kind in KINDS {
                let once = prometheus_name(&name, Some(&unit), kind);
                prop_assert!(is_prometheus_name(once.as_str()), "{once}");
                prop_assert_eq!(once, prometheus_name(once.as_str(), Some(&unit), kind));

                let declaration =
                    Declaration { name: name.clone(), prefix: "", kind, unit: Some(unit.clone()) };
                let family = declaration.family();
                let suffix = suffix(kind);
                prop_assert_eq!(once.as_str(), format!("{family}{suffix}"));
                let word = prometheus_unit(&name, Some(&unit), kind);
                if !word.is_empty() {
                    let ends = family.as_str().ends_with(&format!("_{}", word.as_str()));
                    prop_assert!(ends, "{family} {word:?}");
                }
            }
        }

        #[test]
        fn without_a_unit_a_gauge_keeps_valid_names(name in "[a-z][a-z0-9]{0,5}(_[a-z0-9]{1,5}){0,4}") {
            let rendered = prometheus_name(&name, None, Gauge);
            prop_assert_eq!(rendered.as_str(), name);
        }
    }
}
