use osapi_metrics::catalogue::document::{MetricDocument, ObjectiveDocument};

use super::{
    examples::{Example, sample, window},
    words,
};
use crate::generate::{
    declarations::DeclaredJob,
    query::{Selector, aggregated, any_of, is_label_name, is_metric_name, quantile},
};

/// The ends of a job, as `status` labels name them. A job that is cancelled has not failed.
const ENDS: [&str; 5] = ["completed", "failed", "timed_out", "cancelled", "panicked"];
const FAILURES: [&str; 3] = ["failed", "timed_out", "panicked"];

/// The window of the share of good jobs: what objectives are usually about.
const OBJECTIVE_WINDOW: &str = "30d";

/// Queries for the jobs of a handler, from the metrics of its set that record their events.
pub(super) fn job_examples(job: &DeclaredJob<'_>) -> Vec<Example> {
    let series = Series { job };
    let mut examples = Vec::new();
    examples.extend(job.job.objective.as_ref().into_iter().flat_map(|o| series.objective(o)));
    examples.extend(series.ended());
    examples.extend(series.failure_ratio());
    examples.extend(series.quantile("duration", "The duration that 95 % do not exceed"));
    if ["queued_at", "scheduled_at"].iter().any(|key| series.has_key(key)) {
        examples.extend(series.quantile("queue_wait", "The wait that 95 % do not exceed"));
    }
    examples.extend(series.now("active", "sum", "Jobs that run now"));
    examples.extend(series.now("oldest_active", "max", "The age of the oldest running job"));
    examples.extend(series.last_success());
    examples
}

/// The series of one handler.
struct Series<'a> {
    job: &'a DeclaredJob<'a>,
}

impl<'a> Series<'a> {
    /// The metrics of the set that record an event.
    fn of(&self, event: &str) -> impl Iterator<Item = &'a MetricDocument> {
        let metrics = self.job.set.into_iter().flat_map(|set| &set.metrics);
        metrics.filter(move |metric| metric.events.iter().any(|recorded| recorded == event))
    }

    fn has_key(&self, key: &str) -> bool {
        self.job.job.keys.iter().any(|known| known == key)
    }

    /// The series of these samples that the handler has. `None` if a name is none of PromQL.
    fn selector(&self, metric: &MetricDocument, name: Option<&str>) -> Option<Selector> {
        let name = name.filter(|name| is_metric_name(name))?;
        let mut selector = Selector::of(name);
        for (label, value) in &self.job.job.labels {
            if metric.labels.iter().any(|declared| &declared.prometheus_name == label) {
                selector = is_label_name(label).then(|| selector.with(label, value))?;
            }
        }
        Some(selector)
    }

    /// The only samples of a counter or a gauge that records an event.
    fn single(&self, event: &str) -> Option<(&'a MetricDocument, Selector)> {
        self.of(event).find_map(|metric| {
            let selector = self.selector(metric, metric.samples.first().map(String::as_str))?;
            (metric.samples.len() == 1).then_some((metric, selector))
        })
    }

    fn objective(&self, objective: &ObjectiveDocument) -> Vec<Example> {
        let (Some((_, good)), Some((_, valid))) =
            (self.single("slo_good"), self.single("slo_valid"))
        else {
            return Vec::new();
        };
        let total =
            |selector: &Selector| aggregated("sum", &[], &selector.increase(OBJECTIVE_WINDOW));
        let share = format!("{} / {}", total(&good), total(&valid));
        let target = words::number(objective.target);
        vec![
            Example::new("The share of good jobs in the last 30 days, from 0 to 1", &share),
            Example::new(
                "What is left of the error budget of 30 days: 1 is all of it, and below 0 the \
                 objective is missed",
                format!("1 - (1 - {share}) / (1 - {target})"),
            ),
        ]
    }

    /// Jobs by their ends: a counter of ends with a closed label that has their names.
    fn ends(&self) -> Option<(&'a MetricDocument, Selector, &'a str, &'a [String])> {
        self.of("finished").find_map(|metric| {
            let (label, values) = metric.labels.iter().find_map(|label| {
                let values = label.values.as_deref()?;
                let is_end = values.iter().any(|value| value == "completed");
                (is_end && is_label_name(&label.prometheus_name))
                    .then_some((label.prometheus_name.as_str(), values))
            })?;
            let selector = self.selector(metric, metric.samples.first().map(String::as_str))?;
            Some((metric, selector, label, values))
        })
    }

    fn ended(&self) -> Option<Example> {
        if let Some((metric, selector, label, _)) = self.ends() {
            let rate = selector.rate(&window(metric));
            let query = aggregated("sum", &[label], &rate);
            return Some(Example::new("Jobs per second, by how they ended", query));
        }
        let (metric, selector) = ["finished", "completed", "started"]
            .into_iter()
            .find_map(|event| self.single(event))?;
        let query = aggregated("sum", &[], &selector.rate(&window(metric)));
        Some(Example::new("Jobs per second", query))
    }

    fn failure_ratio(&self) -> Option<Example> {
        const TITLE: &str = "The share of jobs that failed, from 0 to 1";
        if let Some((metric, selector, label, values)) = self.ends() {
            let found = |ends: &[&'static str]| -> Vec<&str> {
                let has = |end: &&&str| values.iter().any(|value| value == **end);
                ends.iter().filter(has).copied().collect()
            };
            let (failures, ends) = (found(&FAILURES), found(&ENDS));
            if failures.is_empty() {
                return None;
            }
            let total =
                |selector: &Selector| aggregated("sum", &[], &selector.rate(&window(metric)));
            let failed = total(&selector.clone().with_any(label, &any_of(&failures)));
            // The label may have values beside ends, such as `started`.
            let ended = if ends.len() == values.len() {
                total(&selector)
            } else {
                total(&selector.with_any(label, &any_of(&ends)))
            };
            return Some(Example::new(TITLE, format!("{failed} / {ended}")));
        }
        // Counters of their own for the jobs that failed and for those that completed.
        let of = |event: &str| {
            let (metric, selector) = self.single(event)?;
            Some(aggregated("sum", &[], &selector.rate(&window(metric))))
        };
        let is_mixed = self.single("failed")?.0.events.iter().any(|event| event == "completed");
        let (failed, completed) = (of("failed")?, of("completed")?);
        let query = format!("{failed} / ({failed} + {completed})");
        (!is_mixed).then(|| Example::new(TITLE, query))
    }

    fn quantile(&self, event: &str, title: &str) -> Option<Example> {
        let metric = self.of(event).find(|metric| metric.kind == "histogram")?;
        let selector = self.selector(metric, sample(metric, "_bucket"))?;
        Some(Example::new(title, quantile(0.95, &selector, &window(metric), &[])))
    }

    fn now(&self, event: &str, operator: &str, title: &str) -> Option<Example> {
        let (_, selector) = self.single(event)?;
        Some(Example::new(title, aggregated(operator, &[], &selector.to_string())))
    }

    fn last_success(&self) -> Option<Example> {
        let (_, selector) = self.single("last_success")?;
        let latest = aggregated("max", &[], &selector.to_string());
        Some(Example::new("Seconds since a job last completed", format!("time() - {latest}")))
    }
}
