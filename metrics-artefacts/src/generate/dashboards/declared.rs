//! Boards that are declared with `dashboard!`.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::{
    DashboardDocument, ExpressionDocument, MetricDocument, PanelDocument,
};

use super::{
    board::{Board, Row, TARGET, widths},
    metrics::quantile_name,
    panel::{Form, Panel, Target},
    set::legend,
    unit,
};
use crate::{
    catalogue::Catalogues,
    generate::expression::{labels_of_quantile, metric, promql, promql_of_time_shown},
};

/// The window of panels over time.
const WINDOW: &str = "$__rate_interval";

/// The board. `None` if none of its panels has a query.
pub(super) fn board(catalogues: &Catalogues, declared: &DashboardDocument) -> Option<Board> {
    let panels = declared.panels.iter().filter_map(|declared| panel(catalogues, declared));
    let mut panels: Vec<_> = panels.collect();
    let number = panels.len();
    for (panel, width) in panels.iter_mut().zip(widths(number)) {
        panel.width = width;
    }
    let source = &declared.source;
    let place = format!("Declared in {}:{}.", source.file, source.line);
    let parts = [declared.description.as_str(), if source.file.is_empty() { "" } else { &place }];
    let description: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let row = Row { title: None, is_collapsed: false, panels };
    (number > 0).then(|| Board {
        title: declared.title.clone(),
        description: description.join(" "),
        samples: samples(catalogues, declared),
        choices: BTreeMap::new(),
        rows: vec![row],
    })
}

fn panel(catalogues: &Catalogues, declared: &PanelDocument) -> Option<Panel> {
    let form = match declared.kind.as_str() {
        "stacked" => Form::Stacked,
        "gauge" => Form::Gauge,
        "figure" => Form::Figure,
        "states" => Form::States(declared.states.clone()),
        _ => Form::Lines,
    };
    let is_latest = matches!(form, Form::Gauge | Form::Figure);
    let target = |expression: &ExpressionDocument| {
        let query = if is_latest {
            promql_of_time_shown(catalogues, expression, &TARGET)
        } else {
            promql(catalogues, expression, WINDOW, &TARGET)
        };
        Some(Target::new(query?, name(catalogues, expression, &declared.title)))
    };
    let targets: Vec<_> = declared.queries.iter().filter_map(target).collect();
    let first = declared.queries.first()?;
    let unit = match declared.unit.as_deref() {
        Some("1" | "%") if first.operation == "ratio" => "percentunit",
        Some(ucum) => unit::unit(Some(ucum), ""),
        None => unit_of(catalogues, first),
    };
    let about = about(catalogues, declared, is_latest);
    let mut panel = Panel::new(declared.title.as_str(), about, form, unit, targets)
        .with_thresholds(&declared.thresholds);
    panel.range = declared.range;
    (!panel.targets.is_empty()).then_some(panel)
}

/// The description of a panel, or the descriptions of its metrics.
fn about(catalogues: &Catalogues, declared: &PanelDocument, is_latest: bool) -> String {
    let mut parts = Vec::new();
    if declared.description.is_empty() {
        let mut metrics = Vec::new();
        for query in &declared.queries {
            metrics_of(catalogues, query, &mut metrics);
        }
        let mut names = BTreeSet::new();
        metrics.retain(|metric| names.insert(&metric.prometheus_name));
        let described = |metric: &&MetricDocument| match metric.description.as_str() {
            "" => format!("`{}`.", metric.prometheus_name),
            description => format!("`{}`: {description}", metric.prometheus_name),
        };
        parts.extend(metrics.iter().map(described));
    } else {
        parts.push(declared.description.clone());
    }
    if is_latest && declared.queries.iter().any(|query| query.operation == "ratio") {
        let when = "In the time shown, or, where nothing has happened in it, since the start.";
        parts.push(when.to_owned());
    }
    if let Some(alert) = &declared.alert {
        parts.push(format!("The alert {alert} fires at the thresholds."));
    }
    parts.join(" ")
}

/// The name of the series of an expression in the legend.
fn name(catalogues: &Catalogues, expression: &ExpressionDocument, title: &str) -> String {
    if let Some(legend) = &expression.legend {
        return legend.clone();
    }
    let otherwise = match (expression.operation.as_str(), expression.quantile) {
        ("quantile", Some(q)) => quantile_name(q),
        ("mean", _) => "mean".to_owned(),
        _ => match metric(catalogues, expression) {
            Some(metric) => metric.prometheus_name.clone(),
            None => title.to_owned(),
        },
    };
    let by = match expression.operation.as_str() {
        "quantile" => labels_of_quantile(catalogues, expression),
        _ => expression.by.iter().map(String::as_str).collect(),
    };
    legend(by, &otherwise)
}

/// The unit of the result of an expression.
fn unit_of(catalogues: &Catalogues, expression: &ExpressionDocument) -> &'static str {
    let of_metric = || {
        let metric = metric(catalogues, expression)?;
        let is_histogram = metric.kind == "histogram";
        Some((metric, metric.unit.as_deref().filter(|_| !is_histogram)))
    };
    match (expression.operation.as_str(), of_metric()) {
        ("ratio", _) => {
            let units: BTreeSet<_> =
                expression.operands.iter().map(|operand| unit_of(catalogues, operand)).collect();
            if units.len() == 1 { "percentunit" } else { "none" }
        }
        ("total", _) => {
            let first = expression.operands.first();
            first.map_or("none", |operand| unit_of(catalogues, operand))
        }
        ("rate", Some((_, number))) => unit::rate(number),
        ("increase", Some((_, None))) => "short",
        ("increase", Some((metric, number))) => unit::unit(number, &metric.prometheus_name),
        (_, Some((metric, _))) => unit::unit(metric.unit.as_deref(), &metric.prometheus_name),
        (_, None) => "none",
    }
}

fn metrics_of<'a>(
    catalogues: &'a Catalogues,
    expression: &ExpressionDocument,
    metrics: &mut Vec<&'a MetricDocument>,
) {
    metrics.extend(metric(catalogues, expression));
    for operand in &expression.operands {
        metrics_of(catalogues, operand, metrics);
    }
}

/// A sample of each metric of the board.
fn samples(catalogues: &Catalogues, declared: &DashboardDocument) -> BTreeSet<String> {
    let mut metrics = Vec::new();
    for query in declared.panels.iter().flat_map(|panel| &panel.queries) {
        metrics_of(catalogues, query, &mut metrics);
    }
    metrics.iter().filter_map(|metric| metric.samples.iter().max().cloned()).collect()
}
