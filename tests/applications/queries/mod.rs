//! Every query that is generated for the applications, asked of a Prometheus that has scraped them:
//! of panels, of the variables of boards, and of rules.

mod parts;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use osapi_metrics_artefacts::{
    catalogue::Catalogues,
    documents::{self, Document, Expression, Role, Syntax},
    finding::Place,
};
use osapi_metrics_tests::servers::PrometheusServer;
use serde_json::Value;

use crate::catalogue;

/// The times between two values of a query. Nearly all have a value at some of the first, which are
/// quickly computed. The second is less than the time between two scrapes: nothing that a scrape
/// has seen lies between two of its steps.
const STEPS: [Duration; 2] = [Duration::from_secs(3), Duration::from_millis(250)];

/// What Grafana fills in, for a person who looks at the last minutes. The scrapes are 500 ms apart.
const TIMES: [(&str, &str); 5] = [
    ("__rate_interval", "15s"),
    ("__rate_interval_ms", "15000"),
    ("__range", "10m"),
    ("__range_s", "600"),
    ("__interval", "1s"),
];

/// A query, and when it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Query {
    /// Where it is.
    place: String,
    text: String,
    asked: Asked,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// Once, when the work is over: by a figure.
    AtTheEnd,
    /// All the time, as by a graph and by a rule: one value is enough.
    AllTheTime,
    /// For the values of a label of its series.
    ForValuesOf(String),
}

/// The queries that nothing answers, each in a line with its place. A query whose metrics are
/// declared to be absent until something has happened may have no answer.
pub(crate) fn without_data(
    application: &str,
    prometheus: &PrometheusServer,
    since: SystemTime,
) -> Vec<String> {
    let queries = queries(application);
    let catalogue = Catalogues::of(vec![catalogue::committed(application)]);
    let mut excused: BTreeMap<String, usize> = BTreeMap::new();
    let mut without = Vec::new();
    for query in queries.iter().filter(|query| !query.has_data(prometheus, since)) {
        match query.reason(&catalogue) {
            Some(reason) => *excused.entry(reason).or_default() += 1,
            None => without.push(format!("no data: {}: {}", query.place, query.text)),
        }
    }
    println!("{application}: {} queries of what is generated", queries.len());
    for (reason, number) in excused {
        println!("    {number} without data: {reason}");
    }
    without
}

/// The files with rules for an application: the generated ones, and others of its deployment.
pub(crate) fn rule_files(application: &str) -> Vec<PathBuf> {
    let deploy = deploy(application);
    let mut files = files(&deploy.join("generated/rules"), "yml");
    let others = self::files(&deploy, "yml").into_iter();
    files.extend(others.filter(|file| {
        let text = fs::read_to_string(file).expect("UTF-8");
        text.lines().any(|line| line == "groups:")
    }));
    files
}

impl Query {
    fn has_data(&self, prometheus: &PrometheusServer, since: SystemTime) -> bool {
        let number = |value: &Value| value[1].as_str().and_then(|text| text.parse::<f64>().ok());
        let is_number = |value: &Value| number(value).is_some_and(f64::is_finite);
        match &self.asked {
            Asked::AtTheEnd => {
                prometheus.query(&self.text).iter().any(|series| is_number(&series["value"]))
            }
            Asked::AllTheTime => STEPS.iter().any(|step| {
                let series = prometheus.query_range(&self.text, since, *step);
                let mut values = series.iter().filter_map(|series| series["values"].as_array());
                values.any(|values| values.iter().any(is_number))
            }),
            Asked::ForValuesOf(label) => {
                !prometheus.label_values(label, &self.text, since).is_empty()
            }
        }
    }

    /// Why there need not be data, as the declaration of one of the metrics says.
    fn reason(&self, catalogue: &Catalogues) -> Option<String> {
        let names = parts::names(&self.text).into_iter();
        let mut reasons = names.filter_map(|name| {
            let metric = catalogue.samples(&name).next()?.metric;
            let until = metric.absent_until.as_ref()?;
            Some(format!("`{}` is absent until {until}", metric.prometheus_name))
        });
        reasons.next()
    }
}

/// Every query of the boards and the rules of an application.
fn queries(application: &str) -> BTreeSet<Query> {
    let mut queries = BTreeSet::new();
    for file in files(&deploy(application).join("generated/dashboards"), "json") {
        let board = document(&file);
        let text = fs::read_to_string(&file).expect("UTF-8");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        queries.extend(
            board.expressions.iter().map(|query| of_board(application, &board, &json, query)),
        );
    }
    let rules: Vec<_> = rule_files(application).iter().map(|file| document(file)).collect();
    let records = rules.iter().flat_map(|rules| rules.records.iter().cloned()).collect();
    for rules in &rules {
        for rule in &rules.expressions {
            let place = place(rules, rule);
            let of_part = |text| Query { place: place.clone(), text, asked: Asked::AllTheTime };
            queries
                .extend(parts::parts(&rule.text, application, &records).into_iter().map(of_part));
        }
        let place = &rules.file;
        let of_record = |record: &String| Query {
            place: place.clone(),
            text: record.clone(),
            asked: Asked::AllTheTime,
        };
        queries.extend(rules.records.iter().map(of_record));
    }
    queries
}

/// A query as Grafana sends it, for the series of the application.
fn of_board(application: &str, board: &Document, json: &Value, query: &Expression) -> Query {
    assert_eq!(query.syntax, Syntax::Grafana);
    let value = |name: &str, _: Option<&str>| {
        let time = TIMES.iter().find(|(known, _)| *known == name).map(|(_, time)| *time);
        let is_of_board = board.variables.as_ref().is_some_and(|known| known.contains(name));
        let of_board = || if name == "job" { application } else { ".*" };
        time.or_else(|| is_of_board.then(of_board)).map(str::to_owned)
    };
    let text = documents::filled(&query.text, value);
    assert!(!text.contains('$'), "{}: {text}: a variable that nobody fills", board.file);
    let Place::Pointer(pointer) = &query.place else { panic!("{:?}", query.place) };
    let target = pointer.strip_suffix("/expr").and_then(|target| json.pointer(target));
    let asked = match (query.role, &*query.labels) {
        (Role::Series, [label]) => Asked::ForValuesOf(label.label.clone()),
        _ if target.is_some_and(|target| target["instant"] == true) => Asked::AtTheEnd,
        _ => Asked::AllTheTime,
    };
    Query { place: place(board, query), text, asked }
}

fn place(document: &Document, query: &Expression) -> String {
    match &query.place {
        Place::Pointer(pointer) => format!("{}: {pointer}", document.file),
        Place::Line(line) => format!("{}:{line}", document.file),
    }
}

/// A file that can be read as a whole.
fn document(file: &Path) -> Document {
    let document = Document::read(file);
    assert_eq!((document.unchecked.len(), document.findings.len()), (0, 0), "{document:?}");
    assert!(!document.expressions.is_empty(), "{}", file.display());
    document
}

/// The files of a folder with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|it| it == ending)).collect();
    files.sort();
    files
}

fn deploy(application: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    workspace.join("examples").join(application).join("deploy")
}
