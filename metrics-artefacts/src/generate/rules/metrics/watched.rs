use std::collections::BTreeSet;

use osapi_metrics::catalogue::document::{
    DashboardDocument, MetricDocument, PanelDocument, SetDocument, ThresholdDocument,
};

use super::{
    super::{
        alert::{self, Alert, Annotations, camel_case},
        labels::Labels,
        options::RuleOptions,
        series, template,
    },
    query::{Function, Of, Query},
};
use crate::catalogue::Catalogues;

/// A threshold with what is compared with it, and the alert.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    pub(super) query: Query<'a>,
    pub(super) threshold: &'a ThresholdDocument,
    pub(super) alert: Alert,
}

impl<'a> Watched<'a> {
    /// The thresholds of all metrics and panels.
    pub(super) fn all(
        catalogues: &'a Catalogues,
        options: &RuleOptions,
        notes: &mut Vec<String>,
    ) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for (set, metric) in catalogues.metrics() {
            if seen.insert(&metric.prometheus_name) {
                let of = |threshold| Self::of_metric(set, metric, threshold, options);
                all.extend(metric.thresholds.iter().map(of));
            }
        }
        let mut seen = BTreeSet::new();
        for dashboard in catalogues.documents().iter().flat_map(|document| &document.dashboards) {
            for panel in &dashboard.panels {
                let Some(name) = &panel.alert else { continue };
                if seen.insert((&dashboard.title, &panel.title)) {
                    all.extend(of_panel(catalogues, dashboard, panel, name, options, notes));
                }
            }
        }
        all
    }

    fn of_metric(
        set: &SetDocument,
        metric: &'a MetricDocument,
        threshold: &'a ThresholdDocument,
        options: &RuleOptions,
    ) -> Self {
        let labels = || metric.labels.iter().map(|label| label.prometheus_name.clone());
        // A series with an open label appears with its first event, so it has no increase then.
        let is_open = metric.labels.iter().any(|label| label.values.is_none());
        let is_any = threshold.comparison == "above" && threshold.value == 0.0;
        let (function, by) = match (metric.kind.as_str(), threshold.quantile) {
            ("counter", _) if is_any && is_open => (Function::IncreaseOrNew, None),
            ("counter", _) if is_any => (Function::Increase, None),
            ("counter", _) => (Function::Rate, None),
            ("histogram", quantile) => {
                (Function::Quantile(quantile.unwrap_or(0.5)), Some(labels().collect()))
            }
            _ => (Function::Latest, None),
        };
        let query = Query::Of(Of { function, metric, with: Labels::new(), by });
        let name = &metric.prometheus_name;
        let what = match function {
            Function::Quantile(q) => format!("The quantile {q} of `{name}`"),
            Function::Rate => format!("The rate of `{name}`"),
            Function::Increase | Function::IncreaseOrNew => format!("The increase of `{name}`"),
            _ => format!("`{name}`"),
        };
        let unit = match function {
            Function::Rate => metric.unit.as_deref().map(|unit| match unit {
                "s" => "seconds/s".to_owned(),
                unit => format!("{}/s", unit.trim_matches(['{', '}'])),
            }),
            _ if name.ends_with("_ratio") => Some(template::SHARE.to_owned()),
            _ => metric.unit.clone(),
        };
        let of = Text { what, about: &metric.description, unit: unit.as_deref() };
        let kind = if is_upward(threshold) { "TooHigh" } else { "TooLow" };
        let runbook_url =
            alert::runbook(set.runbook.as_deref(), &options.docs_url, &metric.prometheus_name);
        let alert_name = format!("{}{kind}", camel_case(name));
        Self::new(query, threshold, &alert_name, &Labels::new(), &of, runbook_url)
    }

    fn new(
        query: Query<'a>,
        threshold: &'a ThresholdDocument,
        name: &str,
        labels: &Labels,
        text: &Text<'_>,
        runbook_url: String,
    ) -> Self {
        let ThresholdDocument { severity, value, lasting_seconds, .. } = threshold;
        let expr = format!("{} {} {value}", query.promql(), operator(threshold));
        let comparison = threshold.comparison.replace('_', " ");
        let summary = format!("{} is {comparison} {value}", text.what);
        let of = query.labels();
        let of = of.iter().filter(|label| !labels.contains_key(**label));
        let of: Vec<_> = of.map(|label| format!("{label}=`{}`", template::label(label))).collect();
        let place = if of.is_empty() { String::new() } else { format!(" for {}", of.join(", ")) };
        let description = format!(
            "{} It is {}{place}.",
            template::literal(text.about),
            template::of_unit(text.unit)
        );
        let annotations =
            Annotations { summary, description: description.trim().to_owned(), runbook_url };
        let alert = Alert::new(name, severity, *lasting_seconds, labels, expr, annotations);
        Self { query, threshold, alert }
    }

    /// Whether a value is beyond the threshold for some values of the metric. A quantile lies
    /// between the boundaries of the buckets, whatever the values are.
    pub(super) fn is_reachable(&self) -> bool {
        let Query::Of(Of { function: Function::Quantile(q), metric, .. }) = &self.query else {
            return true;
        };
        let mut buckets = 0..=metric.boundaries.len();
        buckets.any(|bucket| self.is_beyond(series::quantile_in(&metric.boundaries, bucket, *q)))
    }

    /// Whether a value is beyond the threshold.
    pub(super) fn is_beyond(&self, value: f64) -> bool {
        let limit = self.threshold.value;
        match operator(self.threshold) {
            ">" => value > limit,
            ">=" => value >= limit,
            "<" => value < limit,
            _ => value <= limit,
        }
    }
}

