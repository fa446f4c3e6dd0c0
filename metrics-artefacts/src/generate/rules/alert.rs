use serde::Serialize;

use super::{duration, labels::Labels, template};

/// How much a value may differ from that of Prometheus: the order of additions.
const ERROR: f64 = 1e-9;

/// A rule that fires.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Alert {
    #[serde(rename = "alert")]
    pub(super) name: String,
    pub(super) expr: String,
    #[serde(rename = "for")]
    pub(super) lasting: String,
    pub(super) labels: Labels,
    pub(super) annotations: Annotations,
}

/// What a person reads. The texts can have `{{ $value | … }}` and `{{ $labels.… }}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Annotations {
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) runbook_url: String,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// Somebody has to act now: a page.
    Critical,
    /// Somebody should look at it: a ticket.
    Warning,
}

impl Severity {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
        }
    }
}

impl Alert {
    /// An alert with the label `severity` and these labels.
    pub(super) fn new(
        name: &str,
        severity: &str,
        lasting_seconds: f64,
        labels: &Labels,
        expr: String,
        annotations: Annotations,
    ) -> Self {
        let mut labels = labels.clone();
        labels.insert("severity".to_owned(), severity.to_owned());
        let lasting = duration::text(lasting_seconds);
        Self { name: name.to_owned(), expr, lasting, labels, annotations }
    }

    /// The alert as it fires for a series of the expression's result.
    pub(super) fn fired(&self, series: &Labels, value: f64) -> ExpectedAlert {
        let mut labels = series.clone();
        labels.extend(self.labels.clone());
        let expand = |value: f64| Annotations {
            summary: template::expanded(&self.annotations.summary, &labels, value),
            description: template::expanded(&self.annotations.description, &labels, value),
            runbook_url: self.annotations.runbook_url.clone(),
        };
        let is_certain = expand(value * (1.0 - ERROR)) == expand(value * (1.0 + ERROR));
        let exp_annotations = expand(value);
        ExpectedAlert { exp_labels: labels, exp_annotations, is_certain }
    }
}

/// An alert that a test expects.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ExpectedAlert {
    pub(super) exp_labels: Labels,
    exp_annotations: Annotations,
    /// Whether the annotations have the same text if the value is computed a little differently.
    #[serde(skip)]
    pub(super) is_certain: bool,
}

/// The address of the page that says what to do: the runbook of the set, or a heading of the
/// generated page of metrics.
pub(super) fn runbook(of_set: Option<&str>, docs_url: &str, heading: &str) -> String {
    of_set.map_or_else(|| format!("{docs_url}#{}", anchor(heading)), str::to_owned)
}

/// The name of a metric as the beginning of a name of alerts, as in `ShopOrdersPaidTotal`.
pub(super) fn camel_case(name: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    name.split('_').map(word).collect()
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let spaced = lower.chars().map(|c| if c == ' ' { '-' } else { c });
    spaced.filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_leads_to_the_runbook_of_the_set_or_to_the_documentation() {
        assert_eq!(runbook(Some("https://a.b/c"), "../metrics.md", "x"), "https://a.b/c");
        for (heading, url) in [
            ("shop_orders_paid_total", "../metrics.md#shop_orders_paid_total"),
            ("order.pay", "../metrics.md#orderpay"),
            ("Order Pay-1", "../metrics.md#order-pay-1"),
        ] {
            assert_eq!(runbook(None, "../metrics.md", heading), url);
        }
    }
}
