//! What a Prometheus has stored of the declared metrics, asked for in few queries.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{SystemTime, UNIX_EPOCH},
};

use osapi_metrics_rules::{InstrumentKind, excerpt::ShownAddress};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    declared::DeclaredMetric, endpoint::no_answer, exposed::Exposed, families::is_of_prometheus,
    options::VerifyOptions, shown::quoted,
};
use crate::{
    catalogue::Catalogues,
    exposition::{FamilyType, MAX_NAMES},
    finding::Finding,
    prometheus::{ApiError, Prometheus},
};

/// The most bytes of the names in one query. Addresses of 8 KiB pass everywhere.
const BATCH: usize = 2000;

/// Asks a Prometheus. What it refuses is in the second list, and the rest is asked all the same.
pub(super) fn ask(
    url: &str,
    catalogues: &Catalogues,
    metrics: &[DeclaredMetric<'_>],
    options: &VerifyOptions,
) -> (Exposed, Vec<Finding>) {
    let mut session = Session {
        server: Prometheus::new(url, options.timeout),
        options,
        exposed: Exposed::new(&ShownAddress(url).to_string(), true),
        unchecked: Vec::new(),
        jobs: BTreeSet::new(),
        is_away: false,
    };
    session.values(metrics);
    session.boundaries(metrics);
    session.metadata(metrics);
    session.undeclared(catalogues);
    (session.exposed, session.unchecked)
}

struct Session<'a> {
    server: Prometheus,
    options: &'a VerifyOptions,
    exposed: Exposed,
    unchecked: Vec<Finding>,
    /// The jobs whose targets have declared metrics.
    jobs: BTreeSet<String>,
    /// Whether nobody answers, so that nothing more is asked.
    is_away: bool,
}

#[derive(Deserialize)]
struct Vector {
    #[serde(default)]
    result: Vec<Element>,
}

/// A series. A native histogram has no value.
#[derive(Deserialize)]
struct Element {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    unit: String,
}

