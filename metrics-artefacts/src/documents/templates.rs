use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};

/// A label in a text that is filled in from a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub(super) label: String,
    pub(super) written: String,
}

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

/// The labels in a legend of Grafana: `{{ label }}`.
static OF_LEGEND: LazyLock<Regex> =
    LazyLock::new(|| constant(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}"));

/// The labels in a legend of Grafana.
pub(super) fn of_legend(text: &str) -> Vec<Placeholder> {
    found(&OF_LEGEND, text)
}

/// A legend of Grafana with the values of its labels. A label that a series does not have leaves
/// nothing.
pub(crate) fn filled_legend(text: &str, labels: &BTreeMap<String, String>) -> String {
    let value = |label: &Captures<'_>| labels.get(&label[1]).cloned().unwrap_or_default();
    OF_LEGEND.replace_all(text, value).into_owned()
}

/// The labels in an annotation or a label of an alert: `$labels.label` and `.Labels.label`.
pub(super) fn of_alert(text: &str) -> Vec<Placeholder> {
    static VARIABLE: LazyLock<Regex> =
        LazyLock::new(|| constant(r"\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)"));
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?:\{\{|[\s(])\.Labels\.([a-zA-Z_][a-zA-Z0-9_]*)"));
    if !text.contains("{{") {
        return Vec::new();
    }
    let mut labels = found(&VARIABLE, text);
    // Below `with` and `range`, and behind `query`, the dot is something else.
    if !["with", "range", "query"].iter().any(|word| text.contains(word)) {
        labels.extend(found(&FIELD, text));
    }
    labels
}

/// Each label once.
fn found(pattern: &Regex, text: &str) -> Vec<Placeholder> {
    let mut placeholders: Vec<Placeholder> = Vec::new();
    for captures in pattern.captures_iter(text) {
        let written = captures[0].trim_start_matches(['{', ' ', '(']).trim_end_matches(['}', ' ']);
        let written =
            if captures[0].ends_with('}') { captures[0].to_owned() } else { written.to_owned() };
        let placeholder = Placeholder { label: captures[1].to_owned(), written };
        if !placeholders.iter().any(|known| known.label == placeholder.label) {
            placeholders.push(placeholder);
        }
    }
    placeholders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(placeholders: Vec<Placeholder>) -> Vec<String> {
        placeholders.into_iter().map(|placeholder| placeholder.label).collect()
    }

    #[test]
    fn labels_of_legends_and_alerts_are_found() {
        assert_eq!(
            labels(of_legend("{{job}} {{ operation }} {{job}} $x {{a.b}}")),
            ["job", "operation"]
        );
        assert_eq!(
            labels(of_alert("{{ $labels.job }}: {{ $value }} {{ .Labels.queue }}")),
            ["job", "queue"]
        );
        assert_eq!(labels(of_alert("{{ with query \"x\" }}{{ .Labels.queue }}{{ end }}")), [""; 0]);
        assert_eq!(labels(of_alert("no template: $labels.job")), [""; 0]);
    }

    #[test]
    fn a_legend_has_the_values_of_its_labels() {
        let labels = BTreeMap::from([("job".to_owned(), "a {{b}} $c".to_owned())]);
        assert_eq!(filled_legend("{{job}}: {{ job }} {{b}}.", &labels), "a {{b}} $c: a {{b}} $c .");
    }
}
