use serde_json::Value;

/// How the values of a panel are shown: `fieldConfig.defaults`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::render) struct Field {
    /// The identifier of a unit of Grafana.
    pub(in crate::render) unit: String,
    pub(in crate::render) decimals: Option<usize>,
    pub(in crate::render) min: Option<f64>,
    pub(in crate::render) max: Option<f64>,
    /// The colour from each value on, the first one without a lower end.
    pub(in crate::render) thresholds: Vec<ThresholdStep>,
    pub(in crate::render) mappings: Vec<Mapping>,
}

/// The colour from a value on.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct ThresholdStep {
    pub(in crate::render) from: f64,
    pub(in crate::render) colour: String,
}

/// A text instead of a value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Mapping {
    /// The lowest and the highest of the values.
    pub(in crate::render) values: (f64, f64),
    pub(in crate::render) text: Option<String>,
    pub(in crate::render) colour: Option<String>,
}

impl Field {
    pub(super) fn of(panel: &Value) -> Self {
        let defaults = panel.pointer("/fieldConfig/defaults").unwrap_or(&Value::Null);
        let number = |key: &str| defaults.get(key).and_then(Value::as_f64);
        let steps = defaults.pointer("/thresholds/steps").and_then(Value::as_array);
        let step = |step: &Value| {
            Some(ThresholdStep {
                from: step.get("value").and_then(Value::as_f64).unwrap_or(f64::NEG_INFINITY),
                colour: step.get("color")?.as_str()?.to_owned(),
            })
        };
        let mappings = defaults.get("mappings").and_then(Value::as_array);
        Self {
            unit: text(defaults, "unit").unwrap_or_default(),
            decimals: defaults
                .get("decimals")
                .and_then(Value::as_u64)
                .and_then(|decimals| usize::try_from(decimals.min(10)).ok()),
            min: number("min"),
            max: number("max"),
            thresholds: steps.into_iter().flatten().filter_map(step).collect(),
            mappings: mappings.into_iter().flatten().flat_map(of_mapping).collect(),
        }
    }

    /// The mapping of a value.
    pub(in crate::render) fn mapping(&self, value: f64) -> Option<&Mapping> {
        self.mappings.iter().find(|mapping| (mapping.values.0..=mapping.values.1).contains(&value))
    }

    /// The name of the colour that thresholds give a value.
    pub(in crate::render) fn threshold(&self, value: f64) -> Option<&str> {
        let step = self.thresholds.iter().rfind(|step| step.from <= value);
        step.map(|step| step.colour.as_str())
    }
}

/// Mappings of values and of ranges.
fn of_mapping(mapping: &Value) -> Vec<Mapping> {
    let options = mapping.get("options").unwrap_or(&Value::Null);
    let result = |values, result: &Value| Mapping {
        values,
        text: text(result, "text"),
        colour: text(result, "color"),
    };
    match mapping.get("type").and_then(Value::as_str) {
        Some("value") => {
            let values = options.as_object().into_iter().flatten().filter_map(|(value, of)| {
                let value = value.parse().ok()?;
                Some(result((value, value), of))
            });
            let mut values: Vec<_> = values.collect();
            values.sort_by(|a, b| a.values.0.total_cmp(&b.values.0));
            values
        }
        Some("range") => {
            let end = |key, default| options.get(key).and_then(Value::as_f64).unwrap_or(default);
            let values = (end("from", f64::NEG_INFINITY), end("to", f64::INFINITY));
            vec![result(values, options.get("result").unwrap_or(&Value::Null))]
        }
        _ => Vec::new(),
    }
}

pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}
