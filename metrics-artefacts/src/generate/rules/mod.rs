//! Rules for Prometheus, with the tests that `promtool test rules` runs.
//!
//! ```text
//! objectives ─┐
//! jobs        ├─► Rules { groups, tests, notes } ──► rules/NAME.yml, rules/tests/NAME_test.yml
//! metrics     │
//! framework   │
//! renamed    ─┘
//! ```
//!
//! A rule is made together with its tests: series that make it fire, series that leave it quiet,
//! counters that start anew, too few events, and no series at all.

mod alert;
mod document;
mod duration;
mod framework;
mod handler;
mod jobs;
mod metrics;
mod objectives;
mod renamed;
mod series;
mod template;

use crate::{
    catalogue::Catalogues,
    generate::artefact::{Artefact, Origin},
};

use document::Rules;

/// What the rules depend on besides the catalogues.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RuleOptions {
    /// The address of the generated page `metrics.md`, which alerts of sets without a runbook lead
    /// to. The anchor is added.
    pub docs_url: String,
    /// The factor of all windows of objectives. Other than 1 only in a test that cannot wait for
    /// hours; then there are no tests for `promtool`.
    pub window_scale: f64,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { docs_url: "../metrics.md".to_owned(), window_scale: 1.0 }
    }
}

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
        ("renamed", renamed::rules(catalogues)),
    ];
    let has_tests = options.window_scale == 1.0;
    let files = |(name, rules): (&str, Rules)| rules.artefacts(name, origin, has_tests);
    rules.into_iter().flat_map(files).collect()
}
