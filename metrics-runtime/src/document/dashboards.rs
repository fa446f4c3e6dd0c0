use super::{
    model::{DashboardDocument, ExpressionDocument, PanelDocument, StateDocument},
    parts::{of_origin, of_threshold, prometheus_label},
};
use crate::core::dashboards::{
    Dashboard, DashboardRegistration, Expression, Operation, Panel, PanelKind,
};

/// Every dashboard that is linked into the program.
pub(super) fn all() -> Vec<DashboardDocument> {
    let registered = inventory::iter::<DashboardRegistration>();
    let mut all: Vec<_> = registered.map(|DashboardRegistration(of)| of_dashboard(of)).collect();
    all.sort_by(|a, b| (&a.title, &a.source.file).cmp(&(&b.title, &b.source.file)));
    all
}

fn of_dashboard(dashboard: &Dashboard) -> DashboardDocument {
    DashboardDocument {
        title: dashboard.title.to_owned(),
        description: dashboard.description.to_owned(),
        panels: dashboard.panels.iter().map(of_panel).collect(),
        source: of_origin(&dashboard.origin),
    }
}

fn of_panel(panel: &Panel) -> PanelDocument {
    let states = match panel.kind {
        PanelKind::States(states) => states,
        _ => &[],
    };
    let states = states.iter().map(|state| StateDocument {
        value: state.value,
        name: state.name.to_owned(),
        colour: state.colour.as_str().to_owned(),
    });
    let thresholds = panel.warning.iter().chain(&panel.critical);
    PanelDocument {
        title: panel.title.to_owned(),
        description: panel.description.to_owned(),
        kind: panel.kind.as_str().to_owned(),
        queries: panel.queries.iter().map(of_expression).collect(),
        unit: panel.unit.map(str::to_owned),
        range: panel.range,
        states: states.collect(),
        thresholds: thresholds.map(of_threshold).collect(),
        alert: panel.alert.map(str::to_owned),
    }
}

fn of_expression(expression: &Expression) -> ExpressionDocument {
    let label = |(key, value): &(&str, &str)| (prometheus_label(key), (*value).to_owned());
    ExpressionDocument {
        operation: expression.operation.as_str().to_owned(),
        metric: expression.metric.map(|metric| metric.name.to_owned()),
        quantile: match expression.operation {
            Operation::Quantile(quantile) => Some(quantile),
            _ => None,
        },
        with: expression.with.iter().map(label).collect(),
        by: expression.by.iter().map(|key| prometheus_label(key)).collect(),
        operands: expression.operands.iter().map(of_expression).collect(),
        legend: expression.legend.map(str::to_owned),
    }
}
