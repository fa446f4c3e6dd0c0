//! The README states what is in the code: its tables, its commands, and what they print.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::Stdio,
};

use osapi_metrics_tests::servers::{self, ServerProcess};
use tasker::{
    metrics::descriptors,
    workflow::{StepState, TaskState, WORKFLOWS},
};
use tempfile::TempDir;

const README: &str = include_str!("../README.md");

/// The address in the README.
const BASE: &str = "http://127.0.0.1:8090";

/// The rows of the tables whose first column has this head, without the last of their cells.
fn rows(head: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut below = false;
    for line in README.lines() {
        let inside = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
        let cells: Vec<_> = inside.into_iter().flat_map(|row| row.split('|')).collect();
        let Some(first) = cells.first() else {
            below = false;
            continue;
        };
        if first.trim().starts_with(head) {
            below = true;
        } else if below && !first.starts_with("--") {
            rows.push(cells.iter().map(|cell| cell.trim().to_owned()).collect());
        }
    }
    assert!(!rows.is_empty(), "there is no table with the head `{head}`");
    rows
}

/// The blocks of code that are marked with this language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let blocks = README.split("\n```").skip(1).step_by(2);
    blocks.filter_map(move |block| block.strip_prefix(language)?.strip_prefix('\n'))
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[test]
fn its_tables_have_every_metric_with_its_labels() {
    let listed = rows("metric of ").into_iter().map(|row| (row[0].clone(), row[1].clone()));
    let listed: Vec<_> = listed.collect();
    let declared = descriptors().map(|metric| {
        let labels: Vec<_> = metric.labels.iter().map(|label| code(label.key)).collect();
        (code(metric.prometheus_name()), labels.join(", "))
    });
    let listed_once: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed_once, declared.collect());
    // The 44 metrics of the list, and those of the objective.
    assert_eq!(listed.len(), 46, "each metric is listed once");
    let with_id = listed.iter().filter(|(_, labels)| labels.contains("`correlation_id`"));
    assert_eq!(with_id.count(), 14);
    assert!(README.contains("fourteen metrics have it as a label"));
}

#[test]
fn its_tables_have_every_state_and_workflow() {
    let first = |head| rows(head).into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    let of_tasks: Vec<_> = TaskState::ALL.iter().map(|state| code(state.as_str())).collect();
    assert_eq!(first("state of a task"), of_tasks);
    let of_steps: Vec<_> = StepState::ALL.iter().map(|state| code(state.as_str())).collect();
    assert_eq!(first("state of a step"), of_steps);
    let workflows: Vec<_> = WORKFLOWS
        .iter()
        .map(|workflow| vec![code(workflow.name), workflow.summary.to_owned()])
        .collect();
    assert_eq!(rows("workflow"), workflows);
}

/// What `tasker` prints with these arguments.
fn printed(arguments: &[&str]) -> String {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
    let output = command.args(arguments).stdout(Stdio::piped()).output();
    let output = output.expect("the program starts");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("a text")
}

#[test]
fn the_help_has_its_commands_and_their_options() {
    let lines = blocks("console").flat_map(str::lines);
    let commands: Vec<_> =
        lines.filter_map(|line| line.split_once("cargo run -p tasker -- ")).collect();
    assert_eq!(commands.len(), 8, "{commands:#?}");
    for (_, arguments) in commands {
        let words: Vec<_> = arguments.split_whitespace().collect();
        let help = printed(&[words[0], "--help"]);
        for option in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(&format!("{option} <")), "{arguments}: {option}\n{help}");
        }
    }
    let help = printed(&["--help"]);
    for row in rows("command") {
        let command = row[0].trim_matches('`').strip_prefix("tasker").expect("a command");
        let mut words = command.split_whitespace();
        if let Some(part) = words.next() {
            assert!(help.contains(&format!("\n  {part} ")), "{command}\n{help}");
            let usage = printed(&[part, "--help"]);
            let usage = usage.lines().find(|line| line.starts_with("Usage:")).expect("a usage");
            for word in words {
                assert!(usage.contains(word), "{command}: {usage}");
            }
        }
    }
}

/// The program prints the lines of the README, and its commands are the README's.
#[test]
fn the_program_prints_its_addresses_and_commands() {
    let Some(postgres) = servers::postgres() else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
    command.args(["--listen", "127.0.0.1:0", "--database", &postgres.url()]);
    let log = folder.path().join("tasker.log");
    let mut process = ServerProcess::start(command.stdout(Stdio::piped()), log);
    let stdout = process.child().stdout.take().expect("piped");
    let mut lines = Vec::new();
    for line in BufReader::new(stdout).lines() {
        lines.push(line.expect("UTF-8"));
        if lines.last().is_some_and(|line| line.contains("| grep ")) {
            break;
        }
    }
    let api = lines.iter().find_map(|line| line.trim().strip_prefix("API "));
    let base = api.expect("the address of the API").trim().trim_end_matches("/v1/tasks");
    let banner: Vec<_> = lines.iter().map(|line| line.replace(base, BASE)).collect();
    let shown = blocks("text").find(|block| block.starts_with("tasker is ready"));
    for line in shown.expect("what it prints").lines() {
        assert!(banner.iter().any(|printed| printed == line), "{line}");
    }
    let commands = blocks("console").flat_map(str::lines).filter(|line| line.starts_with("curl"));
    let commands: Vec<_> = commands.collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        assert!(banner.iter().any(|printed| printed.trim() == command), "{command}");
    }
}
