use std::{collections::BTreeMap, fmt::Write};

use osapi_metrics::catalogue::document::{DashboardDocument, ExpressionDocument, PanelDocument};

use super::{
    metric::place,
    page::{Heading, Page},
    text::{code, text},
    words,
};

/// The section of a dashboard. `metrics` are the headings of metrics, by OpenTelemetry name.
pub(super) fn write(
    page: &mut Page,
    dashboard: &DashboardDocument,
    heading: &Heading,
    metrics: &BTreeMap<&str, Heading>,
) {
    page.heading(3, heading);
    page.paragraph(&text(&dashboard.description));
    page.paragraph(&format!("Declared at {}.", place(&dashboard.source)));
    let rows: Vec<_> = dashboard.panels.iter().map(|panel| row(panel, metrics)).collect();
    page.table(["panel", "form", "shows"], &rows);
}

fn row(panel: &PanelDocument, metrics: &BTreeMap<&str, Heading>) -> [String; 3] {
    let mut shows: Vec<_> = panel.queries.iter().map(|query| expression(query, metrics)).collect();
    if !panel.description.is_empty() {
        shows.insert(0, text(&panel.description));
    }
    for threshold in &panel.thresholds {
        let comparison = threshold.comparison.replace('_', " ");
        let value = words::value(threshold.value, panel.unit.as_deref());
        shows.push(text(&format!("{} {comparison} {value}", threshold.severity)));
    }
    if let Some(alert) = &panel.alert {
        shows.push(format!("alert {}", code(alert)));
    }
    [text(&panel.title), text(&panel.kind), shows.join("; ")]
}

/// An expression in words, with links to its metrics.
fn expression(query: &ExpressionDocument, metrics: &BTreeMap<&str, Heading>) -> String {
    let operands = || {
        let operands = query.operands.iter().map(|operand| expression(operand, metrics));
        operands.collect::<Vec<_>>()
    };
    let mut words = match query.operation.as_str() {
        "ratio" => return format!("({})", operands().join(") / (")),
        "total" => return operands().join(" + "),
        "quantile" => format!("quantile {} of ", words::number(query.quantile.unwrap_or_default())),
        "latest" => "value of ".to_owned(),
        "highest" => "highest value of ".to_owned(),
        other => format!("{} of ", text(other)),
    };
    let name = query.metric.as_deref().unwrap_or_default();
    words.push_str(&metrics.get(name).map_or_else(|| code(name), Heading::link));
    for (label, value) in &query.with {
        let _ = write!(words, " with {} {}", code(label), code(value));
    }
    if !query.by.is_empty() {
        let labels: Vec<_> = query.by.iter().map(|label| code(label)).collect();
        let _ = write!(words, " by {}", labels.join(", "));
    }
    words
}
