use std::{fmt::Write, fs};

use osapi_metrics::catalogue::document::{CatalogueDocument, MetricDocument};

use super::shop_catalogue;

/// The text exposition of a shop in which everything was recorded: of each metric a series for each
/// combination of closed values, and the values `a` of open labels.
pub(super) fn whole() -> String {
    let json = fs::read_to_string(shop_catalogue()).unwrap();
    let document = CatalogueDocument::from_json(&json).unwrap();
    let mut text = String::new();
    for metric in document.sets.iter().flat_map(|set| &set.metrics) {
        push(&mut text, metric);
    }
    text
}

/// The same in `OpenMetrics`.
pub(super) fn whole_in_openmetrics() -> String {
    let mut text = String::new();
    for line in whole().lines() {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", keyword, name, rest] => {
                let family = name.strip_suffix("_total").unwrap_or(name);
                let rest = rest.replace('"', "\\\"");
                let _ = writeln!(text, "# {keyword} {family} {rest}");
                let is_time = keyword == "TYPE" && family.ends_with("_seconds");
                if is_time {
                    let _ = writeln!(text, "# UNIT {family} seconds");
                }
            }
            _ if line.contains("le=\"+Inf\"") => {
                let _ = writeln!(text, "{line} # {{trace_id=\"x\"}} 1.0 1700000000.5");
            }
            _ => text.extend([line, "\n"]),
        }
    }
    text + "# EOF\n"
}

fn push(text: &mut String, metric: &MetricDocument) {
    let name = &metric.prometheus_name;
    let kind = if metric.kind == "up_down_counter" { "gauge" } else { &metric.kind };
    let help = metric.description.replace('\\', "\\\\").replace('\n', "\\n");
    let _ = writeln!(text, "# TYPE {name} {kind}\n# HELP {name} {help}");
    let mut series = vec![String::new()];
    for label in &metric.labels {
        let values = label.values.clone().unwrap_or_else(|| vec!["a".to_owned()]);
        let with = |labels: &String| -> Vec<String> {
            let key = &label.prometheus_name;
            values.iter().map(|value| format!("{labels},{key}=\"{value}\"")).collect()
        };
        series = series.iter().flat_map(with).collect();
    }
    for labels in series {
        let labels = labels.trim_start_matches(',');
        if kind != "histogram" {
            let _ = writeln!(text, "{name}{{{labels}}} 1");
            continue;
        }
        let comma = if labels.is_empty() { "" } else { "," };
        let ends = metric.boundaries.iter().map(|end| format!("{end:?}"));
        for end in ends.chain(["+Inf".to_owned()]) {
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{end}\"}} 1");
        }
        let _ = writeln!(text, "{name}_count{{{labels}}} 1\n{name}_sum{{{labels}}} 0.0");
    }
}
