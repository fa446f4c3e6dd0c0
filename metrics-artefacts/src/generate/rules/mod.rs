//! Rules for Prometheus, with the tests that `promtool test rules` runs.
//!
//! ```text
//! objectives ─┐
//! jobs        ├─► Rules { groups, tests, notes } ──► rules/NAME.yml, rules/tests/NAME_test.yml
//! metrics     │
//! framework   │
//! arrival     │
//! renamed    ─┘
//! ```
//!
//! A rule is made together with its tests: series that make it fire, series that leave it quiet,
//! counters that start anew, too few events, and no series at all.

mod alert;
mod arrival;
mod document;
mod duration;
mod framework;
mod handler;
mod jobs;
mod labels;
mod metrics;
mod objectives;
mod options;
mod renamed;
mod series;
mod template;

pub use options::RuleOptions;

use crate::{
    catalogue::Catalogues,
    generate::artefact::{Artefact, Origin},
};

use document::Rules;

/// The files of rules and of their tests. A file without rules is not there.
pub(super) fn artefacts(
    catalogues: &Catalogues,
    origin: &Origin,
    options: &RuleOptions,
) -> Vec<Artefact> {
    let rules = [
        ("objectives", objectives::rules(catalogues, options)),
        ("jobs", jobs::rules(catalogues, options)),
        ("metrics", metrics::rules(catalogues, options)),
        ("framework", framework::rules(catalogues, options)),
        ("arrival", arrival::rules(catalogues, options)),
        ("renamed", renamed::rules(catalogues)),
    ];
    let has_tests = (options.window_scale - 1.0).abs() < f64::EPSILON;
    let files = |(name, rules): (&str, Rules)| rules.artefacts(name, origin, has_tests);
    rules.into_iter().flat_map(files).collect()
}

#[cfg(test)]
mod tests {
    use osapi_metrics::catalogue::document::CatalogueDocument;

    use super::{document::Rule, *};

    /// The catalogue of a shop, with every feature.
    pub(super) fn shop() -> Catalogues {
        let json = include_str!("../../../tests/fixtures/shop.json");
        Catalogues::of(vec![CatalogueDocument::from_json(json).unwrap()])
    }

    /// The expressions of the rules with this name, by the order of the file.
    pub(super) fn expressions<'a>(rules: &'a Rules, name: &str) -> Vec<&'a str> {
        let all = rules.groups.iter().flat_map(|group| &group.rules);
        let of = |rule: &'a Rule| match rule {
            Rule::Record(record) => (record.name.as_str(), record.expr.as_str()),
            Rule::Alert(alert) => (alert.name.as_str(), alert.expr.as_str()),
        };
        all.map(of).filter(|(of, _)| *of == name).map(|(_, expr)| expr).collect()
    }

    #[test]
    fn what_is_not_declared_has_no_file() {
        let json =
            r#"{"schema_version": 1, "sets": [{"name": "A", "package": "a", "metrics": []}]}"#;
        let nothing = Catalogues::of(vec![CatalogueDocument::from_json(json).unwrap()]);
        let origin = Origin { catalogues: vec!["a.json".to_owned()], folder: "out".to_owned() };
        assert_eq!(artefacts(&nothing, &origin, &RuleOptions::default()), []);
    }

    #[test]
    fn shorter_windows_are_for_a_test_of_their_own() {
        let origin = Origin { catalogues: vec!["a.json".to_owned()], folder: "out".to_owned() };
        let options = RuleOptions { window_scale: 0.02, ..RuleOptions::default() };
        let paths = |options| {
            let all = artefacts(&shop(), &origin, options).into_iter();
            all.filter(|artefact| artefact.path.contains("/tests/")).count()
        };
        assert_eq!(paths(&options), 0);
        assert!(paths(&RuleOptions::default()) > 5);
        let rules = objectives::rules(&shop(), &options);
        assert_eq!(
            expressions(&rules, "job_name:osapi_job_slo_valid:increase1h")[0],
            r#"sum(increase(osapi_job_slo_valid_total{job_name="order.pay"}[72s]))"#
        );
    }
}
