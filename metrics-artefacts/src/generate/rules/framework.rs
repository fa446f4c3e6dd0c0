//! Rules of the framework's metrics about metrics.

use osapi_metrics::catalogue::document::{MetricDocument, SetDocument};

use super::{
    alert::{self, Alert, Annotations, Severity},
    document::{Rule, Rules, Test},
    handler,
    labels::Labels,
    options::RuleOptions,
    series::{self, Course},
    template,
};
use crate::{catalogue::Catalogues, generate::query::Selector};

/// The package of the sets.
const PACKAGE: &str = "osapi-metrics";
/// The time in which anything that is lost counts.
const WINDOW: &str = "15m";
/// Long enough for each alert.
const MINUTES: u64 = 40;

/// What is watched of a counter.
struct Watched {
    alert: &'static str,
    metric: &'static str,
    what: What,
    summary: &'static str,
    description: &'static str,
}

enum What {
    /// Anything that is counted.
    Any,
    /// The outcomes but these, for ten minutes.
    OutcomesBut(&'static [&'static str]),
}

const WATCHED: [Watched; 7] = [
    Watched {
        alert: "MetricsOverflow",
        metric: "osapi_metrics_overflowed_samples_total",
        what: What::Any,
        summary: "A label has more values than its limit",
        description: "Values beyond the limit are recorded in the overflow series. Raise the limit \
                      in the declaration, or give the label fewer values.",
    },
    Watched {
        alert: "MetricsSamplesDropped",
        metric: "osapi_metrics_dropped_samples_total",
        what: What::Any,
        summary: "Samples are not recorded",
        description: "The program records values that the metric cannot have: NaN, infinity, \
                      negative values of a counter.",
    },
    Watched {
        alert: "MetricsCallbackPanics",
        metric: "osapi_metrics_callback_panics_total",
        what: What::Any,
        summary: "An observation panics",
        description: "The values of an observed metric are missing, because the function that \
                      reads them panics.",
    },
    Watched {
        alert: "MetricsJobExpressionPanics",
        metric: "osapi_metrics_job_expression_panics_total",
        what: What::Any,
        summary: "An expression of a job's attribute panics",
        description: "Something of the job is not recorded. The log of the program has the panic.",
    },
    Watched {
        alert: "MetricsPointsRejected",
        metric: "osapi_metrics_rejected_points_total",
        what: What::Any,
        summary: "A collector rejects points",
        description: "Points of an export over OTLP are lost. The log of the program has the \
                      reason of the collector.",
    },
    Watched {
        alert: "MetricsExportsFail",
        metric: "osapi_metrics_exports_total",
        what: What::OutcomesBut(&["succeeded"]),
        summary: "Exports over OTLP fail",
        description: "The collector has not accepted all exports for ten minutes. The log of the \
                      program has the reason.",
    },
    Watched {
        alert: "MetricsScrapesFail",
        metric: "osapi_metrics_scrapes_total",
        // What a client does wrong, or gives up, is no failure of the program.
        what: What::OutcomesBut(&["succeeded", "unauthorized", "not_acceptable", "cancelled"]),
        summary: "Scrapes fail",
        description: "Scrapes of the program have failed, timed out or been refused for ten \
                      minutes.",
    },
];

pub(super) fn rules(catalogues: &Catalogues, options: &RuleOptions) -> Rules {
    let mut rules = Rules::default();
    let mut alerts = Vec::new();
    for watched in &WATCHED {
        let mut metrics = catalogues.metrics();
        let is_it = |(set, metric): &(&SetDocument, &MetricDocument)| {
            set.package == PACKAGE && metric.prometheus_name == watched.metric
        };
        let Some((set, metric)) = metrics.find(is_it) else { continue };
        let alert = watched.alert(set, metric, options);
        rules.tests.extend(watched.tests(metric, &alert));
        alerts.push(Rule::Alert(alert));
    }
    rules.add_group("metrics about metrics".to_owned(), alerts);
    rules
}

impl Watched {
    fn alert(&self, set: &SetDocument, metric: &MetricDocument, options: &RuleOptions) -> Alert {
        let counter = Selector::of(&metric.prometheus_name);
        let (expr, lasting) = match &self.what {
            What::Any => {
                let increase = counter.increase(WINDOW);
                let is_open = metric.labels.iter().any(|label| label.values.is_none());
                let expr = if is_open {
                    format!("({increase} > 0 or {}) > 0", counter.appeared(WINDOW))
                } else {
                    format!("{increase} > 0")
                };
                (expr, 0.0)
            }
            What::OutcomesBut(good) => {
                let bad = counter.with_one_of("outcome", &bad_outcomes(metric, good));
                (format!("{} > 0", bad.increase("5m")), 600.0)
            }
        };
        let labels = metric.labels.iter().map(|label| &label.prometheus_name);
        let labels: Vec<_> =
            labels.map(|name| format!("{name}=`{}`", template::label(name))).collect();
        let place =
            if labels.is_empty() { String::new() } else { format!(": {}", labels.join(", ")) };
        let runbook_url =
            alert::runbook(set.runbook.as_deref(), &options.docs_url, &metric.prometheus_name);
        let annotations = Annotations {
            summary: format!("{}{place}", self.summary),
            description: self.description.to_owned(),
            runbook_url,
        };
        let severity = Severity::Warning.as_str();
        Alert::new(self.alert, severity, lasting, &Labels::new(), expr, annotations)
    }

    fn tests(&self, metric: &MetricDocument, alert: &Alert) -> Vec<Test> {
        let labels_of = |outcome: Option<&str>| {
            let known = outcome.map(|outcome| ("outcome".to_owned(), outcome.to_owned()));
            series::labels(metric, &known.into_iter().collect())
        };
        let bad = match &self.what {
            What::Any => labels_of(None),
            What::OutcomesBut(good) => labels_of(bad_outcomes(metric, good).first().copied()),
        };
        let good = match &self.what {
            What::Any => labels_of(None),
            What::OutcomesBut(good) => labels_of(good.first().copied()),
        };
        let quiet_step = if matches!(self.what, What::Any) { 0.0 } else { 1.0 };
        let name = self.alert;
        let of = |what: &str, labels: &Labels, values: String, fires: bool| {
            let series = vec![series::series(&metric.prometheus_name, labels, values)];
            let mut test = Test::new(format!("{name}: {what}"), series);
            let fires = fires.then(|| alert.fired(labels, 1.0));
            test.expect(MINUTES, name, fires.into_iter().collect());
            test
        };
        let mut tests = vec![
            of("it goes on", &bad, format!("7+1x{MINUTES}"), true),
            of(
                "it goes on, and counters start anew",
                &bad,
                Course::Restarts(1.0).values(MINUTES),
                true,
            ),
            of("it does not happen", &good, format!("7+{quiet_step}x{MINUTES}"), false),
            of(
                "it does not happen, and counters start anew",
                &good,
                Course::Restarts(quiet_step).values(MINUTES),
                false,
            ),
        ];
        if alert.expr.contains("unless") {
            tests.push(of("the first of a series", &bad, "_x34 3x20".to_owned(), true));
        }
        let mut absence = Test::new(format!("{name}: no series"), Vec::new());
        absence.expect_quiet(MINUTES, [name]);
        tests.push(absence);
        tests
    }
}

/// The outcomes that the metric has, but these.
fn bad_outcomes<'a>(metric: &'a MetricDocument, good: &[&str]) -> Vec<&'a str> {
    let outcome = metric.labels.iter().find(|label| label.prometheus_name == "outcome");
    let values = outcome.into_iter().flat_map(handler::values);
    values.filter(|value| !good.contains(value)).collect()
}
