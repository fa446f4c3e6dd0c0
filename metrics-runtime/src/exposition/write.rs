use opentelemetry_sdk::Resource;
use osapi_metrics_rules::InstrumentKind;

use super::Format;
use super::family::{Family, TARGET, TARGET_INFO};
use super::labels::Labels;
use super::number::{Number, write_f64, write_u64};
use super::series::{Histogram, SeriesValue};

/// Writes a whole scrape: the attributes of the resource, the families, and the end marker of `OpenMetrics`.
pub(super) fn scrape(resource: &Resource, families: &[Family<'_>], format: Format) -> String {
    let mut writer = Writer { out: String::with_capacity(families.len() * 512), format };
    writer.target_info(resource);
    for family in families {
        writer.family(family);
    }
    if format == Format::OpenMetrics {
        writer.out.push_str("# EOF\n");
    }
    writer.out
}

struct Writer {
    out: String,
    format: Format,
}

impl Writer {
    fn target_info(&mut self, resource: &Resource) {
        let labels = Labels::new(resource.iter(), &[]);
        if labels.as_str().is_empty() {
            return;
        }
        let (name, kind) = match self.format {
            Format::OpenMetrics => (TARGET, "info"),
            Format::Text => (TARGET_INFO, "gauge"),
        };
        self.metadata("TYPE", name, kind);
        self.metadata("HELP", name, "Attributes of the resource that is measured.");
        self.sample(TARGET_INFO, "", &labels, None);
        self.integer(1);
    }

    fn family(&mut self, family: &Family<'_>) {
        let is_counter = family.kind == InstrumentKind::Counter;
        let with_total;
        let name = if is_counter && self.format == Format::Text {
            with_total = format!("{}_total", family.name);
            &with_total
        } else {
            &family.name
        };
        self.metadata("TYPE", name, family.kind.prometheus_type());
        if self.format == Format::OpenMetrics && !family.unit.is_empty() {
            self.metadata("UNIT", name, family.unit.as_str());
        }
        if !family.help.is_empty() {
            self.metadata("HELP", name, family.help);
        }
        for series in &family.series {
            match &series.value {
                SeriesValue::Histogram(histogram) => {
                    self.histogram(&family.name, &series.labels, histogram);
                }
                SeriesValue::Sum(value) | SeriesValue::Last(value) => {
                    if is_counter && !self.allows_sum(*value) {
                        continue;
                    }
                    let suffix = if is_counter { "_total" } else { "" };
                    self.sample(&family.name, suffix, &series.labels, None);
                    self.number(*value);
                }
            }
        }
    }

    /// Buckets from low to high, then sum and count. `OpenMetrics` forbids the sum where values can be negative, and
    /// allows the count only beside the sum; `+Inf` has the same value.
    fn histogram(&mut self, name: &str, labels: &Labels, histogram: &Histogram) {
        for &(bound, count) in &histogram.buckets {
            self.sample(name, "_bucket", labels, Some(bound));
            self.integer(count);
        }
        self.sample(name, "_bucket", labels, Some(f64::INFINITY));
        self.integer(histogram.count);
        let has_negative = histogram.buckets.first().is_some_and(|&(bound, _)| bound < 0.0);
        if !self.allows_sum(histogram.sum) || (has_negative && self.format == Format::OpenMetrics) {
            return;
        }
        self.sample(name, "_sum", labels, None);
        self.number(histogram.sum);
        self.sample(name, "_count", labels, None);
        self.integer(histogram.count);
    }

    fn allows_sum(&self, value: Number) -> bool {
        self.format == Format::Text || value.is_counter_like()
    }

    /// Writes `# keyword name text` with the text escaped.
    fn metadata(&mut self, keyword: &str, name: &str, text: &str) {
        self.out.push_str("# ");
        self.out.push_str(keyword);
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push(' ');
        for character in text.chars() {
            match character {
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '"' if self.format == Format::OpenMetrics => self.out.push_str("\\\""),
                '\0' => self.out.push(char::REPLACEMENT_CHARACTER),
                other => self.out.push(other),
            }
        }
        self.out.push('\n');
    }

    /// Writes a sample up to its value.
    fn sample(&mut self, name: &str, suffix: &str, labels: &Labels, bound: Option<f64>) {
        self.out.push_str(name);
        self.out.push_str(suffix);
        let labels = labels.as_str();
        if !labels.is_empty() || bound.is_some() {
            self.out.push('{');
            self.out.push_str(labels);
            if let Some(bound) = bound {
                if !labels.is_empty() {
                    self.out.push(',');
                }
                self.out.push_str("le=\"");
                write_f64(&mut self.out, bound);
                self.out.push('"');
            }
            self.out.push('}');
        }
        self.out.push(' ');
    }

    fn number(&mut self, value: Number) {
        value.write(&mut self.out);
        self.out.push('\n');
    }

    fn integer(&mut self, value: u64) {
        write_u64(&mut self.out, value);
        self.out.push('\n');
    }
}
