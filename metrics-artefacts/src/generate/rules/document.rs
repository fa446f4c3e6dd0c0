use std::{collections::BTreeMap, fmt::Write};

use serde::Serialize;

use super::{
    alert::{Alert, ExpectedAlert},
    labels,
};
use crate::generate::artefact::{Artefact, Origin};

/// The rules of a file, and their tests.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) groups: Vec<Group>,
    /// Tests that step through minutes.
    pub(super) tests: Vec<Test>,
    /// Tests that step through half hours, for rules that look at days.
    pub(super) slow_tests: Vec<Test>,
    /// What has no rules, and why: comments at the head of the file.
    pub(super) notes: Vec<String>,
}

/// Rules that a Prometheus evaluates one after the other.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Rule {
    Record(Record),
    Alert(Alert),
}

/// A rule whose result is a series of its own.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    #[serde(rename = "record")]
    pub(super) name: String,
    pub(super) expr: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
}

/// A test: series, and what is to be seen at some times.
#[derive(Debug, Serialize)]
pub(super) struct Test {
    pub(super) name: String,
    /// The time between the values of the series.
    pub(super) interval: String,
    pub(super) input_series: Vec<InputSeries>,
    #[serde(rename = "alert_rule_test", skip_serializing_if = "Vec::is_empty")]
    pub(super) alerts: Vec<AlertTest>,
    #[serde(rename = "promql_expr_test", skip_serializing_if = "Vec::is_empty")]
    pub(super) queries: Vec<QueryTest>,
}

/// A series with its values, in the notation of promtool.
#[derive(Clone, Debug, Serialize)]
pub(super) struct InputSeries {
    pub(super) series: String,
    pub(super) values: String,
}

/// The alerts of a name that fire at a time: all of them.
#[derive(Debug, Serialize)]
pub(super) struct AlertTest {
    pub(super) eval_time: String,
    pub(super) alertname: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exp_alerts: Vec<ExpectedAlert>,
}

/// The result of a query at a time.
#[derive(Debug, Serialize)]
pub(super) struct QueryTest {
    pub(super) expr: String,
    pub(super) eval_time: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exp_samples: Vec<ExpectedSample>,
}

#[derive(Debug, Serialize)]
pub(super) struct ExpectedSample {
    pub(super) labels: String,
    pub(super) value: f64,
}

#[derive(Serialize)]
struct RuleFile<'a> {
    groups: &'a [Group],
}

#[derive(Serialize)]
struct TestFile<'a> {
    rule_files: [String; 1],
    evaluation_interval: &'static str,
    tests: &'a [Test],
}

impl Rules {
    /// The file of the rules and those of their tests; nothing without rules.
    pub(super) fn artefacts(self, name: &str, origin: &Origin, has_tests: bool) -> Vec<Artefact> {
        if self.groups.is_empty() && self.notes.is_empty() {
            return Vec::new();
        }
        let file = yaml(origin, &self.notes, &RuleFile { groups: &self.groups });
        let mut artefacts = vec![Artefact::new(format!("rules/{name}.yml"), file)];
        let tests = [("", "1m", &self.tests), ("_slow", "30m", &self.slow_tests)];
        for (suffix, evaluation_interval, tests) in tests {
            if has_tests && !tests.is_empty() {
                let rule_files = [format!("../{name}.yml")];
                let file = TestFile { rule_files, evaluation_interval, tests };
                let path = format!("rules/tests/{name}{suffix}_test.yml");
                artefacts.push(Artefact::new(path, yaml(origin, &[], &file)));
            }
        }
        artefacts
    }

    /// Adds a group of rules, unless it has none.
    pub(super) fn add_group(&mut self, name: String, rules: Vec<Rule>) {
        if !rules.is_empty() {
            self.groups.push(Group { name, rules });
        }
    }
}

impl Test {
    /// A test with a value of each series for each minute.
    pub(super) fn new(name: impl Into<String>, input_series: Vec<InputSeries>) -> Self {
        Self {
            name: name.into(),
            interval: "1m".to_owned(),
            input_series,
            alerts: Vec::new(),
            queries: Vec::new(),
        }
    }

    /// At this minute these alerts of the name fire, and no others. Annotations that would be
    /// different after a rounding error, as `9m 33s` for 573 s, are not compared.
    pub(super) fn expect(&mut self, minute: u64, alertname: &str, fires: Vec<ExpectedAlert>) {
        if !fires.iter().all(|alert| alert.is_certain) {
            let state = [("alertname", alertname), ("alertstate", "firing")];
            let state = state.map(|(label, value)| (label.to_owned(), value.to_owned()));
            let sample = |alert: &ExpectedAlert| {
                let mut labels = alert.exp_labels.clone();
                labels.extend(state.clone());
                ExpectedSample { labels: labels::notation("ALERTS", &labels), value: 1.0 }
            };
            self.queries.push(QueryTest {
                expr: labels::notation("ALERTS", &state.clone().into()),
                eval_time: format!("{minute}m"),
                exp_samples: fires.iter().map(sample).collect(),
            });
            return;
        }
        self.alerts.push(AlertTest {
            eval_time: format!("{minute}m"),
            alertname: alertname.to_owned(),
            exp_alerts: fires,
        });
    }

    /// At this minute no alert of these names fires.
    pub(super) fn expect_quiet<'a>(
        &mut self,
        minute: u64,
        names: impl IntoIterator<Item = &'a str>,
    ) {
        for name in names {
            self.expect(minute, name, Vec::new());
        }
    }
}

fn yaml(origin: &Origin, notes: &[String], document: &impl Serialize) -> String {
    let mut yaml = format!("# {}\n", origin.marker());
    for note in notes {
        let _ = writeln!(yaml, "# {}", note.replace('\n', " "));
    }
    // These documents have texts as keys, and nothing else that YAML cannot have.
    yaml.push_str(&yaml_serde::to_string(document).unwrap_or_default());
    yaml
}
