//! The board of jobs: a row for each set that records them.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::{MetricDocument, ThresholdDocument};

use super::{
    board::{Board, Row},
    job_set::{JobMetricSet, status},
    metrics::{quantile_name, quantile_target},
    panel::{Form, Panel, Target},
    set::{Set, description, legend},
    unit,
};
use crate::generate::query::{Selector, aggregated};

const WINDOW: &str = "$__rate_interval";
const SHOWN: &str = "$__range";
const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];
/// The windows of the burn, and the burn from which on a budget of 30 days lasts too short: two
/// days in the long run, and five hours.
const BURN_WINDOWS: [&str; 3] = ["5m", "1h", "6h"];
const BURN_WARNING: f64 = 6.0;
const BURN_CRITICAL: f64 = 14.4;

/// The board. `None` if no set records jobs.
pub(super) fn board(sets: &[Set<'_>]) -> Option<Board> {
    let sets: Vec<_> = sets.iter().filter_map(JobMetricSet::of).collect();
    let mut choices: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for set in &sets {
        for metric in set.set.metrics.iter().filter(|metric| !metric.events.is_empty()) {
            for label in set.handler_of(metric) {
                let samples = choices.entry(label.to_owned()).or_default();
                samples.extend(metric.samples.iter().max().cloned());
            }
        }
    }
    let rows: Vec<_> = sets.iter().map(row).collect();
    (!rows.is_empty()).then(|| Board {
        title: "Jobs".to_owned(),
        description: "Jobs by handler: how many, how they end, how long they take and wait, and \
                      their service-level objectives."
            .to_owned(),
        samples: sets.iter().filter_map(|set| set.set.sample()).map(str::to_owned).collect(),
        choices,
        rows,
    })
}

fn row(set: &JobMetricSet<'_>) -> Row {
    let panels = [
        figures(set),
        traffic(set),
        durations(set, "duration", "Duration"),
        durations(set, "queue_wait", "Time in the queue"),
        present(set),
        objective(set),
        again(set),
    ];
    let panels = panels.into_iter().flatten().collect();
    Row { title: Some(set.set.title()), is_collapsed: false, panels }
}

/// What has happened in the time shown, which also shows a burst, and what goes on.
fn figures(set: &JobMetricSet<'_>) -> Vec<Panel> {
    let sum = |of: &str| aggregated("sum", &[], of);
    let figure = |title: &str, metric, note: &str, query: String| {
        let about = description(metric, note);
        Panel::new(title, about, Form::Figure, "short", vec![Target::new(query, title)])
    };
    let in_time = "In the time shown.";
    let mut panels = Vec::new();
    if let Some(outcomes) = set.outcomes() {
        let ended = outcomes.ended(&[], |series| series.increase(SHOWN));
        panels.push(figure(outcomes.title(), outcomes.metric, in_time, ended));
        let shown = outcomes.failure_ratio(&[], |series| series.increase(SHOWN));
        let since_start = outcomes.failure_ratio(&[], ToString::to_string);
        if let (Some(shown), Some(since_start)) = (shown, since_start) {
            let note = "The share of jobs that failed in the time shown, or, where none has ended \
                        in it, since the start.";
            let query = format!("{shown} or {since_start}");
            let mut panel = figure("Failed", outcomes.metric, note, query);
            panel.unit = "percentunit";
            panels.push(panel);
        }
    }
    if let Some(active) = set.metric("active") {
        let query = sum(&set.selector(active, "").to_string());
        panels.push(figure("Active", active, "", query));
    }
    if let Some(dead) = set.metric("dead_lettered") {
        let query = sum(&set.selector(dead, "").increase(SHOWN));
        let panel = figure("Dead-lettered", dead, in_time, query);
        panels.push(panel.with_thresholds(&[above("critical", 0.0)]));
    }
    let width = 24 / u32::try_from(panels.len().max(1)).unwrap_or(1);
    panels.into_iter().map(|panel| panel.of_size(width, 4)).collect()
}

/// How many jobs, how they end, and why they fail.
fn traffic(set: &JobMetricSet<'_>) -> Vec<Panel> {
    let rate = |series: &Selector| series.rate(WINDOW);
    let panel = |title: &str, metric: &MetricDocument, by: &[&str], query: String| {
        let target = Target::new(query, legend(by.iter().copied(), "all"));
        let unit = unit::rate(metric.unit.as_deref());
        let about = description(metric, "Per second.");
        Panel::new(title, about, Form::Stacked, unit, vec![target])
    };
    let of_metric = |title: &str, metric, by: &[&str]| {
        panel(title, metric, by, aggregated("sum", by, &rate(&set.selector(metric, ""))))
    };
    let mut panels = Vec::new();
    let outcomes = set.outcomes();
    if let Some(outcomes) = &outcomes {
        let metric = outcomes.metric;
        let by = set.handler_of(metric);
        let title = format!("{}, by handler", outcomes.title());
        panels.push(panel(&title, metric, &by, outcomes.ended(&by, rate)));
        if let Some(status) = status(metric) {
            panels.push(of_metric("By status", metric, &[status.prometheus_name.as_str()]));
        }
        if let [completed, failed] = &outcomes.ended[..] {
            let mut panel = panel("Completed and failed", metric, &[], String::new());
            let named = [(completed, "completed"), (failed, "failed")];
            panel.targets = named
                .map(|(series, name)| Target::new(aggregated("sum", &[], &rate(series)), name))
                .into();
            panels.push(panel);
        }
    }
    for (event, title) in [("created", "Submitted"), ("started", "Started")] {
        let ends = outcomes.as_ref().map(|outcomes| &outcomes.metric.prometheus_name);
        let metric = set.metric(event);
        if let Some(metric) = metric.filter(|metric| Some(&metric.prometheus_name) != ends) {
            panels.push(of_metric(title, metric, &set.handler_of(metric)));
        }
    }
    if let Some((errors, classes)) = set.errors() {
        panels.push(of_metric("Errors, by class", errors, &classes));
    }
    if let Some(outcomes) = &outcomes {
        let by = set.handler_of(outcomes.metric);
        if let Some(ratio) = outcomes.failure_ratio(&by, rate) {
            let note = "The share of the jobs that failed of those that ended.";
            let about = description(outcomes.metric, note);
            let targets = vec![Target::new(ratio, legend(by, "all"))];
            panels.push(Panel::new("Failure ratio", about, Form::Lines, "percentunit", targets));
        }
    }
    panels
}

/// Quantiles and the distribution of a time.
fn durations(set: &JobMetricSet<'_>, event: &str, title: &str) -> Vec<Panel> {
    let Some(metric) = set.metric(event).filter(|metric| metric.kind == "histogram") else {
        return Vec::new();
    };
    let unit = unit::unit(metric.unit.as_deref(), &metric.prometheus_name);
    let buckets = set.selector(metric, "_bucket");
    let apart = set.set.labels_of_boundaries(metric);
    if !apart.is_empty() {
        return durations_apart(metric, &buckets, &apart, title);
    }
    let all = QUANTILES.iter().map(|&q| quantile_target(&buckets, q, &[])).collect();
    let by = set.handler_of(metric);
    let about = |note| description(metric, note);
    let mut panels = vec![
        Panel::new(format!("{title}, quantiles"), about(""), Form::Lines, unit, all)
            .with_thresholds(&metric.thresholds),
    ];
    if !by.is_empty() {
        let q = 0.95;
        let targets = vec![quantile_target(&buckets, q, &by)];
        let title = format!("{title}, {} by handler", quantile_name(q));
        let panel = Panel::new(title, about(""), Form::Lines, unit, targets);
        panels.push(panel.with_thresholds(&metric.thresholds));
    }
    let rate = aggregated("sum", &["le"], &buckets.rate(WINDOW));
    let targets = vec![Target::new(rate, "{{le}}")];
    let note = about("Jobs per second in each bucket.");
    let title = format!("{title}, distribution");
    panels.push(Panel::new(title, note, Form::Heatmap, unit, targets));
    panels
}

/// Quantiles of a time whose series have different boundaries, which cannot be added up.
fn durations_apart(
    metric: &MetricDocument,
    buckets: &Selector,
    by: &[&str],
    title: &str,
) -> Vec<Panel> {
    let unit = unit::unit(metric.unit.as_deref(), &metric.prometheus_name);
    let panel = |q| {
        let targets = vec![quantile_target(buckets, q, by)];
        let title = format!("{title}, {} by handler", quantile_name(q));
        Panel::new(title, description(metric, ""), Form::Lines, unit, targets)
            .with_thresholds(&metric.thresholds)
    };
    QUANTILES.map(panel).into()
}

/// What goes on now.
fn present(set: &JobMetricSet<'_>) -> Vec<Panel> {
    let mut panels = Vec::new();
    let mut add = |event: &str, title: &str, operator: &str, note: &str| {
        let Some(metric) = set.metric(event) else { return };
        let by = set.handler_of(metric);
        let mut query = aggregated(operator, &by, &set.selector(metric, "").to_string());
        if event == "last_success" {
            query = format!("time() - {query}");
        }
        let unit = unit::unit(metric.unit.as_deref(), &metric.prometheus_name);
        let targets = vec![Target::new(query, legend(by, "all"))];
        let panel = Panel::new(title, description(metric, note), Form::Lines, unit, targets);
        panels.push(panel.with_thresholds(&metric.thresholds));
    };
    add("active", "Active, by handler", "sum", "");
    add("oldest_active", "Oldest that runs", "max", "");
    add("last_success", "Since the last success", "max", "Shown is the time since then.");
    panels
}

/// The objective: what it aims at, what is attained, and how fast its budget burns.
fn objective(set: &JobMetricSet<'_>) -> Vec<Panel> {
    let metrics = ["slo_valid", "slo_good"].map(|event| set.metric(event));
    let [Some(valid), Some(good)] = metrics else { return Vec::new() };
    let by = set.handler_of(valid);
    let share = |window: &str| {
        let [good, valid] = [good, valid]
            .map(|metric| aggregated("sum", &by, &set.selector(metric, "").increase(window)));
        format!("({good} or {valid} * 0) / ({valid} != 0)")
    };
    let named = |note: &str| {
        let legend = legend(by.iter().copied(), "");
        if legend.is_empty() { note.to_owned() } else { format!("{legend}, {note}") }
    };
    let target = set.metric("slo_target");
    let aim = target.map(|metric| aggregated("max", &by, &set.selector(metric, "").to_string()));
    let mut targets = vec![Target::new(share("1h"), named("good in 1h"))];
    if let Some(aim) = &aim {
        targets.push(Target::new(aim.as_str(), named("objective")));
    }
    let about = description(good, "The share of good jobs of those that count, and the objective.");
    let mut panels = vec![Panel::new("Objective", about, Form::Lines, "percentunit", targets)];
    if let Some(aim) = &aim {
        let burn = |window| {
            let burn = format!("(1 - {}) / (1 - {aim})", share(window));
            Target::new(burn, named(window))
        };
        let about = description(
            valid,
            "How fast the budget of jobs that may fail is spent: at 1 it lasts as long as the \
             objective says.",
        );
        let targets = BURN_WINDOWS.map(burn).into();
        let thresholds = [above("warning", BURN_WARNING), above("critical", BURN_CRITICAL)];
        let panel = Panel::new("Burn of the budget", about, Form::Lines, "none", targets);
        panels.push(panel.with_thresholds(&thresholds));
    }
    panels
}

/// Jobs that are tried again, or given up.
fn again(set: &JobMetricSet<'_>) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (event, title) in [("retried", "Tried again"), ("dead_lettered", "Given up")] {
        let Some(metric) = set.metric(event) else { continue };
        let by = set.handler_of(metric);
        let query = aggregated("sum", &by, &set.selector(metric, "").rate(WINDOW));
        let unit = unit::rate(metric.unit.as_deref());
        let about = description(metric, "Per second.");
        let targets = vec![Target::new(query, legend(by, "all"))];
        panels.push(Panel::new(title, about, Form::Stacked, unit, targets));
    }
    panels
}

fn above(severity: &str, value: f64) -> ThresholdDocument {
    let mut threshold = ThresholdDocument::default();
    (threshold.severity, threshold.comparison) = (severity.to_owned(), "above".to_owned());
    threshold.value = value;
    threshold
}
