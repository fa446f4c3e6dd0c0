//! The tools of the ecosystem accept each name that the rules accept: `promtool check metrics`
//! reports nothing, and the strict parser of Python's `prometheus_client` reads `OpenMetrics`. The
//! rules refuse each name that promtool reports. Python's `opentelemetry-proto` reads requests over
//! OTLP as the receiver of the tests does.
//!
//! Where a tool is not installed, its checks are skipped; `OSAPI_REQUIRE_TOOLS=1` makes a missing
//! tool a failure. `OSAPI_PYTHON` is the path of a Python that has the packages.

#[path = "../../metrics-rules/tests/properties/declarations.rs"]
mod declarations;
mod facts;
mod judges;
mod otlp;
mod promtool_lints;
mod scrapes;

use std::collections::HashSet;

use osapi_metrics::descriptor::InstrumentKind;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use declarations::Declaration;

/// `count` random declarations without a common sample name, by the family names that `family`
/// returns. No sample has a name of `taken`.
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

/// The names of a family and its samples.
fn samples(family: &str, kind: InstrumentKind) -> Vec<String> {
    let suffixes: &[&str] = match kind {
        InstrumentKind::Counter => &["", "_total", "_created"],
        InstrumentKind::UpDownCounter | InstrumentKind::Gauge | InstrumentKind::StateSet => &[""],
        InstrumentKind::Info => &["", "_info"],
        InstrumentKind::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
    };
    suffixes.iter().map(|suffix| format!("{family}{suffix}")).collect()
}
