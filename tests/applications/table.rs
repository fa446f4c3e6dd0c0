//! The table of the README: the list, with the names, the kinds and the labels in Prometheus.

use std::{env, fs, path::Path};

use crate::{
    evidence::Evidence,
    list::{Label, Metric, SYSTEMS, System},
};

const HEAD: &str = "| system | metric | in Prometheus | kind, unit | labels |";
const RULE: &str = "|---|---|---|---|---|";

/// The variable that has the test write the table.
const VARIABLE: &str = "OSAPI_UPDATE";

/// The rows, without what differs from run to run.
fn rows() -> impl Iterator<Item = String> {
    SYSTEMS.iter().flat_map(|system| system.metrics.iter().map(|metric| row(system, metric)))
}

/// The table with a further column: what Prometheus has seen.
pub(crate) fn with_evidence(evidence: &[Evidence]) -> String {
    let rows = rows().zip(evidence).map(|(row, Evidence { series, most, .. })| {
        format!("{row} {series} series, at most {most} |\n")
    });
    format!("{HEAD} seen |\n{RULE}---|\n{}", rows.collect::<String>())
}

fn row(system: &System, metric: &Metric) -> String {
    let unit = match metric.unit {
        "" => String::new(),
        unit => format!(", `{unit}`"),
    };
    let states = metric.states.iter().map(|(value, meaning)| format!(", {value} {meaning}"));
    let states: Vec<_> = states.collect();
    let mut labels: Vec<_> = metric.labels.iter().map(cell).collect();
    labels.extend(metric.added.iter().map(|key| format!("+ `{key}`")));
    format!(
        "| {} | `{}` | `{}` | {}{unit}{} | {} |",
        system.name,
        metric.name,
        metric.scraped,
        metric.kind.as_str(),
        states.concat(),
        labels.join("; "),
    )
}

fn cell(label: &Label) -> String {
    let key = if label.scraped == label.key {
        format!("`{}`", label.key)
    } else {
        format!("`{}` as `{}`", label.key, label.scraped)
    };
    let values = label.values.iter().map(|value| format!("`{value}`"));
    let added = label.added.iter().map(|value| format!("+ `{value}`"));
    let values: Vec<_> = values.chain(added).collect();
    if values.is_empty() { key } else { format!("{key}: {}", values.join(", ")) }
}

/// Compares the table of the README with the list, or writes it there.
#[test]
fn the_readme_shows_the_list() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&file).expect("the README");
    let (before, rest) = readme.split_once(HEAD).expect("the head of the table");
    let end = rest.find("\n\n").expect("the end of the table");
    let (shown, after) = rest.split_at(end);
    let rows: Vec<_> = rows().collect();
    if env::var_os(VARIABLE).is_some_and(|value| value == "1") {
        let table = format!("{before}{HEAD}\n{RULE}\n{}{after}", rows.join("\n"));
        fs::write(file, table).expect("the README can be written");
        return;
    }
    let shown: Vec<_> = shown.lines().skip(2).collect();
    for (shown, row) in shown.iter().zip(&rows) {
        assert_eq!(shown, row, "`{VARIABLE}=1` writes the table");
    }
    assert_eq!(shown.len(), rows.len(), "`{VARIABLE}=1` writes the table");
}
