//! Rules of handlers: how their jobs fail, hang, wait and are given up.

mod alerts;
mod tests_of_promtool;

use super::{
    RuleOptions,
    document::{Rule, Rules},
    handler::Handler,
};
use crate::catalogue::Catalogues;

use alerts::Alerts;

pub(super) fn rules(catalogues: &Catalogues, options: &RuleOptions) -> Rules {
    let mut rules = Rules::default();
    let handlers = Handler::all(catalogues);
    let all: Vec<_> =
        handlers.iter().map(|handler| Alerts::of(handler, &options.docs_url)).collect();
    for alerts in &all {
        let of_handler = alerts.all().map(|alert| Rule::Alert(alert.clone())).collect();
        rules.add_group(alerts.handler.group(), of_handler);
    }
    if !rules.groups.is_empty() {
        (rules.tests, rules.slow_tests) = tests_of_promtool::tests(&all);
    }
    rules
}
