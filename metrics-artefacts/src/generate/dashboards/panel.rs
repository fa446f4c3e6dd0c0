//! Panels, as Grafana's panel plugins want them.

use osapi_metrics::catalogue::document::{StateDocument, ThresholdDocument};
use serde_json::{Map, Value, json};

use super::threshold;

/// The data source that a reader of a board chooses.
pub(super) fn data_source() -> Value {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}

/// A panel without its place.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) form: Form,
    pub(super) targets: Vec<Target>,
    /// A unit of Grafana.
    pub(super) unit: &'static str,
    pub(super) thresholds: Vec<ThresholdDocument>,
    /// The lowest and the highest value of the scale.
    pub(super) range: Option<(f64, f64)>,
    /// The columns of the 24 that the panel has.
    pub(super) width: u32,
    pub(super) height: u32,
}

/// How a panel shows its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    Lines,
    Stacked,
    Gauge,
    Figure,
    /// Texts: the names of the series, with their values.
    Facts,
    States(Vec<StateDocument>),
    Heatmap,
}

/// A query of a panel.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) query: String,
    pub(super) legend: String,
}

impl Target {
    pub(super) fn new(query: impl Into<String>, legend: impl Into<String>) -> Self {
        Self { query: query.into(), legend: legend.into() }
    }
}

impl Panel {
    /// A panel of a third of a row.
    pub(super) fn new(
        title: impl Into<String>,
        description: impl Into<String>,
        form: Form,
        unit: &'static str,
        targets: Vec<Target>,
    ) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            form,
            targets,
            unit,
            thresholds: Vec::new(),
            range: None,
            width: 8,
            height: 8,
        }
    }

    /// Sets the values from which on the panel has other colours.
    pub(super) fn with_thresholds(mut self, thresholds: &[ThresholdDocument]) -> Self {
        self.thresholds = thresholds.to_vec();
        self
    }

    /// Sets the columns and lines.
    pub(super) const fn of_size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    /// The panel at a place.
    pub(super) fn to_json(&self, id: u32, x: u32, y: u32) -> Value {
        json!({
            "id": id,
            "type": self.form.plugin(),
            "title": self.title,
            "description": self.description,
            "datasource": data_source(),
            "gridPos": { "h": self.height, "w": self.width, "x": x, "y": y },
            "targets": self.targets(),
            "fieldConfig": { "defaults": self.defaults(), "overrides": [] },
            "options": self.options(),
        })
    }

    fn targets(&self) -> Value {
        let is_instant = matches!(self.form, Form::Gauge | Form::Figure | Form::Facts);
        let is_heatmap = self.form == Form::Heatmap;
        let targets = self.targets.iter().enumerate().map(|(at, target)| {
            json!({
                "refId": reference(at),
                "datasource": data_source(),
                "editorMode": "code",
                "expr": target.query,
                "format": if is_heatmap { "heatmap" } else { "time_series" },
                "instant": is_instant,
                "range": !is_instant,
                "legendFormat": target.legend,
            })
        });
        targets.collect()
    }

    fn defaults(&self) -> Value {
        let mut defaults = Map::new();
        defaults.insert("unit".to_owned(), self.unit.into());
        let steps = threshold::steps(&self.thresholds);
        defaults.insert("thresholds".into(), json!({ "mode": "absolute", "steps": steps }));
        let colours = if self.form.has_lines() { "palette-classic" } else { "thresholds" };
        defaults.insert("color".into(), json!({ "mode": colours }));
        if let Some((min, max)) = self.range {
            defaults.insert("min".into(), json!(min));
            defaults.insert("max".into(), json!(max));
        }
        defaults.insert("custom".into(), self.custom());
        if let Form::States(states) = &self.form {
            defaults.insert("mappings".into(), mappings(states));
        }
        Value::Object(defaults)
    }

    /// What the plugin of the panel has of its own for each field.
    fn custom(&self) -> Value {
        match &self.form {
            Form::Lines | Form::Stacked => {
                let is_stacked = self.form == Form::Stacked;
                let stacking = if is_stacked { "normal" } else { "none" };
                let style = if self.thresholds.is_empty() { "off" } else { "dashed" };
                json!({
                    "axisSoftMin": 0,
                    "drawStyle": "line",
                    "lineInterpolation": "linear",
                    "lineWidth": 1,
                    "fillOpacity": if is_stacked { 40 } else { 10 },
                    "showPoints": "auto",
                    "spanNulls": false,
                    "stacking": { "mode": stacking, "group": "A" },
                    "thresholdsStyle": { "mode": style },
                })
            }
            Form::States(_) => json!({ "fillOpacity": 80, "lineWidth": 0, "spanNulls": false }),
            Form::Heatmap => json!({ "scaleDistribution": { "type": "linear" } }),
            Form::Gauge | Form::Figure | Form::Facts => json!({}),
        }
    }

    fn options(&self) -> Value {
        let reduce = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
        let legend = |is_shown| {
            json!({
                "calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": is_shown,
            })
        };
        let has_names = self.targets.len() > 1 || self.form == Form::Facts;
        match &self.form {
            Form::Lines | Form::Stacked => json!({
                "legend": legend(true),
                "tooltip": { "mode": "multi", "sort": "desc" },
            }),
            Form::Gauge => json!({
                "minVizHeight": 75,
                "minVizWidth": 75,
                "orientation": "auto",
                "reduceOptions": reduce,
                "showThresholdLabels": false,
                "showThresholdMarkers": true,
                "sizing": "auto",
            }),
            Form::Figure | Form::Facts => json!({
                "colorMode": if self.thresholds.is_empty() { "none" } else { "value" },
                "graphMode": "none",
                "justifyMode": "auto",
                "orientation": "auto",
                "percentChangeColorMode": "standard",
                "reduceOptions": reduce,
                "showPercentChange": false,
                "textMode": if has_names { "value_and_name" } else { "auto" },
                "wideLayout": true,
            }),
            Form::States(_) => json!({
                "alignValue": "left",
                "legend": legend(true),
                "mergeValues": true,
                "rowHeight": 0.9,
                "showValue": "auto",
                "tooltip": { "mode": "single", "sort": "none" },
            }),
            Form::Heatmap => json!({
                "calculate": false,
                "cellGap": 1,
                "color": {
                    "exponent": 0.5,
                    "fill": "dark-orange",
                    "mode": "scheme",
                    "reverse": false,
                    "scale": "exponential",
                    "scheme": "Oranges",
                    "steps": 64,
                },
                "exemplars": { "color": "rgba(255,0,255,0.7)" },
                "filterValues": { "le": 1e-9 },
                "legend": { "show": true },
                "rowsFrame": { "layout": "auto" },
                "showValue": "never",
                "tooltip": { "mode": "single", "showColorScale": false, "yHistogram": false },
                "yAxis": { "axisPlacement": "left", "reverse": false, "unit": self.unit },
            }),
        }
    }
}

