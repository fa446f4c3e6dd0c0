use osapi_metrics_rules::InstrumentKind;

use super::{format::Format, labels::Labels};
use crate::core::snapshot::Resource;

/// The name of the family of the resource's attributes, and the name of its one sample.
pub(super) const TARGET: &str = "target";
pub(super) const TARGET_INFO: &str = "target_info";
pub(super) const TARGET_SUFFIX: &str = "_info";
pub(super) const TARGET_HELP: &str = "Attributes of the resource that is measured.";

/// The lines before the samples of a family.
pub(super) fn header(
    family: &str,
    kind: InstrumentKind,
    unit: &str,
    help: &str,
    format: Format,
) -> String {
    let mut out = String::new();
    let (name, of_type) = match (format, kind.suffix()) {
        (Format::Text, suffix) if !suffix.is_empty() => {
            (&*format!("{family}{suffix}"), kind.prometheus_type())
        }
        (Format::Text, _) => (family, kind.prometheus_type()),
        (Format::OpenMetrics, _) => (family, kind.openmetrics_type()),
    };
    metadata(&mut out, format, "TYPE", name, of_type);
    if format == Format::OpenMetrics && !unit.is_empty() {
        metadata(&mut out, format, "UNIT", name, unit);
    }
    if !help.is_empty() {
        metadata(&mut out, format, "HELP", name, help);
    }
    out
}

/// The family of the resource's attributes; empty without attributes.
pub(super) fn target_info(resource: &Resource, format: Format) -> String {
    let mut out = String::new();
    let labels = Labels::of_resource(resource);
    if labels.as_str().is_empty() {
        return out;
    }
    let (name, kind) = match format {
        Format::OpenMetrics => (TARGET, "info"),
        Format::Text => (TARGET_INFO, "gauge"),
    };
    metadata(&mut out, format, "TYPE", name, kind);
    metadata(&mut out, format, "HELP", name, TARGET_HELP);
    out.push_str(TARGET_INFO);
    out.push('{');
    out.push_str(labels.as_str());
    out.push_str("} 1\n");
    out
}

/// Writes `# keyword name text` with the text escaped.
fn metadata(out: &mut String, format: Format, keyword: &str, name: &str, text: &str) {
    for part in ["# ", keyword, " ", name, " "] {
        out.push_str(part);
    }
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if format == Format::OpenMetrics => out.push_str("\\\""),
            '\0' => out.push(char::REPLACEMENT_CHARACTER),
            other => out.push(other),
        }
    }
    out.push('\n');
}
