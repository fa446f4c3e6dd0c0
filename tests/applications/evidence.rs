//! What Prometheus has of a metric of the list: its type, its unit, its series with their labels,
//! and each closed value of a label.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use osapi_metrics_tests::servers::PrometheusServer;
use serde_json::Value;

use crate::list::{Kind, Label, Metric};

/// All series since the start. A series can end, such as one with the id of a task.
const SINCE_START: &str = "[1h]";

/// Labels that Prometheus adds: the target, and the upper bound of a bucket.
const OF_PROMETHEUS: [&str; 4] = ["__name__", "instance", "job", "le"];

/// What Prometheus has of a metric.
pub(crate) struct Evidence {
    /// The number of its series.
    pub(crate) series: usize,
    /// The largest value of a series; of a histogram, the largest number of samples.
    pub(crate) most: f64,
    /// What is missing or wrong.
    pub(crate) misses: Vec<String>,
}

/// Questions about the metrics of one system.
pub(crate) struct Questions<'a> {
    pub(crate) prometheus: &'a PrometheusServer,
    /// The name of the system, which is its job in Prometheus.
    pub(crate) job: &'a str,
    /// The values of labels that stand for others in this run.
    pub(crate) stand_ins: &'a [(&'a str, &'a str)],
}

impl Questions<'_> {
    /// Asks for everything that the list says about a metric.
    pub(crate) fn evidence(&self, metric: &Metric) -> Evidence {
        let name = match metric.kind {
            Kind::Histogram => format!("{}_count", metric.scraped),
            Kind::Counter | Kind::Gauge | Kind::UpDownCounter => metric.scraped.to_owned(),
        };
        let found = self.prometheus.query(&self.most(&name, &[]));
        let mut misses = Vec::new();
        let most = found.iter().map(number).fold(0.0, f64::max);
        if found.is_empty() {
            misses.push("there is no series".to_owned());
        } else if most <= 0.0 {
            misses.push(format!("the largest value is {most}"));
        }
        self.ask_for_type(metric, &mut misses);
        if metric.kind == Kind::Histogram {
            self.ask_for_samples(metric, found.len(), &mut misses);
        }
        self.ask_for_states(metric, &mut misses);
        check_keys(metric, &found, &mut misses);
        for label in metric.labels.iter().filter(|label| !label.values.is_empty()) {
            self.ask_for_values(&name, label, &found, &mut misses);
        }
        Evidence { series: found.len(), most, misses }
    }

    /// The type and the unit that the application has announced.
    fn ask_for_type(&self, metric: &Metric, misses: &mut Vec<String>) {
        // Where the format is OpenMetrics, the name of a counter is announced without its suffix.
        let family = metric.scraped.trim_end_matches("_total");
        let mut announced = self.prometheus.metadata(self.job, metric.scraped);
        announced.extend(self.prometheus.metadata(self.job, family));
        if announced.is_empty() {
            misses.push("no type is announced".to_owned());
        }
        let unit = unit_in_name(family);
        for announced in announced {
            if announced["type"] != metric.kind.scraped() || announced["unit"] != unit {
                misses.push(format!("it is a {}, `{}`", announced["type"], announced["unit"]));
            }
            if announced["help"].as_str().is_none_or(str::is_empty) {
                misses.push("it has no description".to_owned());
            }
        }
    }

    /// The buckets and the sum of each series of a histogram.
    fn ask_for_samples(&self, metric: &Metric, series: usize, misses: &mut Vec<String>) {
        let all = [("le", "+Inf")];
        for (suffix, labels) in [("_sum", &[][..]), ("_bucket", &all[..])] {
            let query = self.most(&format!("{}{suffix}", metric.scraped), labels);
            let found = self.prometheus.query(&query).len();
            // A scrape can come between two questions, with series that are new.
            if found < series {
                misses.push(format!("`{suffix}` has {found} series instead of {series}"));
            }
        }
        let bounds = self.prometheus.query(&format!(
            "count by (le) ({})",
            self.most(&format!("{}_bucket", metric.scraped), &[])
        ));
        let bounds = bounds.iter().filter_map(|of_bound| of_bound["metric"]["le"].as_str());
        let mut bounds: Vec<f64> = bounds.map(|bound| bound.parse().expect("a number")).collect();
        bounds.retain(|bound| bound.is_finite());
        bounds.sort_by(f64::total_cmp);
        if bounds.is_empty() || !metric.buckets.is_empty() && bounds != metric.buckets {
            misses.push(format!("the bounds of the buckets are {bounds:?}"));
        }
    }

    /// Each value of a state, of which no other is there.
    fn ask_for_states(&self, metric: &Metric, misses: &mut Vec<String>) {
        let name = format!("{}{{job=\"{}\"}}", metric.scraped, self.job);
        for (value, meaning) in metric.states {
            let in_state = format!("max_over_time(({name} == {value})[10m:250ms])");
            if self.prometheus.query(&in_state).is_empty() {
                misses.push(format!("it was never {value}, {meaning}"));
            }
        }
        let others: Vec<_> =
            metric.states.iter().map(|(value, _)| format!(" != {value}")).collect();
        let others = others.concat();
        let others = format!("max_over_time(({name}{others})[10m:250ms])");
        if !metric.states.is_empty() && !self.prometheus.query(&others).is_empty() {
            misses.push("it has another value".to_owned());
        }
    }

    /// Each value of a label, of which no other is there.
    fn ask_for_values(
        &self,
        name: &str,
        label: &Label,
        series: &[Value],
        misses: &mut Vec<String>,
    ) {
        let values: BTreeSet<_> =
            label.values.iter().map(|value| self.in_this_run(value)).collect();
        let found = series.iter().filter_map(|series| series["metric"][label.scraped].as_str());
        let is_known = |value: &&str| values.contains(value) || label.added.contains(value);
        let others: BTreeSet<_> = found.filter(|value| !is_known(value)).collect();
        if !others.is_empty() {
            misses.push(format!("`{}` is {others:?}", label.key));
        }
        for value in label.values {
            let query = self.most(name, &[(label.scraped, self.in_this_run(value))]);
            let most = self.prometheus.query(&format!("max({query})"));
            let most = most.first().map(number);
            if most.is_none_or(|most| most <= 0.0) {
                misses.push(format!("`{}` = `{value}` is {most:?}", label.key));
            }
        }
    }

    /// The largest value that each series has had.
    fn most(&self, name: &str, labels: &[(&str, &str)]) -> String {
        let labels = labels.iter().fold(String::new(), |mut labels, (key, value)| {
            // A `String` takes everything.
            let _ = write!(labels, ",{key}={value:?}");
            labels
        });
        format!("max_over_time({name}{{job=\"{}\"{labels}}}{SINCE_START})", self.job)
    }

    fn in_this_run<'v>(&'v self, value: &'v str) -> &'v str {
        self.stand_ins.iter().find(|(listed, _)| *listed == value).map_or(value, |(_, here)| here)
    }
}

