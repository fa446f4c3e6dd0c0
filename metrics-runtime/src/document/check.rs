//! What a document that somebody has written by hand, or damaged, may not have. Tools make queries,
//! rules, boards and pages of its texts.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
};

use osapi_metrics_rules::{MAX_BUCKETS, excerpt::Excerpt, parse_unit};

use super::model::{
    CatalogueDocument, DashboardDocument, ExpressionDocument, JobDocument, LabelDocument,
    LabelLimit, MetricDocument, PanelDocument, SetDocument, ThresholdDocument,
};

/// A value that a document may not have.
#[derive(Debug)]
pub(super) struct InvalidValue {
    /// The place, as a JSON Pointer (RFC 6901).
    pub(super) pointer: String,
    /// What is there and what is allowed.
    pub(super) problem: String,
}

type Checked = Result<(), InvalidValue>;

/// Checks what the types leave open.
pub(super) fn check(document: &CatalogueDocument) -> Checked {
    each("sets", &document.sets, check_set)?;
    each("jobs", &document.jobs, check_job)?;
    each("dashboards", &document.dashboards, check_dashboard)?;
    names_are_unique(document)
}

fn check_set(set: &SetDocument) -> Checked {
    word("name", &set.name)?;
    word("package", &set.package)?;
    line("module", &set.module)?;
    text("description", &set.description)?;
    text("details", &set.details)?;
    some("runbook", set.runbook.as_deref(), line)?;
    each("metrics", &set.metrics, check_metric)
}

/// The most bytes of a name. Messages, rules and boards repeat names as they are.
const LONGEST_NAME: usize = 1000;

/// The kinds of metrics, as a document writes them.
const KINDS: [&str; 6] = ["counter", "up_down_counter", "gauge", "histogram", "info", "state_set"];

fn check_metric(metric: &MetricDocument) -> Checked {
    let is_otel = |name: &str| {
        let others = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.len() <= 255
            && name.chars().all(others)
    };
    let otel = "a name of OpenTelemetry: a letter, then letters, digits, `_`, `.`, `-` or `/`, at \
                most 255";
    let is_prometheus = |name: &str| is_name(name, ":");
    let prometheus = "a name of Prometheus: letters, digits, `_` and `:`, no digit first, at most \
                      1000";
    allow("name", &metric.name, is_otel, otel)?;
    allow("prometheus_name", &metric.prometheus_name, is_prometheus, prometheus)?;
    each("samples", &metric.samples, |name| allow("", name, is_prometheus, prometheus))?;
    one_of("kind", &metric.kind, &KINDS)?;
    // A document can leave it out.
    one_of("value_type", &metric.value_type, &["", "u64", "i64", "f64"])?;
    some("unit", metric.unit.as_deref(), unit)?;
    text("description", &metric.description)?;
    text("details", &metric.details)?;
    each("labels", &metric.labels, check_label)?;
    check_boundaries(&metric.boundaries)?;
    each("events", &metric.events, |event| line("", event))?;
    some("renamed_from", metric.renamed_from.as_deref(), |key, name| {
        allow(key, name, is_otel, otel)
    })?;
    some("absent_until", metric.absent_until.as_deref(), line)?;
    some("stale_after_seconds", metric.stale_after_seconds, positive)?;
    some("otlp_interval_seconds", metric.otlp_interval_seconds, positive)?;
    each("thresholds", &metric.thresholds, check_threshold)?;
    line("source/file", &metric.source.file)
}

fn check_boundaries(boundaries: &[f64]) -> Checked {
    let count = boundaries.len();
    if count > MAX_BUCKETS {
        let problem = format!("{count} boundaries; at most {MAX_BUCKETS} are allowed");
        return Err(InvalidValue::at("boundaries", problem));
    }
    each("boundaries", boundaries, |boundary| finite("", *boundary))?;
    let mut pairs = boundaries.iter().zip(boundaries.iter().skip(1));
    match pairs.find(|(lower, upper)| lower >= upper) {
        None => Ok(()),
        Some((lower, upper)) => {
            let problem = format!("{upper} is not above {lower}: boundaries ascend");
            Err(InvalidValue::at("boundaries", problem))
        }
    }
}

fn check_label(label: &LabelDocument) -> Checked {
    word("key", &label.key)?;
    label_name("prometheus_name", &label.prometheus_name)?;
    let values = label.values.as_ref().map(Vec::len);
    if label.constant && values != Some(1) {
        return Err(expected("constant", true, "allowed where `values` is not one value"));
    }
    match label.limit {
        Some(LabelLimit::Max(0)) => Err(expected("max", 0, "a number from 1 on")),
        Some(LabelLimit::Recent(0)) => Err(expected("recent", 0, "a number from 1 on")),
        _ => Ok(()),
    }
}

