//! Rules of service-level objectives.
//!
//! ```text
//! good, valid: counters ──► increases over seven windows ──► burn rate ──► alerts of two windows
//! ```

mod alerts;
mod burn;
mod source;
mod tests_of_promtool;

use osapi_metrics::catalogue::document::ObjectiveDocument;

use super::{
    RuleOptions,
    document::{Record, Rule, Rules},
    duration,
    handler::{Handler, Objective},
};
use crate::{catalogue::Catalogues, generate::query::Selector};

use source::Source;

/// The windows that good and valid jobs are counted in, with their seconds.
const WINDOWS: [(&str, f64); 7] = [
    ("5m", 300.0),
    ("30m", 1800.0),
    ("1h", 3600.0),
    ("2h", 7200.0),
    ("6h", 21_600.0),
    ("1d", 86_400.0),
    ("3d", 259_200.0),
];

/// The fewest jobs in the shorter window of an alert, if the objective does not say it.
const MIN_EVENTS: u64 = 10;

/// An objective of a handler, with the counters that it is measured by.
#[derive(Debug)]
struct Measured<'a> {
    handler: Handler<'a>,
    objective: ObjectiveDocument,
    source: Source,
    docs_url: &'a str,
    scale: f64,
}

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

impl Measured<'_> {
    fn min_events(&self) -> u64 {
        self.objective.min_events.unwrap_or(MIN_EVENTS)
    }

    /// The increases and the burn rate for each window.
    fn records(&self) -> Vec<Record> {
        let record = |name: String, expr: String| Record {
            name,
            expr,
            labels: self.handler.alert_labels.clone(),
        };
        let of_window = |(window, seconds): (&str, f64)| {
            let range = duration::text(seconds * self.scale);
            let (good, valid) = (self.good(window), self.valid(window));
            let burn = format!("(1 - {good} / ({valid} > 0)) / (1 - {})", self.objective.target);
            [
                record(self.record_name("valid", "increase", window), self.source.valid(&range)),
                record(self.record_name("good", "increase", window), self.source.good(&range)),
                record(self.record_name("burn", "ratio", window), burn),
            ]
        };
        WINDOWS.into_iter().flat_map(of_window).collect()
    }

    /// The recorded increase of good jobs.
    fn good(&self, window: &str) -> Selector {
        self.recorded("good", "increase", window)
    }

    /// The recorded increase of valid jobs.
    fn valid(&self, window: &str) -> Selector {
        self.recorded("valid", "increase", window)
    }

    /// The recorded burn rate. It has no series without valid jobs.
    fn burn(&self, window: &str) -> Selector {
        self.recorded("burn", "ratio", window)
    }

    fn recorded(&self, what: &str, operation: &str, window: &str) -> Selector {
        let labels = self.handler.alert_labels.iter();
        let all = Selector::of(&self.record_name(what, operation, window));
        labels.fold(all, |all, (label, value)| all.with(label, value))
    }

    /// The name of a record: `level:metric:operation`.
    fn record_name(&self, what: &str, operation: &str, window: &str) -> String {
        let labels: Vec<_> = self.handler.alert_labels.keys().map(String::as_str).collect();
        let level = if labels.is_empty() { "set".to_owned() } else { labels.join("_") };
        format!("{level}:{}_{what}:{operation}{window}", self.source.stem())
    }
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