impl Session<'_> {
    /// The last values of counters, gauges and counts, with their labels.
    fn values(&mut self, metrics: &[DeclaredMetric<'_>]) {
        let names: Vec<_> = metrics.iter().map(DeclaredMetric::counted).collect();
        let is_count = |kind| matches!(kind, InstrumentKind::Counter | InstrumentKind::Histogram);
        let counts = metrics.iter().filter(|metric| is_count(metric.kind));
        let counts: BTreeSet<_> = counts.map(DeclaredMetric::counted).collect();
        for names in batches(&names) {
            let query = format!("last_over_time({{{names}}}[{}s])", self.window());
            for element in self.query(&query) {
                self.jobs.extend(element.metric.get("job").cloned());
                let value = element.value.and_then(|(_, value)| value.parse().ok());
                let name = element.metric.get("__name__");
                if let Some(value) = value.filter(|_| name.is_some_and(|it| counts.contains(it))) {
                    self.exposed.invalid.add_stored(&element.metric, value);
                }
                self.add(&element.metric, value.unwrap_or(f64::NAN));
            }
        }
    }

    /// The boundaries of histograms, without their other labels.
    fn boundaries(&mut self, metrics: &[DeclaredMetric<'_>]) {
        let histograms = metrics.iter().filter(|metric| metric.kind == InstrumentKind::Histogram);
        let exposed = histograms.filter(|one| self.exposed.samples.contains_key(&one.counted()));
        let names: Vec<_> =
            exposed.map(|metric| format!("{}_bucket", metric.prometheus_name())).collect();
        for names in batches(&names) {
            let window = self.window();
            let query = format!("group by (__name__, le) (last_over_time({{{names}}}[{window}s]))");
            for element in self.query(&query) {
                self.add(&element.metric, 1.0);
            }
        }
    }

    /// Types, units and HELP of the declared metrics, as the targets of now announce them.
    fn metadata(&mut self, metrics: &[DeclaredMetric<'_>]) {
        let known: BTreeMap<String, Vec<Described>> = self.get("metadata", &[]).unwrap_or_default();
        for metric in metrics {
            for family in BTreeSet::from([metric.prometheus_name(), metric.family()]) {
                for described in known.get(family).into_iter().flatten() {
                    let Ok(metadata) = self.exposed.family(family) else { return };
                    metadata.kinds.extend(described.kind.parse::<FamilyType>());
                    let texts = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
                    metadata.units.extend(texts(&described.unit));
                    metadata.helps.extend(texts(&described.help));
                }
            }
        }
    }

    /// The names that nobody declares, of the jobs that have declared metrics.
    fn undeclared(&mut self, catalogues: &Catalogues) {
        if self.jobs.is_empty() {
            return;
        }
        let jobs = format!("job=~{}", alternatives(self.jobs.iter().map(String::as_str)));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (start, end) = (now.saturating_sub(self.window()).to_string(), (now + 60).to_string());
        let series = format!("{{{jobs}}}");
        let parameters = [("match[]", series.as_str()), ("start", &start), ("end", &end)];
        let names: Vec<String> = self.get("label/__name__/values", &parameters).unwrap_or_default();
        let mut unknown = names;
        unknown.retain(|name| !catalogues.has_samples(name) && !is_of_prometheus(name));
        // The index of names is coarse: it has names from before the time that was asked for.
        for names in batches(&unknown) {
            let window = self.window();
            let query =
                format!("group by (__name__) (last_over_time({{{names},{jobs}}}[{window}s]))");
            for element in self.query(&query) {
                self.add(&element.metric, 1.0);
            }
        }
    }

    /// Adds a series of an answer.
    fn add(&mut self, metric: &BTreeMap<String, String>, value: f64) {
        let Some(name) = metric.get("__name__") else { return };
        let labels = metric.iter().filter(|(key, _)| *key != "__name__");
        let labels = labels.map(|(key, value)| (key.as_str(), value.as_str()));
        if self.exposed.add(name, labels, value, None).is_err() && !self.is_away {
            self.is_away = true;
            self.report("refused-query", format!("there are more than {MAX_NAMES} names"));
        }
    }

    fn query(&mut self, query: &str) -> Vec<Element> {
        let vector: Option<Vector> = self.get("query", &[("query", query)]);
        vector.map(|vector| vector.result).unwrap_or_default()
    }

    /// An answer of the API; `None` if it cannot be had, which is reported.
    fn get<T: DeserializeOwned>(&mut self, path: &str, parameters: &[(&str, &str)]) -> Option<T> {
        if self.is_away {
            return None;
        }
        let error = match self.server.get(path, parameters) {
            Ok(data) => return Some(data),
            Err(error) => error,
        };
        match &error {
            ApiError::NotPrometheus { .. } => {
                self.is_away = true;
                self.report("no-prometheus", error.to_string());
            }
            ApiError::Refused { status, problem, .. } => {
                let problem = format!(
                    "`/api/v1/{path}` answers with the status {status}: {}{}",
                    quoted(problem),
                    asked(parameters)
                );
                // Of another server, every question would be refused.
                self.is_away = *status == 404;
                self.report("refused-query", problem);
            }
            ApiError::NoAnswer(error) => {
                self.is_away = true;
                let finding = no_answer(&self.exposed.origin, error);
                self.unchecked.push(finding);
            }
        }
        None
    }

    fn report(&mut self, rule: &'static str, problem: String) {
        self.unchecked.push(Finding::new(rule, &self.exposed.origin, problem));
    }

    /// How far back is asked, in seconds.
    fn window(&self) -> u64 {
        self.options.since.as_secs().max(1)
    }
}

/// What was asked, for a message.
fn asked(parameters: &[(&str, &str)]) -> String {
    let query = parameters.iter().find(|(key, _)| *key == "query");
    query.map_or_else(String::new, |(_, query)| format!(", for the query {}", quoted(query)))
}

/// Matchers of names, each with few enough of them for one query.
fn batches(names: &[String]) -> Vec<String> {
    let mut batches: Vec<Vec<&str>> = Vec::new();
    let mut length = BATCH;
    for name in names {
        if length + name.len() > BATCH {
            batches.push(Vec::new());
            length = 0;
        }
        length += name.len() + 1;
        if let Some(batch) = batches.last_mut() {
            batch.push(name);
        }
    }
    let matcher = |names: &Vec<&str>| format!("__name__=~{}", alternatives(names.iter().copied()));
    batches.iter().map(matcher).collect()
}

/// A string literal of `PromQL`: a regular expression that matches these texts.
fn alternatives<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.map(regex::escape).collect();
    let pattern = texts.join("|").replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{pattern}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_asked_for_in_batches() {
        let names: Vec<_> = (0..500).map(|nth| format!("shop_orders_{nth:03}_total")).collect();
        let batches = batches(&names);
        assert_eq!(batches.len(), 6);
        assert!(batches.iter().all(|batch| batch.len() < BATCH + 100));
        assert_eq!(batches.iter().map(|batch| batch.matches("shop").count()).sum::<usize>(), 500);
        assert_eq!(self::batches(&[]), Vec::<String>::new());
        let long = [String::from("x").repeat(5000), String::from("y")];
        assert_eq!(self::batches(&long).len(), 2);
    }

    #[test]
    fn texts_are_matched_as_they_are() {
        let texts = ["a.b", "c\"d\\e"].into_iter();
        assert_eq!(alternatives(texts), r#""a\\.b|c\"d\\\\e""#);
    }
}