fn check_threshold(threshold: &ThresholdDocument) -> Checked {
    one_of("severity", &threshold.severity, &["warning", "critical"])?;
    one_of("comparison", &threshold.comparison, &["above", "below", "at_least", "at_most"])?;
    finite("value", threshold.value)?;
    some("quantile", threshold.quantile, share)?;
    not_negative("lasting_seconds", threshold.lasting_seconds)
}

fn check_job(job: &JobDocument) -> Checked {
    word("name", &job.name)?;
    word("set", &job.set)?;
    line("set_package", &job.set_package)?;
    label_names("labels", &job.labels)?;
    each("keys", &job.keys, |key| line("", key))?;
    check_boundaries(job.boundaries.as_deref().unwrap_or_default())?;
    if let Some(objective) = &job.objective {
        let within = |error: InvalidValue| error.within("objective");
        positive("latency_seconds", objective.latency_seconds).map_err(within)?;
        share("target", objective.target).map_err(within)?;
    }
    line("source/file", &job.source.file)
}

fn check_dashboard(dashboard: &DashboardDocument) -> Checked {
    line("title", &dashboard.title)?;
    text("description", &dashboard.description)?;
    each("panels", &dashboard.panels, check_panel)?;
    line("source/file", &dashboard.source.file)
}

fn check_panel(panel: &PanelDocument) -> Checked {
    line("title", &panel.title)?;
    text("description", &panel.description)?;
    one_of("kind", &panel.kind, &["lines", "stacked", "gauge", "figure", "states"])?;
    each("queries", &panel.queries, check_expression)?;
    some("unit", panel.unit.as_deref(), unit)?;
    if let Some((low, high)) = panel.range.filter(|(low, high)| low >= high) {
        let problem = format!("{low} and {high} are no range: the first is the lower one");
        return Err(InvalidValue::at("range", problem));
    }
    each("states", &panel.states, |state| {
        finite("value", state.value)?;
        line("name", &state.name)?;
        one_of("colour", &state.colour, &["green", "yellow", "red"])
    })?;
    each("thresholds", &panel.thresholds, check_threshold)?;
    some("alert", panel.alert.as_deref(), line)
}

fn check_expression(expression: &ExpressionDocument) -> Checked {
    const OPERATIONS: [&str; 9] =
        ["rate", "increase", "sum", "highest", "latest", "quantile", "mean", "ratio", "total"];
    one_of("operation", &expression.operation, &OPERATIONS)?;
    some("metric", expression.metric.as_deref(), word)?;
    some("quantile", expression.quantile, share)?;
    label_names("with", &expression.with)?;
    each("by", &expression.by, |name| label_name("", name))?;
    each("operands", &expression.operands, check_expression)?;
    some("legend", expression.legend.as_deref(), line)
}

/// Two metrics of one name would be one in a scrape. A set that is linked twice is the same.
fn names_are_unique(document: &CatalogueDocument) -> Checked {
    let mut known: HashMap<(&str, &str), (usize, &MetricDocument)> = HashMap::new();
    for (nth, set) in document.sets.iter().enumerate() {
        for (place, metric) in set.metrics.iter().enumerate() {
            let names = [("name", &metric.name), ("prometheus_name", &metric.prometheus_name)];
            for (key, name) in names {
                let first = *known.entry((key, name)).or_insert((nth, metric));
                let is_itself = std::ptr::eq(first.1, metric);
                if !is_itself && (first.0 == nth || first.1 != metric) {
                    let problem = format!("`{}` is the name of another metric too", excerpt(name));
                    let pointer = format!("sets/{nth}/metrics/{place}/{key}");
                    return Err(InvalidValue::at(&pointer, problem));
                }
            }
        }
    }
    Ok(())
}

impl InvalidValue {
    fn at(pointer: &str, problem: String) -> Self {
        let pointer = if pointer.is_empty() { String::new() } else { format!("/{pointer}") };
        Self { pointer, problem }
    }

    fn within(self, parent: &str) -> Self {
        Self { pointer: format!("/{parent}{}", self.pointer), ..self }
    }
}

fn each<T>(key: &str, items: &[T], check: impl Fn(&T) -> Checked) -> Checked {
    items.iter().enumerate().try_for_each(|(nth, item)| {
        check(item).map_err(|error| error.within(&nth.to_string()).within(key))
    })
}

fn some<T>(key: &str, value: Option<T>, check: impl Fn(&str, T) -> Checked) -> Checked {
    value.map_or(Ok(()), |value| check(key, value))
}

fn allow(key: &str, value: &str, is_allowed: impl Fn(&str) -> bool, allowed: &str) -> Checked {
    if is_allowed(value) { Ok(()) } else { Err(expected(key, excerpt(value), allowed)) }
}

