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
    RuleOptions,
    document::{Rule, Rules},
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
