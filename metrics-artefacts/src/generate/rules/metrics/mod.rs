//! Rules of thresholds: those of metrics, and those of panels with an alert.
//!
//! ```text
//! threshold of a metric ─┐
//! alert of a panel       ├─► Watched { query, thresholds } ──► alerts
//!                        └──────► simulation: series for which the query is beyond a threshold
//! ```

mod query;
mod simulation;
mod tests_of_promtool;
mod watched;

use std::collections::BTreeMap;

use super::{
    document::{Rule, Rules},
    options::RuleOptions,
};
use crate::catalogue::Catalogues;

use watched::Watched;

pub(super) fn rules(catalogues: &Catalogues, options: &RuleOptions) -> Rules {
    let mut rules = Rules::default();
    let mut by_name: BTreeMap<String, Vec<Watched<'_>>> = BTreeMap::new();
    for watched in Watched::all(catalogues, options, &mut rules.notes) {
        if !watched.is_reachable() {
            rules.notes.push(format!(
                "{} ({}): no rule, because the quantile of these buckets is never beyond {}.",
                watched.alert.name, watched.threshold.severity, watched.threshold.value
            ));
            continue;
        }
        by_name.entry(watched.alert.name.clone()).or_default().push(watched);
    }
    for (name, all) in by_name {
        let tests = tests_of_promtool::tests(&all, &mut rules.notes);
        rules.tests.extend(tests);
        let alerts = all.into_iter().map(|watched| Rule::Alert(watched.alert)).collect();
        rules.add_group(name, alerts);
    }
    rules
}

#[cfg(test)]
mod tests {
    use osapi_metrics::catalogue::document::CatalogueDocument;

    use super::{super::tests::expressions, *};

    /// The rules of one metric with one threshold.
    fn of(metric: &str, threshold: &str) -> Rules {
        let json = format!(
            r#"{{"schema_version": 1, "sets": [{{"name": "A", "package": "a", "metrics": [
                {{"name": "a", "prometheus_name": "a", {metric},
                  "thresholds": [{{"severity": "warning", {threshold}}}]}}]}}]}}"#
        );
        let catalogues = Catalogues::of(vec![CatalogueDocument::from_json(&json).unwrap()]);
        rules(&catalogues, &RuleOptions::default())
    }

    #[test]
    fn what_is_compared_depends_on_the_kind() {
        let open = r#""labels": [{"key": "b", "prometheus_name": "b", "max": 5}]"#;
        let histogram = format!(r#""kind": "histogram", "boundaries": [1, 5], {open}"#);
        for (metric, threshold, name, expected) in [
            (r#""kind": "gauge""#, r#""comparison": "below", "value": 0.5"#, "ATooLow", "a < 0.5"),
            (
                r#""kind": "up_down_counter""#,
                r#""comparison": "at_most", "value": -2"#,
                "ATooLow",
                "a <= -2",
            ),
            (
                r#""kind": "counter""#,
                r#""comparison": "at_least", "value": 3"#,
                "ATooHigh",
                "rate(a[5m]) >= 3",
            ),
            (
                r#""kind": "counter""#,
                r#""comparison": "above", "value": 0"#,
                "ATooHigh",
                "increase(a[5m]) > 0",
            ),
            (
                &format!(r#""kind": "counter", {open}"#),
                r#""comparison": "above", "value": 0"#,
                "ATooHigh",
                "(increase(a[5m]) > 0 or (a unless last_over_time(a[1h] offset 5m))) > 0",
            ),
            (
                &histogram,
                r#""comparison": "above", "value": 2, "quantile": 0.9"#,
                "ATooHigh",
                "histogram_quantile(0.9, sum by (b, le) (rate(a_bucket[5m]))) > 2",
            ),
        ] {
            let rules = of(metric, threshold);
            assert_eq!(expressions(&rules, name), [expected]);
            assert!(rules.tests.len() >= 3, "{expected}");
        }
    }

    #[test]
    fn a_quantile_is_never_beyond_its_last_boundary() {
        let threshold = r#""comparison": "above", "value": 5, "quantile": 0.9"#;
        let rules = of(r#""kind": "histogram", "boundaries": [1, 5]"#, threshold);
        assert_eq!(expressions(&rules, "ATooHigh"), Vec::<&str>::new());
        assert!(rules.notes[0].starts_with("ATooHigh (warning): no rule"), "{:?}", rules.notes);
    }
}
