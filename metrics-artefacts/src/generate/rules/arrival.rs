//! Rules of metrics whose values no longer arrive at Prometheus, whoever is to blame: a source that
//! says nothing any more, a process that has ended, a scrape that fails, a push that is lost.
//!
//! Prometheus shows the last value of a series for five minutes, and nothing of a series whose
//! target is away. So the time of the last value is compared with that of now, and looked for in
//! the past where there is none.
//!
//! A process that was taken away on purpose, by a deployment or to save workers, is not missed: of
//! processes that are scraped, only those are that Prometheus still has as targets, which have a
//! series `up`. Processes that push have no such list, so together they are one program.

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
                    advice: "Neither a scrape nor a push has brought a value. A program that \
                             pushes, and of which every process was taken away, is forgotten after \
                             an hour.",
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
        let age = |by: &str| {
            let seen = format!("{last} or max_over_time({last}[{LOOKED_BACK}:{LOOK}])");
            format!("time() - max by ({by}) ({seen}) > {}", self.after)
        };
        let expr = format!(
            "({} and on (job, instance) up) or ({} unless on (job) up)",
            age("job, instance"),
            age("job")
        );
        let description = format!(
            "The last value of `{name}` of {} {} is {} old. {}",
            template::label("job"),
            template::label("instance"),
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
        let of_instance = |instance: &str| {
            let labels = [("instance", instance), ("job", "a")];
            Labels::from(labels.map(|(label, value)| (label.to_owned(), value.to_owned())))
        };
        let target = of_instance("a:1");
        let program = Labels::from([("job".to_owned(), "a".to_owned())]);
        let mut labels = series::labels(self.metric, &Labels::new());
        labels.extend(target.clone());
        // With the values of `up`, for a target.
        let of = |what: &str, values: &str, up: Option<&str>| {
            let mut all = vec![series::series(&name, &labels, values.to_owned())];
            all.extend(up.map(|values| series::series("up", &target, values.to_owned())));
            Test::new(format!("{}: {what}", self.alert), all)
        };
        // The first whole minute at which the last value is too old.
        let late = LAST + duration::minutes(self.after + 1.0);
        #[expect(clippy::cast_precision_loss, reason = "these are few minutes")]
        let fired = |of: &Labels, minute: u64| vec![alert.fired(of, ((minute - LAST) * 60) as f64)];
        let mut tests = Vec::new();
        for (what, end, up, missed) in [
            ("the source of a target ends", "", Some("1x90"), &target),
            ("a target is away", " stale", Some("1x10 0x80"), &target),
            ("the values of a program that pushes end", "", None, &program),
        ] {
            let mut test = of(what, &format!("7x{LAST}{end}"), up);
            test.expect_quiet(LAST, [self.alert.as_str()]);
            test.expect(late, &self.alert, fired(missed, late));
            // Where Prometheus shows no value any more.
            test.expect(late + 20, &self.alert, fired(missed, late + 20));
            test.expect_quiet(LAST + 70, [self.alert.as_str()]);
            tests.push(test);
        }
        let mut test = of("a target is taken away", &format!("7x{LAST} stale"), Some("1x10 stale"));
        test.input_series.push(series::series("up", &of_instance("b:1"), "1x90".to_owned()));
        test.expect_quiet(late, [self.alert.as_str()]);
        test.expect_quiet(late + 20, [self.alert.as_str()]);
        tests.push(test);
        let gap = late - LAST + 10;
        let mut test = of("the values come again", &format!("7x{LAST} _x{gap} 7x20"), Some("1x90"));
        test.expect(late, &self.alert, fired(&target, late));
        test.expect_quiet(LAST + gap + 5, [self.alert.as_str()]);
        tests.push(test);
        let mut test = of("the values arrive", "7x60", Some("1x60"));
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
            ["(time() - max by (job, instance) (timestamp(shop_guests) or \
              max_over_time(timestamp(shop_guests)[1h:15s])) > 30 and on (job, instance) up) or \
              (time() - max by (job) (timestamp(shop_guests) or \
              max_over_time(timestamp(shop_guests)[1h:15s])) > 30 unless on (job) up)"]
        );
        assert_eq!(expressions(&rules, SILENT).len(), 1);
    }
}