impl Form {
    const fn plugin(&self) -> &'static str {
        match self {
            Self::Lines | Self::Stacked => "timeseries",
            Self::Gauge => "gauge",
            Self::Figure | Self::Facts => "stat",
            Self::States(_) => "state-timeline",
            Self::Heatmap => "heatmap",
        }
    }

    const fn has_lines(&self) -> bool {
        matches!(self, Self::Lines | Self::Stacked)
    }
}

/// The name and the colour of each state instead of its value.
fn mappings(states: &[StateDocument]) -> Value {
    let state = |(index, state): (usize, &StateDocument)| {
        let result = json!({ "text": state.name, "color": state.colour, "index": index });
        (state.value.to_string(), result)
    };
    let options: Map<_, _> = states.iter().enumerate().map(state).collect();
    json!([{ "type": "value", "options": options }])
}

/// The letters of a target: `A` to `Z`, then `AA`.
fn reference(at: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    if at < 26 { letter.to_string() } else { reference(at / 26 - 1) + &letter.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_letters() {
        let letters = [0, 1, 25, 26, 27, 52].map(reference);
        assert_eq!(letters, ["A", "B", "Z", "AA", "AB", "BA"]);
    }

    #[test]
    fn a_state_has_its_name_and_its_colour() {
        let states = r#"[{"value": 0.0, "name": "closed", "colour": "green"},
                         {"value": 1.5, "name": "ajar", "colour": "yellow"}]"#;
        let form = Form::States(serde_json::from_str(states).unwrap());
        let panel = Panel::new("Door", "", form, "none", Vec::new()).to_json(1, 0, 0);
        let options = &panel["fieldConfig"]["defaults"]["mappings"][0]["options"];
        assert_eq!(options["0"], json!({ "text": "closed", "color": "green", "index": 0 }));
        assert_eq!(options["1.5"]["text"], "ajar");
        assert_eq!(panel["type"], "state-timeline");
    }
}