/// What the annotations are made of.
struct Text<'a> {
    what: String,
    about: &'a str,
    unit: Option<&'a str>,
}

fn of_panel<'a>(
    catalogues: &'a Catalogues,
    dashboard: &'a DashboardDocument,
    panel: &'a PanelDocument,
    name: &str,
    options: &RuleOptions,
    notes: &mut Vec<String>,
) -> Vec<Watched<'a>> {
    let mut all = Vec::new();
    for (nth, expression) in panel.queries.iter().enumerate() {
        let Some(query) = Query::of(expression, catalogues) else {
            notes.push(format!(
                "{name}: no rule for a query of the panel \"{}\", because the catalogues do not \
                 have its metric.",
                panel.title
            ));
            continue;
        };
        let mut labels = Labels::new();
        if panel.queries.len() > 1 {
            let legend = expression.legend.clone().unwrap_or_else(|| (nth + 1).to_string());
            labels.insert("query".to_owned(), template::literal(&legend));
        }
        let metrics = query.metrics();
        let unit = panel.unit.as_deref().or_else(|| match &query {
            Query::Of(Of { function, metric, .. }) if *function != Function::Rate => {
                metric.unit.as_deref()
            }
            Query::Ratio(..) => Some(template::SHARE),
            _ => None,
        });
        let about = if panel.description.is_empty() {
            format!("Panel \"{}\" of the dashboard \"{}\".", panel.title, dashboard.title)
        } else {
            panel.description.clone()
        };
        let text = Text { what: template::literal(&panel.title), about: &about, unit };
        let runbook_url = metrics.first().map(|metric| {
            let mut all = catalogues.metrics();
            let set = all.find(|(_, other)| other.name == metric.name).map(|(set, _)| set);
            let of_set = set.and_then(|set| set.runbook.as_deref());
            alert::runbook(of_set, &options.docs_url, &metric.prometheus_name)
        });
        let runbook_url = runbook_url.unwrap_or_else(|| options.docs_url.clone());
        let of = |threshold| {
            Watched::new(query.clone(), threshold, name, &labels, &text, runbook_url.clone())
        };
        all.extend(panel.thresholds.iter().map(of));
    }
    all
}

fn is_upward(threshold: &ThresholdDocument) -> bool {
    matches!(threshold.comparison.as_str(), "above" | "at_least")
}

fn operator(threshold: &ThresholdDocument) -> &'static str {
    match threshold.comparison.as_str() {
        "above" => ">",
        "at_least" => ">=",
        "below" => "<",
        _ => "<=",
    }
}
