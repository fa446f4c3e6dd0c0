//! Rules of handlers: how their jobs fail, hang, wait and are given up.

mod alerts;
mod tests_of_promtool;

use super::{
    document::{Rule, Rules},
    handler::Handler,
    options::RuleOptions,
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

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{expressions, shop},
        *,
    };

    /// `order.pack` has no objective; `report.write` has neither `queued_at` nor `final_attempt`.
    #[test]
    fn a_handler_has_the_alerts_that_its_keys_make_possible() {
        let rules = rules(&shop(), &RuleOptions::default());
        let handlers = |alert: &str| {
            let of = |expr: &&str| {
                let names = ["order.pack", "order.pay", "report.write"].into_iter();
                names.filter(|name| expr.contains(name)).collect::<Vec<_>>()
            };
            expressions(&rules, alert).iter().flat_map(of).collect::<Vec<_>>()
        };
        assert_eq!(handlers("JobsFail"), ["order.pack"]);
        assert_eq!(handlers("JobStuck"), ["order.pack", "order.pay", "report.write"]);
        assert_eq!(handlers("JobsWait"), ["order.pack", "order.pay"]);
        assert_eq!(handlers("JobsDeadLettered"), ["order.pack"]);
        assert_eq!(handlers("JobsNeverSucceed"), ["order.pack", "order.pay", "report.write"]);
        let stuck = expressions(&rules, "JobStuck")[0];
        assert_eq!(stuck, r#"max(osapi_job_oldest_active_seconds{job_name="order.pack"}) > 1200"#);
    }
}
