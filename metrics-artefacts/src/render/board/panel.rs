use serde_json::Value;

use super::{
    field::{Field, text},
    layout::Place,
};

/// A panel, or the heading of a row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Panel {
    /// Where it stands in the file.
    pub(in crate::render) pointer: String,
    pub(in crate::render) title: String,
    pub(in crate::render) kind: Kind,
    pub(in crate::render) place: Place,
    pub(in crate::render) field: Field,
    pub(in crate::render) targets: Vec<Target>,
}

/// How a panel shows its values.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) enum Kind {
    Row,
    /// `timeseries`.
    Lines {
        style: LineStyle,
        is_stacked: bool,
        /// The opacity of the area below a line, from 0 to 1.
        fill: f64,
        has_threshold_lines: bool,
        has_legend: bool,
    },
    /// `stat`.
    Figure {
        /// Whether thresholds colour the value.
        is_coloured: bool,
        /// Whether the name of the series stands above the value; always if there are several.
        has_name: bool,
    },
    Gauge,
    /// `state-timeline`.
    States,
    Heatmap,
    /// A plugin that is not drawn.
    Other(String),
}

/// How the values of a series are drawn over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum LineStyle {
    Line,
    Bars,
    Points,
}

/// A query of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Target {
    /// Where the query stands in the file.
    pub(in crate::render) pointer: String,
    pub(in crate::render) query: String,
    /// The names of the series; empty where Grafana makes them.
    pub(in crate::render) legend: String,
    /// Whether the query is for one moment.
    pub(in crate::render) is_instant: bool,
    /// The kind of the data source, where it is not a Prometheus.
    pub(in crate::render) other_source: Option<String>,
}

impl Panel {
    pub(super) fn of(panel: &Value, pointer: String) -> Self {
        Self {
            title: text(panel, "title").unwrap_or_default(),
            kind: Kind::of(panel),
            place: Place::of(panel),
            field: Field::of(panel),
            targets: targets(panel, &pointer),
            pointer,
        }
    }
}

impl Kind {
    fn of(panel: &Value) -> Self {
        let plugin = text(panel, "type").unwrap_or_default();
        let custom = |key: &str| panel.pointer(&format!("/fieldConfig/defaults/custom/{key}"));
        let option = |key: &str| panel.pointer(&format!("/options/{key}"));
        match plugin.as_str() {
            "row" => Self::Row,
            "timeseries" => {
                let mode = |key: &str| custom(key).and_then(|value| text(value, "mode"));
                Self::Lines {
                    style: match custom("drawStyle").and_then(Value::as_str) {
                        Some("bars") => LineStyle::Bars,
                        Some("points") => LineStyle::Points,
                        _ => LineStyle::Line,
                    },
                    is_stacked: mode("stacking").is_some_and(|mode| mode != "none"),
                    fill: custom("fillOpacity").and_then(Value::as_f64).unwrap_or(0.0) / 100.0,
                    has_threshold_lines: mode("thresholdsStyle").is_some_and(|mode| mode != "off"),
                    has_legend: option("legend/showLegend").and_then(Value::as_bool) != Some(false),
                }
            }
            "stat" => {
                let option = |key: &str| option(key).and_then(Value::as_str);
                Self::Figure {
                    is_coloured: option("colorMode") != Some("none"),
                    has_name: option("textMode").is_some_and(|mode| mode.contains("name")),
                }
            }
            "gauge" => Self::Gauge,
            "state-timeline" => Self::States,
            "heatmap" => Self::Heatmap,
            _ => Self::Other(plugin),
        }
    }
}

/// The targets that are not hidden and have a query.
fn targets(panel: &Value, pointer: &str) -> Vec<Target> {
    let of_panel = other_source(panel);
    let targets = panel.get("targets").and_then(Value::as_array).into_iter().flatten();
    let target = |(nth, target): (usize, &Value)| {
        let is = |key: &str| target.get(key).and_then(Value::as_bool) == Some(true);
        let query = text(target, "expr").filter(|query| !query.trim().is_empty())?;
        (!is("hide")).then(|| Target {
            pointer: format!("{pointer}/targets/{nth}/expr"),
            query,
            legend: text(target, "legendFormat").unwrap_or_default(),
            is_instant: is("instant") && !is("range"),
            other_source: if target.get("datasource").is_some() {
                other_source(target)
            } else {
                of_panel.clone()
            },
        })
    };
    targets.enumerate().filter_map(target).collect()
}

fn other_source(of: &Value) -> Option<String> {
    let kind = of.pointer("/datasource/type").and_then(Value::as_str)?;
    let is_known = kind.contains("prometheus") || kind == "mixed" || kind.is_empty();
    (!is_known).then(|| kind.to_owned())
}
