use std::fmt::Write;

use osapi_metrics::catalogue::document::MetricDocument;

use super::super::{
    alert::{Alert, Annotations, Severity},
    duration,
    handler::{Counted, Handler, Objective, Outcomes},
    template::{self, PERCENTAGE},
};
use crate::generate::query::{aggregated, quantile, union};

pub(super) const FAIL: &str = "JobsFail";
pub(super) const STUCK: &str = "JobStuck";
pub(super) const WAIT: &str = "JobsWait";
pub(super) const DEAD_LETTERED: &str = "JobsDeadLettered";
pub(super) const NEVER_SUCCEED: &str = "JobsNeverSucceed";

/// The share of failed jobs beyond which a handler without an objective alerts.
pub(super) const FAILURES: f64 = 0.1;
/// The fewest jobs in 15 minutes that a share or a quantile is made of.
pub(super) const MIN_EVENTS: f64 = 10.0;
/// The quantile of the time in the queue.
pub(super) const WAIT_QUANTILE: f64 = 0.95;
/// How old a job may be if the set has no histogram of durations, in seconds.
const OLDEST: f64 = 3600.0;

const WINDOW: &str = "15m";

/// The alerts of a handler, each with what its tests need.
#[derive(Debug)]
pub(super) struct Alerts<'a> {
    pub(super) handler: &'a Handler<'a>,
    pub(super) outcomes: Option<Outcomes<'a>>,
    pub(super) fail: Option<Alert>,
    pub(super) never_succeed: Option<Alert>,
    pub(super) last_success: Option<&'a MetricDocument>,
    pub(super) stuck: Option<(Alert, &'a MetricDocument, f64)>,
    pub(super) wait: Option<(Alert, &'a MetricDocument)>,
    pub(super) dead_lettered: Option<(Alert, &'a MetricDocument)>,
}

impl<'a> Alerts<'a> {
    pub(super) fn of(handler: &'a Handler<'a>, docs_url: &'a str) -> Self {
        let new = Maker { handler, docs_url };
        let outcomes = handler.outcomes();
        let last_success = handler
            .metric("last_success", "gauge")
            .filter(|metric| metric.unit.as_deref() == Some("s"));
        Self {
            handler,
            fail: outcomes.as_ref().and_then(|outcomes| new.fail(outcomes)),
            never_succeed: outcomes
                .as_ref()
                .map(|outcomes| new.never_succeed(outcomes, last_success)),
            outcomes,
            last_success,
            stuck: new.stuck(),
            wait: new.wait(),
            dead_lettered: new.dead_lettered(),
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Alert> {
        let stuck = self.stuck.as_ref().map(|(alert, ..)| alert);
        let wait = self.wait.as_ref().map(|(alert, _)| alert);
        let dead_lettered = self.dead_lettered.as_ref().map(|(alert, _)| alert);
        let all = [self.fail.as_ref(), stuck, wait, dead_lettered, self.never_succeed.as_ref()];
        all.into_iter().flatten()
    }
}

struct Maker<'a> {
    handler: &'a Handler<'a>,
    docs_url: &'a str,
}

impl<'a> Maker<'a> {
    /// A share of failed jobs. A handler with an objective has better alerts.
    fn fail(&self, outcomes: &Outcomes<'_>) -> Option<Alert> {
        if self.handler.objective() != Objective::None {
            return None;
        }
        let (failed, ended) =
            (increase(&outcomes.failed, WINDOW), increase(&outcomes.ended, WINDOW));
        let expr = format!("{failed} / ({ended} >= {MIN_EVENTS}) > {FAILURES}");
        let summary = format!("Jobs {} fail", self.name());
        let description = format!(
            "{PERCENTAGE} of the jobs {} that ended in {WINDOW} failed, timed out or panicked. The \
             default for handlers without an objective is {}%, from {MIN_EVENTS} jobs on.",
            self.name(),
            FAILURES * 100.0
        );
        Some(self.alert(FAIL, 300.0, expr, summary, description))
    }

    /// Jobs that fail, and none that completes in a day, of a process that was there an hour ago.
    fn never_succeed(
        &self,
        outcomes: &Outcomes<'_>,
        last_success: Option<&MetricDocument>,
    ) -> Alert {
        let failed = increase(&outcomes.failed, "1d");
        let completed = increase(std::slice::from_ref(&outcomes.completed), "1d");
        let an_hour_ago =
            outcomes.ended.iter().map(|all| format!("count({} offset 1h)", all.selector));
        let an_hour_ago: Vec<_> = an_hour_ago.collect();
        let mut expr =
            format!("{failed} > 0 and ({}) unless {completed} > 0", an_hour_ago.join(" or "));
        if let Some(metric) = last_success {
            let last = self.handler.selector(&metric.prometheus_name, metric);
            let last = aggregated("max", &[], &last.to_string());
            let _ = write!(expr, " unless {last} > time() - 86400");
        }
        let summary = format!("No job {} succeeds", self.name());
        let description = format!(
            "Jobs {} failed, timed out or panicked, and none has completed for a day.",
            self.name()
        );
        self.alert(NEVER_SUCCEED, 300.0, expr, summary, description)
    }

    /// The age of the job that has run longest.
    fn stuck(&self) -> Option<(Alert, &'a MetricDocument, f64)> {
        let metric = self.handler.metric("oldest_active", "gauge")?;
        let unit = duration::seconds_in(metric.unit.as_deref())?;
        let durations = self.handler.metric("duration", "histogram").and_then(|metric| {
            Some((
                *self.handler.boundaries_in(metric).last()?,
                duration::seconds_in(metric.unit.as_deref())?,
            ))
        });
        let (seconds, source) = match durations {
            Some((highest, unit)) => {
                let seconds = 2.0 * highest * unit;
                (seconds, "twice the highest boundary of the histogram of durations")
            }
            None => (OLDEST, "the default without a histogram of durations"),
        };
        let limit = seconds / unit;
        let oldest = self.handler.selector(&metric.prometheus_name, metric);
        let expr = format!("{} > {limit}", aggregated("max", &[], &oldest.to_string()));
        let summary = format!("A job {} does not end", self.name());
        let age = template::of_unit(metric.unit.as_deref());
        let description = format!(
            "The job {} that has run longest is {age} old. It may be {} old: {source}.",
            self.name(),
            duration::text(seconds)
        );
        Some((self.alert(STUCK, 300.0, expr, summary, description), metric, limit))
    }

    /// The time in the queue, of handlers that say when a job was submitted.
    fn wait(&self) -> Option<(Alert, &'a MetricDocument)> {
        if !["queued_at", "scheduled_at"].iter().any(|key| self.handler.has_key(key)) {
            return None;
        }
        let metric = self.handler.metric("queue_wait", "histogram")?;
        let unit = duration::seconds_in(metric.unit.as_deref())?;
        let [.., limit, _] = metric.boundaries[..] else { return None };
        let of =
            |suffix| self.handler.selector(&format!("{}{suffix}", metric.prometheus_name), metric);
        let wait = quantile(WAIT_QUANTILE, &of("_bucket"), WINDOW, &[]);
        let jobs = aggregated("sum", &[], &of("_count").increase(WINDOW));
        let expr = format!("{wait} > {limit} and {jobs} >= {MIN_EVENTS}");
        let summary = format!("Jobs {} wait", self.name());
        let value = template::of_unit(metric.unit.as_deref());
        let description = format!(
            "In {WINDOW}, 5% of the jobs {} waited longer than {value} for their start. They may \
             wait {}: the second highest boundary of the histogram, from {MIN_EVENTS} jobs on.",
            self.name(),
            duration::text(limit * unit)
        );
        Some((self.alert(WAIT, 600.0, expr, summary, description), metric))
    }

    /// Any job that is given up, of handlers that say which attempt is the last one.
    fn dead_lettered(&self) -> Option<(Alert, &'a MetricDocument)> {
        if !self.handler.has_key("final_attempt") {
            return None;
        }
        let metric = self.handler.metric("dead_lettered", "counter")?;
        let counter = self.handler.selector(&metric.prometheus_name, metric);
        let expr = format!("{} > 0", aggregated("sum", &[], &counter.increase(WINDOW)));
        let summary = format!("Jobs {} are given up", self.name());
        let description = format!(
            "The last attempt at a job {} failed, timed out or panicked in the last {WINDOW}.",
            self.name()
        );
        Some((self.alert(DEAD_LETTERED, 60.0, expr, summary, description), metric))
    }

    fn name(&self) -> String {
        format!("`{}`", template::literal(&self.handler.name()))
    }

    fn alert(
        &self,
        name: &str,
        lasting: f64,
        expr: String,
        summary: String,
        description: String,
    ) -> Alert {
        let runbook_url = self.handler.runbook(self.docs_url);
        let annotations = Annotations { summary, description, runbook_url };
        let (severity, labels) = (Severity::Warning.as_str(), &self.handler.alert_labels);
        Alert::new(name, severity, lasting, labels, expr, annotations)
    }
}

/// The increase of several counters together. Each of them may have no series.
fn increase(counters: &[Counted<'_>], window: &str) -> String {
    let increases: Vec<_> =
        counters.iter().map(|counter| counter.selector.increase(window)).collect();
    aggregated("sum", &[], &union(&increases))
}
