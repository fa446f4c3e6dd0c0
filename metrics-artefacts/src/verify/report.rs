use std::fmt::Write;

use osapi_metrics_rules::excerpt::Excerpt;
use serde::Serialize;

use super::{
    coverage::{Coverage, MetricCoverage, Presence},
    shown::list,
    statistics::Statistics,
};
use crate::finding::{Finding, Verdict};

/// What was found, and what was seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// What is exposed and not as it is declared, and the shares that are too low.
    pub findings: Vec<Finding>,
    /// The sources that could not be asked, and the questions that they refused.
    pub unchecked: Vec<Finding>,
    /// The number of sources that have answered.
    pub answered: usize,
    /// The shares of metrics and of closed values.
    pub coverage: Coverage,
    /// Every declared metric, in the order of the sets.
    pub metrics: Vec<MetricCoverage>,
    /// The same in the shape of Weaver's statistics.
    pub statistics: Statistics,
}

impl VerifyReport {
    /// How the command ends.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings, &self.unchecked)
    }

    /// A line for each finding, a table of what was missed, and the shares in the last line.
    /// Without an answer nothing is known of what was missed.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for finding in self.findings.iter().chain(&self.unchecked) {
            let _ = writeln!(text, "{}", Excerpt::whole(&finding.to_string()));
        }
        if self.answered == 0 {
            return text;
        }
        self.push_missed(&mut text);
        let Coverage { metrics, closed_values } = self.coverage;
        let _ = writeln!(
            text,
            "coverage: {} of {} metrics ({metrics}), {} of {} closed values ({closed_values})",
            metrics.seen, metrics.total, closed_values.seen, closed_values.total
        );
        text
    }

    /// Everything as JSON.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The table: for each set, its metrics that were not recorded, and the closed values that were
    /// not recorded of the others.
    fn push_missed(&self, text: &mut String) {
        let counted = self.metrics.iter().filter(|metric| !metric.is_excluded);
        let mut missed = Vec::new();
        for metric in counted {
            let set = (metric.package.as_str(), metric.set.as_str());
            let name = metric.prometheus_name.as_str();
            match metric.presence {
                Presence::NotExposed => missed.push((set, name, "not exposed".to_owned())),
                Presence::NeverRecorded => missed.push((set, name, "never recorded".to_owned())),
                Presence::Recorded => missed.extend(metric.missing().map(|(label, values)| {
                    (set, name, format!("never with {label}: {}", list(values)))
                })),
            }
        }
        let width = missed.iter().map(|(_, name, _)| name.len()).max().unwrap_or_default();
        let mut last = None;
        for (set, name, what) in missed {
            if last != Some(set) {
                let _ = writeln!(text, "{} of {}", set.1, set.0);
                last = Some(set);
            }
            let _ = writeln!(text, "  {name:width$}  {what}");
        }
    }
}
