//! The board of all metrics: a row for each set, a panel or two for each metric.

use std::{collections::BTreeMap, fmt::Write};

use osapi_metrics::catalogue::document::{MetricDocument, StateDocument};

use super::{
    board::{Board, Row},
    panel::{Form, Panel, Target},
    set::{Set, description, legend, selector},
    threshold, unit,
};
use crate::generate::query::{Selector, aggregated, quantile};

/// The most series of a gauge whose labels can have many values.
const MOST: usize = 10;
/// The most figures that are beside each other.
const ONE_LINE: usize = 8;
/// The quantiles of every histogram.
const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// The board. `None` without metrics.
pub(super) fn board(sets: &[Set<'_>]) -> Option<Board> {
    let rows: Vec<_> = sets.iter().map(row).collect();
    (!rows.is_empty()).then(|| Board {
        title: "Metrics".to_owned(),
        description: "Every declared metric, a row for each set.".to_owned(),
        samples: sets.iter().filter_map(Set::sample).map(str::to_owned).collect(),
        choices: BTreeMap::new(),
        rows,
    })
}

fn row(set: &Set<'_>) -> Row {
    let mut panels: Vec<_> = increases(set).into_iter().collect();
    for metric in &set.metrics {
        match metric.kind.as_str() {
            "counter" => panels.push(counter(set, metric)),
            "histogram" => {
                panels.push(quantiles(set, metric));
                panels.extend(distribution(set, metric));
            }
            "info" => panels.push(facts(metric)),
            "state_set" => panels.push(states(set, metric)),
            _ => panels.push(gauge(set, metric)),
        }
    }
    Row { title: Some(set.title()), is_collapsed: set.is_of_framework(), panels }
}

/// The increases of the set's counters of things, which a rate does not show after a burst.
fn increases(set: &Set<'_>) -> Option<Panel> {
    let counts_things = |metric: &&&MetricDocument| {
        metric.kind == "counter" && metric.unit.as_deref().is_none_or(unit::is_count)
    };
    let increase = |metric: &&MetricDocument| {
        let increase = selector(metric, "").increase("$__range");
        Target::new(aggregated("sum", &[], &increase), metric.prometheus_name.as_str())
    };
    let targets: Vec<_> = set.metrics.iter().filter(counts_things).map(increase).collect();
    (!targets.is_empty()).then(|| {
        let about = "By how much the counters have grown in the time that the board shows.";
        let height = if targets.len() > ONE_LINE { 8 } else { 4 };
        Panel::new("In the time shown", about, Form::Figure, "short", targets).of_size(24, height)
    })
}

fn counter<'a>(set: &Set<'a>, metric: &'a MetricDocument) -> Panel {
    let (by, _) = set.labels_with_few_values(metric);
    let name = metric.prometheus_name.as_str();
    let rate = aggregated("sum", &by, &selector(metric, "").rate("$__rate_interval"));
    let target = Target::new(rate, legend(by, "all"));
    let about = description(metric, "Per second.");
    Panel::new(name, about, Form::Lines, unit::rate(metric.unit.as_deref()), vec![target])
        .with_thresholds(&metric.thresholds)
}

/// The facts of an info, each with the number of processes that have them.
fn facts(metric: &MetricDocument) -> Panel {
    let labels = || metric.labels.iter().map(|label| label.prometheus_name.as_str());
    let by: Vec<_> = labels().collect();
    let query = aggregated("count", &by, &selector(metric, "").to_string());
    let target = Target::new(query, legend(labels(), "all"));
    let about = description(metric, "How many of the chosen instances have each of the facts.");
    Panel::new(metric.prometheus_name.as_str(), about, Form::Facts, "none", vec![target])
}

/// The states of a state set over time, a row for each. Of things that are too many for rows, the
/// number that is in each state.
fn states<'a>(set: &Set<'a>, metric: &'a MetricDocument) -> Panel {
    let name = metric.prometheus_name.as_str();
    let (by, has_others) = set.labels_with_few_values(metric);
    let (operator, form, note) = if has_others {
        ("sum", Form::Stacked, "How many are in each state.")
    } else {
        let state = |value, name: &str, colour: &str| {
            let mut state = StateDocument::default();
            (state.value, state.name, state.colour) = (value, name.to_owned(), colour.to_owned());
            state
        };
        let states = vec![state(0.0, "no", "transparent"), state(1.0, "yes", "blue")];
        ("max", Form::States(states), "Whether any of the chosen instances is in the state.")
    };
    let query = aggregated(operator, &by, &selector(metric, "").to_string());
    let target = Target::new(query, legend(by, "all"));
    Panel::new(name, description(metric, note), form, "none", vec![target])
}