/// The labels of each series are those of the list, and those that the list says are added.
fn check_keys(metric: &Metric, series: &[Value], misses: &mut Vec<String>) {
    let keys: Vec<BTreeMap<_, _>> = series
        .iter()
        .map(|series| series["metric"].as_object().expect("labels").iter().collect())
        .collect();
    let mut wrong = BTreeSet::new();
    for keys in keys {
        for label in metric.labels.iter().filter(|label| !label.optional) {
            if !keys.keys().any(|key| *key == label.scraped) {
                wrong.insert(format!("a series lacks `{}`", label.scraped));
            }
        }
        let is_known = |key: &str| {
            metric.labels.iter().any(|label| label.scraped == key)
                || metric.added.contains(&key)
                || OF_PROMETHEUS.contains(&key)
        };
        let others = keys.keys().filter(|key| !is_known(key));
        wrong.extend(others.map(|key| format!("a series has `{key}`")));
    }
    misses.extend(wrong);
}

/// The unit that `OpenMetrics` requires for a name.
fn unit_in_name(family: &str) -> &'static str {
    let units = ["milliseconds", "seconds", "bytes", "percent", "ratio"];
    units
        .into_iter()
        .find(|unit| family.strip_suffix(unit).is_some_and(|name| name.ends_with('_')))
        .unwrap_or_default()
}

/// The value of a series.
fn number(series: &Value) -> f64 {
    let value = series["value"][1].as_str().expect("a value is a text");
    value.parse().expect("a number")
}
