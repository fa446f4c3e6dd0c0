//! `PromQL`, as text.

use std::fmt::{self, Write};

use osapi_metrics::catalogue::document::{LabelDocument, LabelLimit, MetricDocument};

/// A selector of series: a name and matchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    name: String,
    matchers: Vec<String>,
    is_short_lived: bool,
}

impl Selector {
    /// All series of a name of samples.
    pub(super) fn of(name: &str) -> Self {
        Self { name: name.to_owned(), matchers: Vec::new(), is_short_lived: false }
    }

    /// The series as those of this metric: if a label keeps its most recent values only, a series
    /// may have its only value at its first scrape, and no increase.
    pub(super) fn of_series_of(self, metric: &MetricDocument) -> Self {
        let is_recent = |label: &LabelDocument| matches!(label.limit, Some(LabelLimit::Recent(_)));
        Self { is_short_lived: metric.labels.iter().any(is_recent), ..self }
    }

    /// The series whose label has this value.
    pub(super) fn with(self, label: &str, value: &str) -> Self {
        self.matching(label, "=", value)
    }

    /// The series whose label matches this expression, which matches whole values.
    pub(super) fn with_any(self, label: &str, pattern: &str) -> Self {
        self.matching(label, "=~", pattern)
    }

    /// The series whose label has one of these values, which have no special characters.
    pub(super) fn with_one_of(self, label: &str, values: &[&str]) -> Self {
        match values {
            [one] => self.with(label, one),
            _ => self.with_any(label, &values.join("|")),
        }
    }

    /// The buckets with this upper boundary. A text exposition writes `5` as `5.0`, and a
    /// Prometheus that reads protobuf writes `5`. Both write a million as `1e+06`.
    pub(super) fn with_boundary(self, boundary: f64) -> Self {
        let magnitude = boundary.abs();
        if magnitude != 0.0 && !(1e-4..1e6).contains(&magnitude) {
            self.with("le", &scientific(boundary))
        } else if boundary.fract() == 0.0 {
            self.with_any("le", &format!("{boundary:.0}(\\.0)?"))
        } else {
            self.with("le", &boundary.to_string())
        }
    }

    /// `rate(name{…}[window])`
    pub(super) fn rate(&self, window: &str) -> String {
        if self.is_short_lived {
            return format!("({} / {})", self.increase(window), seconds(window));
        }
        format!("rate({self}[{window}])")
    }

    /// `increase(name{…}[window])`, and the value of each short-lived series that has appeared in
    /// the window.
    pub(super) fn increase(&self, window: &str) -> String {
        let increase = format!("increase({self}[{window}])");
        if self.is_short_lived {
            // Cheaper than to ask for each point of a graph whether it appeared after a gap.
            return format!("({self} unless {self} offset {window} or {increase})");
        }
        increase
    }

    /// The value of each series that has appeared in the window: what a counter with an open label
    /// has counted at its first scrape. A gap of an hour in the scrapes is not a new series.
    pub(super) fn appeared(&self, window: &str) -> String {
        format!("({self} unless last_over_time({self}[1h] offset {window}))")
    }

    fn matching(mut self, label: &str, operator: &str, value: &str) -> Self {
        self.matchers.push(format!("{label}{operator}{}", quoted(value)));
        self
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.matchers.is_empty() {
            return Ok(());
        }
        write!(f, "{{{}}}", self.matchers.join(", "))
    }
}

/// The seconds of a window: a duration, or a variable of Grafana.
fn seconds(window: &str) -> String {
    match window {
        "$__rate_interval" | "$__interval" => format!("({window}_ms / 1000)"),
        "$__range" => "$__range_s".to_owned(),
        _ => humantime::parse_duration(window).unwrap_or_default().as_secs().to_string(),
    }
}

/// `operator by (a, b) (of)`, or `operator(of)` without labels.
pub(super) fn aggregated(operator: &str, by: &[&str], of: &str) -> String {
    if by.is_empty() {
        return format!("{operator}({of})");
    }
    format!("{operator} by ({}) ({of})", by.join(", "))
}

/// `histogram_quantile(q, sum by (a, le) (rate(name_bucket{…}[window])))`
pub(super) fn quantile(q: f64, buckets: &Selector, window: &str, by: &[&str]) -> String {
    let by: Vec<_> = by.iter().copied().chain(["le"]).collect();
    format!("histogram_quantile({q}, {})", aggregated("sum", &by, &buckets.rate(window)))
}

