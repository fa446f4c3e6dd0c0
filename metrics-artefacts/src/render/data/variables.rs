use std::collections::BTreeMap;

use serde_json::Value;

use super::span::Span;
use crate::promql::{LabelValues, filled};

/// The values of the variables of a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    values: BTreeMap<String, Chosen>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Chosen {
    /// A text that stands in queries as it is.
    Text(String),
    /// Values, one of which a label has.
    Any(Vec<String>),
}

impl Variables {
    /// The variables of `templating.list`: the values in `chosen`, or those that the dashboard has.
    /// Where all of them are chosen, this is `allValue`, or every value. `ask` returns the values
    /// of a label of series, which may be of any metric.
    pub fn of(
        list: &[Value],
        chosen: &BTreeMap<String, Vec<String>>,
        mut ask: impl FnMut(Option<&str>, &str) -> Vec<String>,
    ) -> Self {
        let mut variables = Self::default();
        for variable in list {
            let text = |key: &str| variable.get(key).and_then(Value::as_str);
            let Some(name) = text("name") else { continue };
            let is_multi = ["multi", "includeAll"]
                .iter()
                .any(|key| variable.get(*key).and_then(Value::as_bool) == Some(true));
            let value = match chosen.get(name) {
                Some(values) => Some(Chosen::of(values.clone(), is_multi)),
                None => variables.default_of(variable, is_multi, &mut ask),
            };
            variables.values.extend(value.map(|value| (name.to_owned(), value)));
        }
        for (name, values) in chosen {
            let value = Chosen::of(values.clone(), false);
            variables.values.entry(name.clone()).or_insert(value);
        }
        variables
    }

    /// The value that a dashboard has, as Grafana shows it when it is opened.
    fn default_of(
        &self,
        variable: &Value,
        is_multi: bool,
        ask: &mut impl FnMut(Option<&str>, &str) -> Vec<String>,
    ) -> Option<Chosen> {
        let text = |key: &str| variable.get(key).and_then(Value::as_str);
        let current = texts(variable.pointer("/current/value").unwrap_or(&Value::Null));
        let is_all = current.iter().any(|value| value == "$__all");
        let can_be_all = variable.get("includeAll").and_then(Value::as_bool) == Some(true);
        if !is_all && !current.is_empty() {
            return Some(Chosen::of(current, is_multi));
        }
        let all = text("allValue").filter(|value| !value.is_empty());
        if let Some(all) = all.filter(|_| is_all || can_be_all) {
            return Some(Chosen::Text(all.to_owned()));
        }
        let mut values = match text("type") {
            Some("custom" | "interval") => {
                let query = text("query").unwrap_or_default().split(',');
                // `text : value`.
                let value = |option: &str| {
                    option.rsplit_once(" : ").map_or(option, |(_, value)| value).trim().to_owned()
                };
                query.map(value).filter(|value| !value.is_empty()).collect()
            }
            Some("constant" | "textbox" | "datasource") => {
                return text("query").map(|query| Chosen::Text(query.to_owned()));
            }
            Some("query") => {
                let query = variable.get("query");
                let inside = query.and_then(|query| query.get("query")).or(query);
                let query = self.fill(inside.and_then(Value::as_str).unwrap_or_default(), None);
                let parsed = LabelValues::parse(&query);
                parsed.map_or_else(Vec::new, |of| ask(of.selector, of.label))
            }
            _ => return None,
        };
        if !is_all && !can_be_all {
            values.truncate(1);
        }
        Some(Chosen::of(values, is_multi))
    }

    /// A text with the values of its variables.
    pub(in crate::render) fn filled(&self, text: &str, span: &Span) -> String {
        self.fill(text, Some(span))
    }

    /// A query with the values of its variables, and with these values of Grafana's own ones, by
    /// their names without `$`.
    pub fn query(&self, text: &str, own: &[(&str, &str)]) -> String {
        filled(text, |name, format| {
            let value = own.iter().find(|(known, _)| *known == name);
            let value = value.map(|(_, value)| (*value).to_owned());
            value.or_else(|| self.values.get(name).map(|value| value.formatted(format)))
        })
    }