fn gauge<'a>(set: &Set<'a>, metric: &'a MetricDocument) -> Panel {
    let name = metric.prometheus_name.as_str();
    let is_lower = threshold::are_lower(&metric.thresholds);
    let (operator, rank, what) = match metric.kind.as_str() {
        "up_down_counter" => ("sum", "topk", "The sum"),
        _ if is_lower => ("min", "bottomk", "The lowest value"),
        _ => ("max", "topk", "The highest value"),
    };
    let is_time = metric.unit.as_deref() == Some("s") && name.contains("timestamp");
    let (few, has_others) = set.labels_with_few_values(metric);
    let ranked = has_others && few.is_empty();
    let by = if ranked {
        let varied = metric.labels.iter().filter(|label| !label.constant);
        varied.map(|label| label.prometheus_name.as_str()).collect()
    } else {
        few
    };
    let mut query = aggregated(operator, &by, &selector(metric, "").to_string());
    if is_time {
        query = format!("time() - {query}");
    }
    if ranked {
        query = format!("{rank}({MOST}, {query})");
    }
    let mut note = format!("{what} of the chosen instances.");
    if ranked {
        let which = if is_lower { "lowest" } else { "highest" };
        let _ = write!(note, " The {MOST} {which} series.");
    }
    if is_time {
        note.push_str(" Shown is the time since then.");
    }
    let target = Target::new(query, legend(by, "all"));
    let unit = unit::unit(metric.unit.as_deref(), name);
    Panel::new(name, description(metric, &note), Form::Lines, unit, vec![target])
        .with_thresholds(&metric.thresholds)
}

fn quantiles<'a>(set: &Set<'a>, metric: &'a MetricDocument) -> Panel {
    let name = metric.prometheus_name.as_str();
    let declared = metric.thresholds.iter().filter_map(|threshold| threshold.quantile);
    let mut shown: Vec<_> = QUANTILES.into_iter().chain(declared).collect();
    shown.sort_by(f64::total_cmp);
    shown.dedup();
    let unit = unit::unit(metric.unit.as_deref(), name);
    let buckets = selector(metric, "_bucket");
    // Buckets with different boundaries cannot be added up.
    let by = set.labels_of_boundaries(metric);
    let target = |q| {
        let mut target = quantile_target(&buckets, q, &by);
        if !by.is_empty() {
            target.legend = format!("{}, {}", target.legend, quantile_name(q));
        }
        target
    };
    let targets = shown.into_iter().map(target).collect();
    let title = format!("{name}, quantiles");
    Panel::new(title, description(metric, ""), Form::Lines, unit, targets)
        .with_thresholds(&metric.thresholds)
}

/// A quantile of a histogram over time.
pub(super) fn quantile_target(buckets: &Selector, q: f64, by: &[&str]) -> Target {
    let query = quantile(q, buckets, "$__rate_interval", by);
    Target::new(query, legend(by.iter().copied(), &quantile_name(q)))
}

/// `p95`
pub(super) fn quantile_name(q: f64) -> String {
    // Rounded, since 0.999 times 100 is not quite 99.9.
    format!("p{}", (q * 1e6).round() / 1e4)
}

/// The values in each bucket. `None` if not all series have the same buckets.
fn distribution<'a>(set: &Set<'a>, metric: &'a MetricDocument) -> Option<Panel> {
    if !set.labels_of_boundaries(metric).is_empty() {
        return None;
    }
    let name = metric.prometheus_name.as_str();
    let buckets = selector(metric, "_bucket").rate("$__rate_interval");
    let target = Target::new(aggregated("sum", &["le"], &buckets), "{{le}}");
    let about = description(metric, "Values per second in each bucket.");
    let unit = unit::unit(metric.unit.as_deref(), name);
    Some(Panel::new(format!("{name}, distribution"), about, Form::Heatmap, unit, vec![target]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_have_short_names() {
        assert_eq!([0.5, 0.95, 0.999].map(quantile_name), ["p50", "p95", "p99.9"]);
    }
}