/// Whether this is the name of a metric in PromQL. A catalogue that is a file may have any text.
pub(super) fn is_metric_name(name: &str) -> bool {
    is_name(name, |c| c == '_' || c == ':')
}

/// Whether this is the name of a label in PromQL.
pub(super) fn is_label_name(name: &str) -> bool {
    is_name(name, |c| c == '_')
}

fn is_name(name: &str, is_mark: impl Fn(char) -> bool) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || is_mark(c))
}

/// An expression that matches one of these values, as a whole.
pub(super) fn any_of(values: &[&str]) -> String {
    let escaped = values.iter().map(|value| {
        let mut escaped = String::new();
        for character in value.chars() {
            if r"\.+*?()|[]{}^$".contains(character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    });
    escaped.collect::<Vec<_>>().join("|")
}

/// A number with an exponent of a sign and two digits, as in `1.5e+06`.
fn scientific(number: f64) -> String {
    let digits = format!("{number:e}");
    match digits.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, exponent) =
                exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
            format!("{mantissa}e{sign}{exponent:0>2}")
        }
        None => digits,
    }
}

/// The series of several expressions, also those that have the same labels: what is to be summed.
/// Unlike with `+`, an expression may have no series.
pub(super) fn union(expressions: &[String]) -> String {
    if let [one] = expressions {
        return one.clone();
    }
    let labelled = expressions.iter().enumerate().map(|(nth, expression)| {
        format!("label_replace({expression}, \"__operand\", \"{nth}\", \"\", \"\")")
    });
    labelled.collect::<Vec<_>>().join(" or ")
}

/// A string literal of PromQL.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(character),
        }
    }
    let _ = quoted.write_char('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_and_aggregations_are_promql() {
        let duration = Selector::of("shop_wait_seconds_bucket").with("job_name", "a\"b\\c");
        assert_eq!(
            quantile(0.95, &duration, "$__rate_interval", &["job_name"]),
            "histogram_quantile(0.95, sum by (job_name, le) (rate(shop_wait_seconds_bucket{job_name=\
             \"a\\\"b\\\\c\"}[$__rate_interval])))"
        );
        let selector = Selector::of("x");
        assert_eq!(selector.clone().with_boundary(5.0).to_string(), r#"x{le=~"5(\\.0)?"}"#);
        assert_eq!(selector.clone().with_boundary(0.25).to_string(), r#"x{le="0.25"}"#);
        // As `promtool` and the text of a scrape write them.
        for (boundary, le) in
            [(1_048_576.0, "1.048576e+06"), (1e6, "1e+06"), (2.5e-5, "2.5e-05"), (1e100, "1e+100")]
        {
            let expected = format!("x{{le=\"{le}\"}}");
            assert_eq!(selector.clone().with_boundary(boundary).to_string(), expected);
        }
        assert_eq!(aggregated("sum", &[], &selector.increase("1h")), "sum(increase(x[1h]))");
    }

    #[test]
    fn series_that_come_and_go_count_from_their_first_value() {
        let metric = r#"{"name": "x", "prometheus_name": "x", "kind": "counter",
            "labels": [{"key": "a", "prometheus_name": "a", "recent": 5}]}"#;
        let of = Selector::of("x").of_series_of(&serde_json::from_str(metric).unwrap());
        let increase = "(x unless x offset 5m or increase(x[5m]))";
        assert_eq!(of.increase("5m"), increase);
        assert_eq!(of.rate("5m"), format!("({increase} / 300)"));
        assert!(of.rate("$__rate_interval").ends_with(" / ($__rate_interval_ms / 1000))"));
    }

    #[test]
    fn expressions_are_summed_also_if_one_has_no_series() {
        let one = [Selector::of("a").increase("1h")];
        assert_eq!(union(&one), "increase(a[1h])");
        let two = [Selector::of("a").rate("1h"), Selector::of("b").rate("1h")];
        assert_eq!(
            union(&two),
            "label_replace(rate(a[1h]), \"__operand\", \"0\", \"\", \"\") or \
             label_replace(rate(b[1h]), \"__operand\", \"1\", \"\", \"\")"
        );
    }
}
