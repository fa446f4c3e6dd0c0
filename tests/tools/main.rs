//! What the rules accept, the tools of the ecosystem accept: `promtool check metrics` finds nothing, and the strict
//! parser of Python's `prometheus_client` reads `OpenMetrics`. What promtool finds fault with, the rules refuse.
//!
//! Tools that are not installed judge nothing. `OSAPI_REQUIRE_TOOLS=1` makes that a failure, and `OSAPI_PYTHON` names a
//! Python that has the package.

#[path = "../../metrics-rules/tests/properties/declarations.rs"]
mod declarations;
mod judges;
mod promtool_lints;
mod scrapes;

use std::collections::HashSet;

use osapi_metrics::InstrumentKind;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use declarations::Declaration;

/// This many random declarations. No two of them, by the names that `family` gives them, have a sample in common, nor
/// one with the names that are taken already.
fn distinct(
    of: &impl Strategy<Value = Declaration>,
    count: usize,
    mut taken: HashSet<String>,
    family: impl Fn(&Declaration) -> String,
) -> Vec<Declaration> {
    let mut runner = TestRunner::default();
    let mut distinct = Vec::new();
    while distinct.len() < count {
        let declaration = of.new_tree(&mut runner).expect("some are accepted").current();
        let names = samples(&family(&declaration), declaration.kind);
        if names.iter().all(|name| !taken.contains(name)) {
            taken.extend(names);
            distinct.push(declaration);
        }
    }
    distinct
}

/// The names that a family takes for itself and its samples.
fn samples(family: &str, kind: InstrumentKind) -> Vec<String> {
    let suffixes: &[&str] = match kind {
        InstrumentKind::Counter => &["", "_total", "_created"],
        InstrumentKind::UpDownCounter | InstrumentKind::Gauge => &[""],
        InstrumentKind::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
    };
    suffixes.iter().map(|suffix| format!("{family}{suffix}")).collect()
}
