use osapi_metrics::catalogue::document::{
    LabelDocument, LabelLimit, MetricDocument, SourceDocument,
};

use super::{
    blocks::blocks,
    examples::examples,
    page::{Heading, Page},
    text::{code, text},
    words,
};
use crate::generate::declarations::DeclaredMetric;

/// The section of a metric.
pub(super) fn write(page: &mut Page, declared: &DeclaredMetric<'_>, heading: &Heading) {
    let metric = declared.metric;
    page.heading(3, heading);
    page.paragraph(&text(&metric.description));
    for block in blocks(&metric.details) {
        page.paragraph(&block);
    }
    page.table(["property", "value"], &properties(declared));
    let labels: Vec<_> = metric.labels.iter().map(label).collect();
    page.table(["label", "values"], &labels);
    page.examples(&examples(metric, &declared.of_boundaries));
}

/// The place of a declaration.
pub(super) fn place(source: &SourceDocument) -> String {
    code(&format!("{}:{}", source.file, source.line))
}

fn properties(declared: &DeclaredMetric<'_>) -> Vec<[String; 2]> {
    let metric = declared.metric;
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| rows.push([name.to_owned(), value]);
    row("kind", kind(metric));
    if let Some(unit) = &metric.unit {
        row("unit", unit_words(unit));
    }
    if metric.name != metric.prometheus_name {
        row("OpenTelemetry name", code(&metric.name));
    }
    if metric.kind == "histogram" {
        let codes: Vec<_> = metric.samples.iter().map(|name| code(name)).collect();
        row("samples", codes.join(", "));
    }
    if !metric.boundaries.is_empty() {
        let numbers: Vec<_> = metric.boundaries.iter().map(|b| words::number(*b)).collect();
        row("boundaries", numbers.join(", "));
        if !declared.of_boundaries.is_empty() {
            row("other boundaries", "those of handlers that have their own".to_owned());
        }
    }
    if metric.native {
        row("native buckets", "beside those with boundaries".to_owned());
    }
    row("series", budget(metric));
    if let Some(until) = &metric.absent_until {
        row("absent", format!("until {}", text(until)));
    }
    if let Some(seconds) = metric.stale_after_seconds {
        row("stale", format!("after {} without a new value", words::duration(seconds)));
    }
    for threshold in &metric.thresholds {
        row(&text(&threshold.severity), text(&words::threshold(threshold, metric)));
    }
    if let Some(former) = &metric.renamed_from {
        row("former name", code(former));
    }
    if !metric.events.is_empty() {
        let events: Vec<_> = metric.events.iter().map(|event| code(event)).collect();
        row("events of jobs", events.join(", "));
    }
    if let Some(seconds) = metric.otlp_interval_seconds {
        row("push over OTLP", format!("every {}", words::duration(seconds)));
    }
    row("declared", place(&metric.source));
    // The framework's own declarations of one set are the same in each program.
    for (set, other) in &declared.others {
        let differs = differences(metric, other);
        let is_same_place = other.source == metric.source;
        if is_same_place && differs.is_empty() {
            continue;
        }
        let with = if differs.is_empty() {
            String::new()
        } else {
            format!(", with other {}", differs.join(" and "))
        };
        let set = format!("{} of {}", code(&set.name), code(&set.package));
        let value = format!("{}, in {set}{with}", place(&other.source));
        row("also declared", value);
    }
    rows.dedup();
    rows
}

fn kind(metric: &MetricDocument) -> String {
    let (kind, what) = match metric.kind.as_str() {
        "counter" => ("counter", "only grows, and begins anew with a process"),
        "up_down_counter" => ("up-down counter", "a sum that grows and shrinks"),
        "gauge" => ("gauge", "a value of now"),
        "histogram" => ("histogram", "counts values by size"),
        "info" => return "info: facts in labels, always 1".to_owned(),
        "state_set" => return "state set: 1 for the state that holds, 0 for others".to_owned(),
        other => return text(other),
    };
    let of = if metric.value_type == "f64" { "" } else { " of whole numbers" };
    let read = if metric.observable { ", read at each collection" } else { "" };
    format!("{kind}{of}: {what}{read}")
}

fn unit_words(unit: &str) -> String {
    let words = match unit {
        "1" => "a ratio, or a number without a unit",
        "s" => "seconds",
        "By" => "bytes",
        _ => return code(unit),
    };
    format!("{}: {words}", code(unit))
}

/// How many series the metric may have, and what they cost in a scrape.
fn budget(metric: &MetricDocument) -> String {
    let most = match metric.max_series {
        1 => "1".to_owned(),
        series => format!("at most {series}"),
    };
    let overflow =
        if metric.labels.iter().any(|label| matches!(label.limit, Some(LabelLimit::Max(_)))) {
            ", and one for what is beyond"
        } else {
            ""
        };
    let cost = if metric.kind == "histogram" {
        format!(", each with {} samples", metric.boundaries.len() + 3)
    } else {
        String::new()
    };
    format!("{most} in a process{overflow}{cost}")
}

fn label(label: &LabelDocument) -> [String; 2] {
    let mut name = code(&label.prometheus_name);
    if label.key != label.prometheus_name {
        name = format!("{name}, in OpenTelemetry {}", code(&label.key));
    }
    let values = match (&label.values, label.limit) {
        (Some(values), _) if label.constant => {
            format!("always {}", values.iter().map(|value| code(value)).collect::<String>())
        }
        (Some(values), _) => values.iter().map(|value| code(value)).collect::<Vec<_>>().join(", "),
        (None, Some(LabelLimit::Max(most))) => {
            format!("any, at most {most}; what is beyond has the overflow series")
        }
        (None, Some(LabelLimit::Recent(most))) => {
            format!("any, the {most} that were used last")
        }
        (None, _) => "any".to_owned(),
    };
    [name, values]
}

/// What another declaration of the same name has that this one has not.
fn differences(metric: &MetricDocument, other: &MetricDocument) -> Vec<&'static str> {
    let differs = [
        ("kind", metric.kind != other.kind),
        ("unit", metric.unit != other.unit),
        ("labels", metric.labels != other.labels),
        ("boundaries", metric.boundaries != other.boundaries),
        ("thresholds", metric.thresholds != other.thresholds),
    ];
    differs.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
}