fn expected(key: &str, value: impl Display, allowed: &str) -> InvalidValue {
    InvalidValue::at(key, format!("`{value}` is not {allowed}"))
}

fn excerpt(text: &str) -> Excerpt<'_> {
    Excerpt::of(text)
}

fn one_of(key: &str, value: &str, known: &[&str]) -> Checked {
    let named: Vec<_> = known.iter().filter(|word| !word.is_empty()).copied().collect();
    let allowed = format!("one of `{}`", named.join("`, `"));
    allow(key, value, |value| known.contains(&value), &allowed)
}

fn unit(key: &str, unit: &str) -> Checked {
    let allowed = "a unit: a code of UCUM such as `s`, `By` or `By/s`, or an annotation as in \
                   `{job}`";
    allow(key, unit, |unit| parse_unit(unit).is_ok(), allowed)
}

fn label_name(key: &str, name: &str) -> Checked {
    let allowed = "a name of a label of Prometheus: letters, digits and `_`, no digit first, at \
                   most 1000";
    allow(key, name, |name| is_name(name, ""), allowed)
}

fn label_names(key: &str, labels: &BTreeMap<String, String>) -> Checked {
    labels.keys().try_for_each(|name| label_name(key, name))
}

/// Whether a text has letters, digits, `_` and these other characters, and begins with no digit.
fn is_name(text: &str, others: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || c == '_' || others.contains(c);
    (1..=LONGEST_NAME).contains(&text.len())
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(is_known)
}

/// A name that pages show as code.
fn word(key: &str, text: &str) -> Checked {
    let is_word = |text: &str| {
        (1..=LONGEST_NAME).contains(&text.len())
            && !text.contains(|c: char| c.is_control() || "`\"\\|".contains(c))
    };
    allow(key, text, is_word, "a name: one line of at most 1000 bytes without quotes, `\\` and `|`")
}

fn line(key: &str, text: &str) -> Checked {
    allow(key, text, |text| !text.contains(char::is_control), "a text of one line")
}

fn text(key: &str, text: &str) -> Checked {
    let is_text = |text: &str| !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t');
    allow(key, text, is_text, "a text without control characters")
}

fn finite(key: &str, value: f64) -> Checked {
    if value.is_finite() { Ok(()) } else { Err(expected(key, value, "a finite number")) }
}

fn positive(key: &str, value: f64) -> Checked {
    let is_positive = value.is_finite() && value > 0.0;
    if is_positive { Ok(()) } else { Err(expected(key, value, "a number above 0")) }
}

fn not_negative(key: &str, value: f64) -> Checked {
    let is_allowed = value.is_finite() && value >= 0.0;
    if is_allowed { Ok(()) } else { Err(expected(key, value, "a number from 0 on")) }
}

