use std::collections::BTreeMap;

use super::span::Span;
use crate::documents::filled_legend;

/// What the queries of a panel return.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct PanelData {
    pub(in crate::render) series: Vec<Series>,
    /// How many series were left out.
    pub(in crate::render) left_out: usize,
    /// Whether a query failed.
    pub(in crate::render) has_failed: bool,
    pub(in crate::render) span: Span,
}

/// Values over time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Series {
    /// The name in the legend.
    pub(in crate::render) name: String,
    /// The label `le` of a bucket.
    pub(in crate::render) boundary: Option<f64>,
    /// Seconds since 1970, and the value there. No value is NaN.
    pub(in crate::render) points: Vec<(f64, f64)>,
}

impl Series {
    /// A series of a query with this legend. `None` without a value.
    pub(super) fn of(
        legend: &str,
        labels: &BTreeMap<String, String>,
        mut points: Vec<(f64, f64)>,
    ) -> Option<Self> {
        points.retain(|(_, value)| !value.is_nan());
        let filled = if legend == "__auto" { String::new() } else { filled_legend(legend, labels) };
        let name = if filled.is_empty() { full_name(labels) } else { filled };
        let boundary = labels.get("le").and_then(|boundary| boundary.parse().ok());
        (!points.is_empty()).then_some(Self { name, boundary, points })
    }

    /// The last value.
    pub(in crate::render) fn last(&self) -> f64 {
        self.points.last().map_or(f64::NAN, |(_, value)| *value)
    }

    /// Whether there is no point for longer than a step between two neighbours.
    pub(in crate::render) fn is_gap(from: (f64, f64), to: (f64, f64), step: f64) -> bool {
        to.0 - from.0 > step * 1.5
    }
}

/// As in `up{job="a"}`.
fn full_name(labels: &BTreeMap<String, String>) -> String {
    let name = labels.get("__name__").map_or("", String::as_str);
    let others = labels.iter().filter(|(key, _)| *key != "__name__");
    let others: Vec<_> = others.map(|(key, value)| format!("{key}={value:?}")).collect();
    match (name, others.is_empty()) {
        ("", true) => "Value".to_owned(),
        (name, true) => name.to_owned(),
        (name, false) => format!("{name}{{{}}}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_the_name_of_its_legend() {
        let labels = [("__name__", "up"), ("job", "a"), ("le", "+Inf")];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let name = |legend| Series::of(legend, &labels, vec![(0.0, 1.0)]).unwrap().name;
        assert_eq!(name("of {{job}}{{none}}"), "of a");
        for legend in ["__auto", "", "{{none}}"] {
            assert_eq!(name(legend), "up{job=\"a\", le=\"+Inf\"}");
        }
        let series = Series::of("", &BTreeMap::new(), vec![(0.0, 1.0), (1.0, f64::NAN)]).unwrap();
        assert_eq!((series.name.as_str(), series.points.len()), ("Value", 1));
        assert_eq!(Series::of("", &labels, vec![(0.0, f64::NAN)]), None);
    }
}
