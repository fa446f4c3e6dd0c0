//! Rules of metrics whose values no longer arrive at Prometheus, whoever is to blame: a source that
//! says nothing any more, a process that has ended, a scrape that fails, a push that is lost.
//!
//! Prometheus shows the last value of a series for five minutes, and nothing of a series whose
//! target is away. So the time of the last value is compared with that of now, and looked for in
//! the past where there is none.

use std::collections::BTreeSet;

use osapi_metrics::catalogue::document::{MetricDocument, SetDocument};

use super::{
    alert::{self, Alert, Annotations, Severity, camel_case},
    document::{Rule, Rules, Test},
    duration,
    labels::Labels,
    options::RuleOptions,
    series, template,
};
use crate::{
    catalogue::Catalogues,
    generate::{query::Selector, samples::Samples},
};

/// How far back a last value is looked for: an alert ends then, since what is still missing was
/// taken away on purpose.
const LOOKED_BACK: &str = "1h";
/// The time between two looks, in which less than one value is missed of a scrape each 15 s.
const LOOK: &str = "15s";
/// The metric that each program with the framework has one series of, from its start.
const OF_EVERY_PROGRAM: (&str, &str) = ("osapi-metrics", "osapi_metrics_lost_registrations_total");
/// How long a program may say nothing, in seconds. Longer than any usual interval.
const SILENCE: f64 = 300.0;
/// The alert of a program that says nothing.
const SILENT: &str = "MetricsNotArriving";
/// The minute of the last value in tests.
const LAST: u64 = 10;

/// A metric whose values have to arrive.
struct Awaited<'a> {
    set: &'a SetDocument,
    metric: &'a MetricDocument,
    after: f64,
    alert: String,
    what: String,
    advice: &'static str,
}

pub(super) fn rules(catalogues: &Catalogues, options: &RuleOptions) -> Rules {
    let mut rules = Rules::default();
    let mut alerts = Vec::new();
    for awaited in Awaited::all(catalogues) {
        let Some(alert) = awaited.alert(options) else { continue };
        rules.tests.extend(awaited.tests(&alert));
        alerts.push(Rule::Alert(alert));
    }
    rules.add_group("values that no longer arrive".to_owned(), alerts);
    rules
}

impl<'a> Awaited<'a> {
    /// The programs, and the metrics that are stale after a time.
    fn all(catalogues: &'a Catalogues) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for (set, metric) in catalogues.metrics() {
            let name = metric.prometheus_name.as_str();
            if !seen.insert(name) {
                continue;
            }
            if (set.package.as_str(), name) == OF_EVERY_PROGRAM {
                all.push(Self {
                    set,
                    metric,
                    after: SILENCE,
                    alert: SILENT.to_owned(),
                    what: "The metrics of a program do not arrive".to_owned(),
                    advice: "Neither a scrape nor a push has brought a value. A program that was \
                             taken away on purpose is forgotten after an hour.",
                });
            }
            if let Some(after) = metric.stale_after_seconds {
                all.push(Self {
                    set,
                    metric,
                    after,
                    alert: format!("{}Stale", camel_case(name)),
                    what: format!("`{name}` is stale"),
                    advice: "Its source says nothing, or the program does not, or its values do \
                             not arrive.",
                });
            }
        }
        all.sort_by(|a, b| a.alert.cmp(&b.alert));
        all
    }

    /// `None` for a kind of metric that this version does not know.
    fn alert(&self, options: &RuleOptions) -> Option<Alert> {
        let name = self.samples()?;
        let last = format!("timestamp({})", Selector::of(&name));
        let expr = format!(
            "time() - max by (job, instance) ({last} or max_over_time({last}[{LOOKED_BACK}:{LOOK}]\
             )) > {}",
            self.after
        );
        let of = |label| template::label(label);
        let description = format!(
            "The last value of `{name}` of {} in {} is {} old. {}",
            of("instance"),
            of("job"),
            template::DURATION,
            self.advice
        );
        let runbook_url = alert::runbook(
            self.set.runbook.as_deref(),
            &options.docs_url,
            &self.metric.prometheus_name,
        );
        let after = duration::text(self.after);
        let summary = format!("{}: no value for {after}", self.what);
        let annotations = Annotations { summary, description, runbook_url };
        let severity = Severity::Warning.as_str();
        Some(Alert::new(&self.alert, severity, 0.0, &Labels::new(), expr, annotations))
    }

    /// The name of the samples of which each series has one.
    fn samples(&self) -> Option<String> {
        Samples::Values.of(self.metric).or_else(|| Samples::Number.of(self.metric))
    }

    fn tests(&self, alert: &Alert) -> Vec<Test> {
        let Some(name) = self.samples() else { return Vec::new() };
        let target = [("instance", "a:1"), ("job", "a")];
        let target = Labels::from(target.map(|(label, value)| (label.into(), value.into())));
        let mut labels = series::labels(self.metric, &Labels::new());
        labels.extend(target.clone());
        let of = |what: &str, values: &str| {
            let series = vec![series::series(&name, &labels, values)];
            Test::new(format!("{}: {what}", self.alert), series)
        };
        // The first whole minute at which the last value is too old.
        let late = LAST + duration::minutes(self.after + 1.0);
        #[expect(clippy::cast_precision_loss, reason = "these are few minutes")]
        let fired = |minute: u64| vec![alert.fired(&target, ((minute - LAST) * 60) as f64)];
        let mut tests = Vec::new();
        for (what, end) in [("the values end", ""), ("the target is away", " stale")] {
            let mut test = of(what, &format!("7x{LAST}{end}"));
            test.expect_quiet(LAST, [self.alert.as_str()]);
            test.expect(late, &self.alert, fired(late));
            // Where Prometheus shows no value any more.
            test.expect(late + 20, &self.alert, fired(late + 20));
            test.expect_quiet(LAST + 70, [self.alert.as_str()]);
            tests.push(test);
        }
        let gap = late - LAST + 10;
        let mut test = of("the values come again", &format!("7x{LAST} _x{gap} 7x20"));
        test.expect(late, &self.alert, fired(late));
        test.expect_quiet(LAST + gap + 5, [self.alert.as_str()]);
        tests.push(test);
        let mut test = of("the values arrive", "7x60");
        test.expect_quiet(late, [self.alert.as_str()]);
        test.expect_quiet(60, [self.alert.as_str()]);
        tests.push(test);
        let mut absence = Test::new(format!("{}: no series", self.alert), Vec::new());
        absence.expect_quiet(late, [self.alert.as_str()]);
        tests.push(absence);
        tests
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::expressions, *};

    #[test]
    fn the_last_value_is_looked_for_in_the_past() {
        let catalogues = super::super::tests::shop();
        let rules = rules(&catalogues, &RuleOptions::default());
        assert_eq!(
            expressions(&rules, "ShopGuestsStale"),
            ["time() - max by (job, instance) (timestamp(shop_guests) or \
              max_over_time(timestamp(shop_guests)[1h:15s])) > 30"]
        );
        assert_eq!(expressions(&rules, SILENT).len(), 1);
    }
}