    fn fill(&self, text: &str, span: Option<&Span>) -> String {
        filled(text, |name, format| {
            let own = span.and_then(|span| span.variable(name));
            own.or_else(|| self.values.get(name).map(|value| value.formatted(format)))
        })
    }
}

impl Chosen {
    /// Several values can be chosen of some variables, and then stand in regular expressions.
    fn of(values: Vec<String>, is_multi: bool) -> Self {
        match &values[..] {
            [value] if !is_multi => Self::Text(value.clone()),
            _ => Self::Any(values),
        }
    }

    fn formatted(&self, format: Option<&str>) -> String {
        let values = match self {
            Self::Text(text) => return text.clone(),
            Self::Any(values) => values,
        };
        let joined = |separator: &str| values.join(separator);
        match format {
            Some("raw" | "csv") => joined(","),
            Some("pipe") => joined("|"),
            _ => {
                // A backslash is escaped once more, because it stands in a string.
                let escaped = |value: &String| regex::escape(value).replace('\\', "\\\\");
                let escaped: Vec<_> = values.iter().map(escaped).collect();
                match &escaped[..] {
                    [value] => value.clone(),
                    values => format!("({})", values.join("|")),
                }
            }
        }
    }
}

/// A text, or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let texts = list.iter().filter_map(Value::as_str).filter(|text| !text.is_empty());
    texts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list() -> Vec<Value> {
        let json = json!([
            {"name": "source", "type": "datasource", "query": "prometheus",
             "current": {"value": "default"}},
            {"name": "job", "type": "query", "query": "label_values(up, job)", "multi": true,
             "includeAll": true, "allValue": ".*", "current": {"value": ["$__all"]}},
            {"name": "instance", "type": "query", "includeAll": true, "multi": true,
             "query": {"query": "label_values(up{job=~\"$job\"}, instance)", "refId": "A"},
             "current": {"value": "$__all"}},
            {"name": "first", "type": "query", "query": "label_values(le)"},
            {"name": "quantile", "type": "custom", "query": "high : 0.99, 0.5"},
            {"name": "window", "type": "interval", "query": "5m,1h", "current": {"value": "1h"}},
            {"name": "constant", "type": "constant", "query": "c"}
        ]);
        json.as_array().unwrap().clone()
    }

    #[test]
    fn variables_have_the_values_that_grafana_begins_with() {
        let mut asked = Vec::new();
        let variables = Variables::of(&list(), &BTreeMap::new(), |selector, label| {
            asked.push((selector.map(str::to_owned), label.to_owned()));
            vec!["a.b".to_owned(), "c".to_owned()]
        });
        let filled = |text| variables.query(text, &[("__rate_interval", "1m")]);
        assert_eq!(
            filled("x{job=~\"$job\", instance=~\"$instance\"}[$__rate_interval]"),
            "x{job=~\".*\", instance=~\"(a\\\\.b|c)\"}[1m]"
        );
        assert_eq!(filled("$source ${instance:csv} ${instance:pipe}"), "default a.b,c a.b|c");
        assert_eq!(filled("$first $quantile $window $constant"), "a.b 0.99 1h c");
        let of_job = Some("up{job=~\".*\"}".to_owned());
        assert_eq!(asked, [(of_job, "instance".to_owned()), (None, "le".to_owned())]);
    }

    #[test]
    fn what_is_chosen_replaces_what_a_dashboard_has() {
        let chosen = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let chosen = [("job", chosen(&["x+y"])), ("quantile", chosen(&["0.9"]))];
        let chosen = chosen.map(|(name, values)| (name.to_owned(), values)).into();
        let variables = Variables::of(&list(), &chosen, |_, _| Vec::new());
        assert_eq!(variables.query("$job $quantile", &[]), "x\\\\+y 0.9");
    }
}
