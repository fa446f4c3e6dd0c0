use opentelemetry_sdk::Resource;
use osapi_metrics_rules::InstrumentKind;

use super::{
    Format,
    family::{TARGET, TARGET_INFO},
    histogram::{Histogram, write_boundary},
    labels::Labels,
    lines::Lines,
    number::write_u64,
    source::{Source, Values},
};
use crate::recording::Value;

/// The samples of one family.
pub(super) struct Samples<'a> {
    pub(super) out: &'a mut String,
    pub(super) format: Format,
    pub(super) family: &'a str,
    pub(super) kind: InstrumentKind,
}

impl Samples<'_> {
    /// Writes every series of a source that has a value.
    pub(super) fn source(&mut self, source: &Source) {
        let Source { lines, values, .. } = source;
        match values {
            Values::Numbers(numbers) => {
                for (line, place) in lines.iter() {
                    if let Some(value) = numbers[place] {
                        self.number(line, value);
                    }
                }
            }
            Values::Histograms(histograms) => {
                for (line, place) in lines.iter() {
                    if let Some(histogram) = histograms.get(place) {
                        self.histogram(lines, line, histogram);
                    }
                }
            }
        }
    }

    /// Writes one sample.
    pub(super) fn number(&mut self, line: &str, value: Value) {
        if self.kind == InstrumentKind::Counter && !self.allows_sum(value) {
            return;
        }
        self.out.push_str(line);
        value.write(self.out);
        self.out.push('\n');
    }

    /// Buckets from low to high, then sum and count. `OpenMetrics` forbids the sum where values can be negative, and
    /// allows the count only beside the sum; `+Inf` has the same value.
    pub(super) fn histogram(&mut self, lines: &Lines, line: &str, histogram: Histogram<'_>) {
        let Histogram { buckets, boundaries, count, sum } = histogram;
        match boundaries {
            Some(boundaries) => {
                for (boundary, &(_, count)) in boundaries.iter().zip(buckets) {
                    self.out.push_str(line);
                    self.out.push_str(boundary);
                    self.integer(count);
                }
            }
            None => {
                for &(bound, count) in buckets {
                    self.out.push_str(line);
                    write_boundary(self.out, bound);
                    self.integer(count);
                }
            }
        }
        self.out.push_str(line);
        self.out.push_str("le=\"+Inf\"} ");
        self.integer(count);
        let has_negative = buckets.first().is_some_and(|&(bound, _)| bound < 0.0);
        if !self.allows_sum(sum) || (has_negative && self.format == Format::OpenMetrics) {
            return;
        }
        let labels = lines.labels(line);
        self.name("_sum", labels);
        sum.write(self.out);
        self.out.push('\n');
        self.name("_count", labels);
        self.integer(count);
    }

    fn allows_sum(&self, value: Value) -> bool {
        self.format == Format::Text || value.is_counter_like()
    }

    fn name(&mut self, suffix: &str, labels: &str) {
        self.out.push_str(self.family);
        self.out.push_str(suffix);
        if !labels.is_empty() {
            self.out.push('{');
            self.out.push_str(labels);
            self.out.push('}');
        }
        self.out.push(' ');
    }

    fn integer(&mut self, value: u64) {
        write_u64(self.out, value);
        self.out.push('\n');
    }
}

/// The lines before the samples of a family.
pub(super) fn header(
    family: &str,
    kind: InstrumentKind,
    unit: &str,
    help: &str,
    format: Format,
) -> String {
    let mut out = String::new();
    let name = match (kind, format) {
        (InstrumentKind::Counter, Format::Text) => &format!("{family}_total"),
        _ => family,
    };
    metadata(&mut out, format, "TYPE", name, kind.prometheus_type());
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
    let labels = Labels::new(resource.iter(), &[]);
    if labels.as_str().is_empty() {
        return out;
    }
    let (name, kind) = match format {
        Format::OpenMetrics => (TARGET, "info"),
        Format::Text => (TARGET_INFO, "gauge"),
    };
    metadata(&mut out, format, "TYPE", name, kind);
    metadata(&mut out, format, "HELP", name, "Attributes of the resource that is measured.");
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
