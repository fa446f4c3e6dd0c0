//! Rules of service-level objectives.
//!
//! ```text
//! good, valid: counters ──► increases over seven windows ──► burn rate ──► alerts of two windows
//! ```

mod alerts;
mod burn;
mod measured;
mod source;
mod tests_of_promtool;

use super::{
    document::{Rule, Rules},
    handler::{Handler, Objective},
    options::RuleOptions,
};
use crate::catalogue::Catalogues;

use measured::Measured;
use source::Source;

pub(super) fn rules(catalogues: &Catalogues, options: &RuleOptions) -> Rules {
    let mut rules = Rules::default();
    let mut all = Vec::new();
    for handler in Handler::all(catalogues) {
        let objective = match handler.objective() {
            Objective::None => continue,
            Objective::One(objective) => objective,
            Objective::Several => {
                rules.notes.push(format!(
                    "{}: no rules, because handlers whose jobs share their series have different \
                     objectives.",
                    handler.group()
                ));
                continue;
            }
        };
        match Source::find(&handler, &objective) {
            Ok(source) => {
                let (docs_url, scale) = (options.docs_url.as_str(), options.window_scale);
                all.push(Measured { handler, objective, source, docs_url, scale });
            }
            Err(reason) => {
                rules.notes.push(format!("{}: no rules, because {reason}.", handler.group()));
            }
        }
    }
    for measured in &all {
        rules.notes.extend(measured.unreachable());
        let records = measured.records().into_iter().map(Rule::Record);
        let alerts = measured.alerts().into_iter().map(Rule::Alert);
        rules.add_group(measured.handler.group(), records.chain(alerts).collect());
    }
    if !all.is_empty() {
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

    #[test]
    fn a_budget_is_made_of_increases_and_of_nothing_without_jobs() {
        let rules = rules(&shop(), &RuleOptions::default());
        for (name, expected) in [
            (
                "job_name:osapi_job_slo_valid:increase30m",
                r#"sum(increase(osapi_job_slo_valid_total{job_name="order.pay"}[30m]))"#,
            ),
            (
                "job_name:osapi_job_slo_good:increase30m",
                r#"sum(increase(osapi_job_slo_good_total{job_name="order.pay"}[30m]))"#,
            ),
            (
                "job_name:osapi_job_slo_burn:ratio30m",
                "(1 - job_name:osapi_job_slo_good:increase30m{job_name=\"order.pay\"} / \
                 (job_name:osapi_job_slo_valid:increase30m{job_name=\"order.pay\"} > 0)) / \
                 (1 - 0.99)",
            ),
            (
                "JobObjectiveBurnsFast",
                "job_name:osapi_job_slo_burn:ratio1h{job_name=\"order.pay\"} > 14.4 and \
                 job_name:osapi_job_slo_burn:ratio5m{job_name=\"order.pay\"} > 14.4 and \
                 job_name:osapi_job_slo_valid:increase5m{job_name=\"order.pay\"} >= 50",
            ),
        ] {
            assert_eq!(expressions(&rules, name)[0], expected);
        }
    }

    /// With a target of 0.9 at most ten times as many jobs are bad as may be.
    #[test]
    fn an_alert_that_can_never_fire_is_left_out() {
        let rules = rules(&shop(), &RuleOptions::default());
        let fast = expressions(&rules, "JobObjectiveBurnsFast");
        let of_reports: Vec<_> = fast.iter().filter(|expr| expr.contains("report.write")).collect();
        assert_eq!(of_reports.len(), 1);
        assert!(of_reports[0].contains("> 6 and") && of_reports[0].ends_with(">= 10"));
        assert!(rules.notes[0].contains("JobMetrics: report.write"), "{:?}", rules.notes);
    }
}
