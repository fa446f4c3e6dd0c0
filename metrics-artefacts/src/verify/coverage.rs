use std::{collections::BTreeMap, fmt};

use osapi_metrics_rules::InstrumentKind;
use serde::{Serialize, Serializer};

use super::{
    declared::{DeclaredLabel, DeclaredMetric},
    exposed::{Exposed, OVERFLOW, Samples},
    options::{Percent, VerifyOptions},
};

/// How much of what is declared was recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// The metrics that were recorded.
    pub metrics: Share,
    /// The values of closed labels that were recorded, counted for each metric.
    pub closed_values: Share,
}

/// A number of things, and how many there are in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Share {
    /// The number.
    pub seen: usize,
    /// All of them.
    pub total: usize,
}

/// What is known of a declared metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MetricCoverage {
    /// The OpenTelemetry name.
    pub name: String,
    /// The name in a Prometheus scrape.
    pub prometheus_name: String,
    /// The package that declares it.
    pub package: String,
    /// The name of the set that declares it.
    pub set: String,
    /// Whether it was recorded.
    pub presence: Presence,
    /// Whether the coverage leaves it out.
    pub is_excluded: bool,
    /// Whether a series has what was recorded beyond a limit.
    pub has_overflow: bool,
    /// Its labels.
    pub labels: Vec<LabelCoverage>,
}

/// Whether a metric was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No sample has its name.
    NotExposed,
    /// A counter stands at 0, or a histogram has counted nothing.
    NeverRecorded,
    /// A counter is above 0, a histogram has counted, or a gauge has a value.
    Recorded,
}

/// What is known of a label of a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabelCoverage {
    /// The name in a Prometheus scrape.
    pub name: String,
    /// The number of values that were seen: of a closed label, of declared ones that were recorded;
    /// of an open label, the highest number of one process, or those of all processes together that
    /// a Prometheus has.
    pub values: usize,
    /// The number of declared values, or the limit of an open label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The declared values of a closed label that were not recorded; `None` for an open label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<String>>,
}

impl MetricCoverage {
    pub(super) fn of(
        metric: &DeclaredMetric<'_>,
        sources: &[Exposed],
        options: &VerifyOptions,
    ) -> Self {
        let counted = metric.counted();
        let samples: Vec<_> =
            sources.iter().filter_map(|source| source.samples.get(&counted)).collect();
        // A gauge at 0 is a reading, and a counter at 0 may only have been registered.
        let is_gauge = matches!(
            metric.kind,
            InstrumentKind::Gauge | InstrumentKind::UpDownCounter | InstrumentKind::Info
        );
        let is_recorded = samples.iter().any(|samples| samples.is_recorded || is_gauge);
        let has_value = |key: &str, value: &str| {
            let found = |samples: &&Samples| {
                samples.labels.get(key).and_then(|values| values.get(value)).copied()
            };
            samples.iter().filter_map(found).any(|is_recorded| is_recorded || is_gauge)
        };
        let label = |(key, label): (&&str, &DeclaredLabel<'_>)| {
            let name = (*key).to_owned();
            let Some(values) = &label.values else {
                let seen = samples.iter().filter_map(|samples| samples.labels.get(*key));
                let values = seen.map(BTreeMap::len).max().unwrap_or_default();
                return LabelCoverage { name, values, limit: label.limit, missing: None };
            };
            let missing: Vec<String> =
                values.iter().filter(|value| !has_value(key, value)).map(|v| (*v).into()).collect();
            let seen = values.len() - missing.len();
            LabelCoverage { name, values: seen, limit: Some(values.len()), missing: Some(missing) }
        };
        let is_exposed = !samples.is_empty();
        Self {
            name: metric.first.name.clone(),
            prometheus_name: metric.prometheus_name().to_owned(),
            package: metric.set.0.to_owned(),
            set: metric.set.1.to_owned(),
            presence: match (is_recorded, is_exposed) {
                (true, _) => Presence::Recorded,
                (false, true) => Presence::NeverRecorded,
                (false, false) => Presence::NotExposed,
            },
            is_excluded: options
                .excluded
                .iter()
                .any(|pattern| pattern.matches(metric.prometheus_name())),
            has_overflow: has_value(OVERFLOW, "true"),
            labels: metric.labels.iter().map(label).collect(),
        }
    }

    /// The closed labels with the values that were not recorded.
    pub(super) fn missing(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.labels.iter().filter_map(|label| {
            let values = label.missing.as_deref().filter(|values| !values.is_empty())?;
            Some((label.name.as_str(), values))
        })
    }
}

impl Coverage {
    pub(super) fn of(metrics: &[MetricCoverage]) -> Self {
        let mut coverage = Self::default();
        for metric in metrics.iter().filter(|metric| !metric.is_excluded) {
            coverage.metrics.add(usize::from(metric.presence == Presence::Recorded), 1);
            for label in metric.labels.iter().filter(|label| label.missing.is_some()) {
                coverage.closed_values.add(label.values, label.limit.unwrap_or_default());
            }
        }
        coverage
    }
}