fn share(key: &str, value: f64) -> Checked {
    let is_share = (0.0..=1.0).contains(&value);
    if is_share { Ok(()) } else { Err(expected(key, value, "a number from 0 to 1")) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn valid() -> Value {
        json!({
            "schema_version": 1,
            "sets": [{"name": "Shop", "package": "shop", "metrics": [
                {"name": "a_total", "prometheus_name": "a_total", "kind": "counter"},
                {"name": "b.c", "prometheus_name": "b_c_seconds", "kind": "histogram", "unit": "s",
                 "samples": ["b_c_seconds_count"], "boundaries": [1, 2.5],
                 "labels": [{"key": "x.y", "prometheus_name": "x_y", "max": 5}],
                 "thresholds": [{"severity": "warning", "comparison": "above", "value": 1,
                                 "quantile": 0.5}]},
            ]}],
            "jobs": [{"name": "a.b", "set": "Shop", "labels": {"x": "y"},
                      "objective": {"latency_seconds": 1, "target": 0.9}}],
            "dashboards": [{"title": "Shop", "panels": [
                {"title": "Sold", "kind": "lines", "range": [0, 1],
                 "states": [{"value": 1, "name": "a", "colour": "red"}],
                 "queries": [{"operation": "total", "operands": [
                    {"operation": "rate", "metric": "a_total", "with": {"x": "1"}, "by": ["x"]}]}]},
            ]}],
        })
    }

    #[test]
    fn each_field_has_its_values() {
        assert!(CatalogueDocument::from_json(&valid().to_string()).is_ok());
        let metric = |key: &str| format!("/sets/0/metrics/1/{key}");
        let panel = |key: &str| format!("/dashboards/0/panels/0/{key}");
        let many: Vec<_> = (0..100_000).collect();
        for (pointer, value, expected) in [
            ("/sets/0/name".to_owned(), json!("a`b"), "is not a name"),
            (metric("name"), json!("a b"), "`a b` is not a name of OpenTelemetry"),
            (metric("name"), json!("a_total"), "`a_total` is the name of another metric too"),
            (metric("prometheus_name"), json!("b-c"), "`b-c` is not a name of Prometheus"),
            (metric("prometheus_name"), json!("a_total"), "is the name of another metric too"),
            (metric("samples/0"), json!("x{y=\"z\"}"), "is not a name of Prometheus"),
            (metric("kind"), json!("speed"), "`speed` is not one of `counter`, `up_down_counter`"),
            (metric("unit"), json!("parsecs"), "`parsecs` is not a unit"),
            (metric("description"), json!("a\u{1b}[1m"), "is not a text without control"),
            (metric("boundaries/0"), json!(3), "2.5 is not above 3"),
            (metric("boundaries"), json!(many), "100000 boundaries; at most 100 are allowed"),
            (metric("labels/0/prometheus_name"), json!("1x"), "`1x` is not a name of a label"),
            (metric("labels/0/constant"), json!(true), "`true` is not allowed where `values` is"),
            (metric("labels/0/max"), json!(0), "`0` is not a number from 1 on"),
            (metric("thresholds/0/severity"), json!("x"), "one of `warning`, `critical`"),
            (metric("thresholds/0/quantile"), json!(-1), "`-1` is not a number from 0 to 1"),
            (metric("thresholds/0/lasting_seconds"), json!(-1), "is not a number from 0 on"),
            (metric("stale_after_seconds"), json!(-3), "`-3` is not a number above 0"),
            ("/jobs/0/objective/target".to_owned(), json!(99), "`99` is not a number from 0 to 1"),
            ("/jobs/0/boundaries".to_owned(), json!([1, 1]), "1 is not above 1: boundaries ascend"),
            ("/jobs/0/boundaries".to_owned(), json!(many[..101]), "101 boundaries; at most 100"),
            ("/jobs/0/labels".to_owned(), json!({"x-y": "1"}), "`x-y` is not a name of a label"),
            (panel("kind"), json!("cake"), "`cake` is not one of `lines`"),
            (panel("title"), json!("a\nb"), "`a\\nb` is not a text of one line"),
            (panel("range"), json!([2, 1]), "2 and 1 are no range"),
            (panel("states/0/colour"), json!("pink"), "`pink` is not one of `green`"),
            (panel("queries/0/operation"), json!("guess"), "`guess` is not one of `rate`"),
            (panel("queries/0/operands/0/by/0"), json!("}"), "`}` is not a name of a label"),
        ] {
            let mut document = valid();
            match document.pointer_mut(&pointer) {
                Some(place) => *place = value,
                None => {
                    let (parent, key) = pointer.rsplit_once('/').unwrap();
                    document.pointer_mut(parent).unwrap()[key] = value;
                }
            }
            let error = CatalogueDocument::from_json(&document.to_string()).unwrap_err();
            let message = error.to_string();
            let place = pointer.strip_suffix("/0").filter(|_| pointer.contains("boundaries"));
            let place = place.unwrap_or(&pointer);
            assert!(message.starts_with(&format!("`{place}`: ")), "{pointer}: {message}");
            assert!(message.contains(expected), "{pointer}: {message}");
        }
    }

    #[test]
    fn messages_do_not_grow_with_a_value() {
        let long = json!("x".repeat(1_000_000));
        for pointer in [
            "/sets/0/metrics/0/kind",
            "/sets/0/name",
            "/sets/0/metrics/1/labels/0/prometheus_name",
            "/sets/0/metrics/0/prometheus_name",
            // Of the parser.
            "/sets/0/metrics",
            "/schema_version",
        ] {
            let mut document = valid();
            *document.pointer_mut(pointer).unwrap() = long.clone();
            let error = CatalogueDocument::from_json(&document.to_string()).unwrap_err();
            let message = error.to_string();
            assert!(message.len() < 1000, "{pointer}: {}", message.len());
        }
    }

    #[test]
    fn limits_are_not_negative_and_one() {
        for (limit, expected) in [
            (json!({"max": -1}), "-1"),
            (json!({"recent": 1.5}), "1.5"),
            (json!({"max": 1, "recent": 1}), "both `max` and `recent`"),
        ] {
            let mut document = valid();
            let label = &mut document["sets"][0]["metrics"][1]["labels"][0];
            *label = json!({"key": "x", "prometheus_name": "x"});
            label.as_object_mut().unwrap().extend(limit.as_object().unwrap().clone());
            let error = CatalogueDocument::from_json(&document.to_string()).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(expected) && message.contains("line 1"), "{message}");
        }
    }
}