impl Share {
    fn add(&mut self, seen: usize, total: usize) {
        self.seen += seen;
        self.total += total;
    }

    /// The share in percent. Of nothing, all was seen.
    pub fn percent(self) -> f64 {
        if self.total == 0 { 100.0 } else { self.seen as f64 * 100.0 / self.total as f64 }
    }

    /// Whether the share is at least this one.
    pub fn reaches(self, percent: Percent) -> bool {
        self.total == 0 || self.seen as f64 * 100.0 >= percent.as_f64() * self.total as f64
    }
}

/// With one decimal, rounded down: only what is whole is 100.0 %.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = (self.percent() * 10.0).floor() / 10.0;
        write!(f, "{percent:.1} %")
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Numbers {
            seen: usize,
            total: usize,
            percent: f64,
        }
        let Self { seen, total } = *self;
        Numbers { seen, total, percent: self.percent() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{declared::declared, endpoint::exposed, testing::shop},
        *,
    };
    use crate::exposition::Format;

    fn coverage(texts: &[&str], options: &VerifyOptions) -> (Vec<MetricCoverage>, Coverage) {
        let catalogues = shop();
        let sources: Vec<_> = texts.iter().map(|text| exposed(text, Format::Text)).collect();
        let metrics: Vec<_> = declared(&catalogues)
            .iter()
            .map(|metric| MetricCoverage::of(metric, &sources, options))
            .collect();
        let coverage = Coverage::of(&metrics);
        (metrics, coverage)
    }

    #[test]
    fn a_counter_at_0_is_exposed_and_a_gauge_at_0_is_recorded() {
        let text = "shop_orders_paid_total{payment=\"card\"} 0\nshop_guests 0\n\
                    shop_basket_size_bytes_count 0\nshop_checkout_duration_seconds_count 2\n";
        let (metrics, _) = coverage(&[text], &VerifyOptions::default());
        let presence = |name: &str| {
            metrics.iter().find(|metric| metric.prometheus_name == name).unwrap().presence
        };
        for (name, expected) in [
            ("shop_orders_paid_total", Presence::NeverRecorded),
            ("shop_basket_size_bytes", Presence::NeverRecorded),
            ("shop_guests", Presence::Recorded),
            ("shop_checkout_duration_seconds", Presence::Recorded),
            ("shop_orders_refused_total", Presence::NotExposed),
        ] {
            assert_eq!(presence(name), expected, "{name}");
        }
    }

    #[test]
    fn several_processes_are_covered_together() {
        let (card, cash) = (
            "shop_orders_paid_total{payment=\"card\"} 1\nshop_orders_paid_total{payment=\"cash\"} 0",
            "shop_orders_paid_total{payment=\"cash\"} 1",
        );
        let missing = |texts: &[&str]| {
            let (metrics, coverage) = coverage(texts, &VerifyOptions::default());
            let name = "shop_orders_paid_total";
            let metric = metrics.iter().find(|metric| metric.prometheus_name == name).unwrap();
            (metric.labels[0].missing.clone().unwrap(), coverage.closed_values.seen)
        };
        assert_eq!(missing(&[card]), (vec!["cash".to_owned()], 1));
        assert_eq!(missing(&[cash]), (vec!["card".to_owned()], 1));
        assert_eq!(missing(&[card, cash]), (Vec::new(), 2));
    }

    #[test]
    fn metrics_can_be_left_out() {
        let all = coverage(&["shop_guests 1\n"], &VerifyOptions::default()).1;
        assert_eq!(all.metrics, Share { seen: 1, total: 37 });
        let excluded = vec!["osapi_.*|shop_o.*".parse().unwrap()];
        let options = VerifyOptions { excluded, ..VerifyOptions::default() };
        let rest = coverage(&["shop_guests 1\n"], &options).1;
        assert_eq!(rest.metrics, Share { seen: 1, total: 6 });
        assert_eq!(rest.closed_values, Share { seen: 0, total: 2 });
    }

    #[test]
    fn only_what_is_whole_is_100_percent() {
        let share = |seen, total| Share { seen, total };
        assert_eq!(share(9999, 10_000).to_string(), "99.9 %");
        assert_eq!(share(3, 3).to_string(), "100.0 %");
        assert_eq!(share(0, 0).to_string(), "100.0 %");
        let whole = "100".parse().unwrap();
        assert!(share(3, 3).reaches(whole) && !share(9999, 10_000).reaches(whole));
        assert!(share(73, 75).reaches("97.3".parse().unwrap()));
        assert!(!share(73, 75).reaches("97.4".parse().unwrap()));
    }
}
