//! `job-queue verify` as a user runs it: with processes of job-queue, jobs, and a collector that
//! fails.
//!
//! The runs are twenty times as fast as the program, and no test expects a figure: a machine with
//! other work may have any.

#![cfg(target_os = "linux")]

use std::{
    fs::{self, File},
    io::pipe,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_metrics_tests::servers::ServerProcess;
use serde_json::Value;
use tempfile::TempDir;

const README: &str = include_str!("../README.md");

/// One pass of the schedule, with limits that any machine meets.
const SHORT: [&str; 14] = [
    "--speed",
    "20",
    "--duration",
    "5s",
    "--jobs",
    "2",
    "--max-overhead",
    "1000000",
    "--max-memory",
    "1000000",
    "--max-age",
    "5m",
    "--min-delivered",
    "0",
];

/// Longer than any wait of these tests.
const PATIENCE: Duration = Duration::from_secs(300);

/// `job-queue verify` with these arguments, whose temporary files are in the folder.
fn verify(arguments: &[&str], folder: &TempDir) -> Command {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_job-queue"));
    command.arg("verify").args(arguments).env("TMPDIR", folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end, and asserts that it leaves no file.
fn run(arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("a temporary folder");
    let output = verify(arguments, &folder).output().expect("the program starts");
    assert_eq!(left(folder.path()), Vec::<String>::new());
    output
}

/// The files in a folder.
fn left(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder");
    files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text")
}

/// The lines of a table up to the empty line, without its head, in columns.
fn rows(table: &str) -> Vec<Vec<String>> {
    let lines = table.lines().skip(1).take_while(|line| !line.is_empty());
    let cells = |line: &str| {
        let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect()
    };
    lines.map(cells).collect()
}

#[test]
fn a_run_measures_every_target_and_its_status_is_that_of_the_table() {
    let output = run(&SHORT);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    let table = rows(&printed);
    assert_eq!(table.len(), 5, "{printed}\n{said}");
    for row in &table {
        assert_eq!((row.len(), row[3].as_str()), (4, "met"), "{printed}");
    }
    assert_eq!(output.status.code(), Some(0), "{printed}\n{said}");
    // Whatever the collector did, the last export has every job.
    assert!(table[3][2].ends_with(" %, 0 lost"), "{printed}");
    assert!(printed.contains("connections refused: 3 exports due meanwhile"), "{printed}");
    assert!(said.contains("verify: the collector fails for 4.0s: connections refused"), "{said}");
    assert!(printed.contains("--speed has shortened intervals and faults"), "{printed}");

    // The README shows a table with the same targets and limits.
    let shown = README.split_once("```text\ntarget ").expect("a table").1;
    let shown = rows(shown.split_once("\n```").expect("its end").0);
    let first = |rows: &[Vec<String>]| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(first(&shown), first(&table));
    for (row, limit) in
        shown.iter().zip(["< 5.0 %", "≤ 30.0 s", "≤ 31.0 s", "≥ 99.9 %, 0 lost", "≤ 25.0 MiB"])
    {
        assert_eq!(row[1], limit);
    }
}

/// A reader that has closed the pipe wants no more; on a full disk the result is lost, which is
/// neither a success nor a target that is missed.
#[test]
fn a_result_that_cannot_be_written_is_the_status_2() {
    let missed = SHORT.map(|word| if word == "5m" { "1ms" } else { word });
    for (arguments, is_full, code) in
        [(SHORT, true, 2), (missed, true, 2), (SHORT, false, 0), (missed, false, 1)]
    {
        let folder = TempDir::new().expect("a temporary folder");
        let output = if is_full {
            Stdio::from(File::options().write(true).open("/dev/full").expect("a device"))
        } else {
            let (reader, closed) = pipe().expect("a pipe");
            drop(reader);
            Stdio::from(closed)
        };
        let run = verify(&arguments, &folder).stdout(output).output().expect("the program starts");
        let said = text(&run.stderr);
        assert_eq!(run.status.code(), Some(code), "{said}");
        assert_eq!(said.contains("cannot be written: No space left"), is_full, "{said}");
        assert_eq!(left(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn a_target_that_is_missed_is_the_status_1() {
    // No value is as young.
    let missed = SHORT.map(|word| if word == "5m" { "1ms" } else { word });
    let output = run(&[&missed[..], &["--report", "json"]].concat());
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{printed}\n{said}");
    assert!(said.ends_with("job-queue: 2 of 5 targets are missed\n"), "{said}");
    let report: Value = serde_json::from_str(&printed).expect("JSON");
    let targets = report["targets"].as_array().expect("a list");
    let met: Vec<_> = targets.iter().map(|row| row["met"].as_bool()).collect();
    assert_eq!(met, [true, false, false, true, true].map(Some), "{printed}");
    for row in targets {
        assert!(row["value"].as_f64().is_some_and(f64::is_finite), "{row}");
    }
    assert!(targets[1]["value"].as_f64() > Some(0.0), "{printed}");
}

#[test]
fn what_cannot_be_measured_is_an_error_and_the_status_2() {
    let folder = TempDir::new().expect("a temporary folder");
    let program = folder.path().join("program");
    fs::write(&program, "#!/bin/sh\necho no room >&2\nexit 3\n").expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    let program = program.to_str().expect("a temporary folder");
    let table: [(&[&str], &str); 12] = [
        (&["--duration", "20s"], "--duration 20s is shorter than one pass of the schedule"),
        (&["--duration", "soon"], "invalid value 'soon' for '--duration <DURATION>'"),
        (&["--speed", "1000"], "expected a number from 1 to 100"),
        (&["--jobs", "0"], "expected a whole number from 1 to 1000"),
        (&["--min-delivered=-1"], "expected a number from 0 to 100"),
        (&["--min-delivered", "100.1"], "expected a number from 0 to 100"),
        (&["--max-overhead", "NaN"], "expected a number from 0 to 1000000"),
        (&["--max-memory", "1e308"], "expected a number from 0 to 1000000"),
        (&["--max-memory", "inf"], "expected a number from 0 to 1000000"),
        (&["--speed", "nan"], "expected a number from 1 to 100"),
        (&["--program", "/nowhere/job-queue"], "`/nowhere/job-queue` cannot be started: "),
        (
            &["--program", program],
            "has ended early (exit status: 3); the end of its log:\n  no room",
        ),
    ];
    for (arguments, expected) in table {
        let output = run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

/// The processes whose parent is this one.
fn children(parent: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("Linux").map_while(Result::ok) {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        // A process can end meanwhile.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        if fields.split_whitespace().nth(1) == Some(&parent.to_string()) {
            found.push(id);
        }
    }
    found
}

fn signal(name: &str, process: u32) {
    let sent = ServerProcess::command("kill").args(["-s", name, &process.to_string()]).status();
    assert!(sent.expect("there is `kill`").success());
}

/// Starts a long run, disturbs it when its three processes run, and returns its error.
fn disturbed(disturb: impl FnOnce(u32, &[u32])) -> String {
    let folder = TempDir::new().expect("a temporary folder");
    let process = verify(&["--duration", "1h"], &folder).spawn().expect("the program starts");
    let begin = Instant::now();
    let mut processes = children(process.id());
    while processes.len() < 3 {
        assert!(begin.elapsed() < PATIENCE, "the processes do not start");
        thread::yield_now();
        processes = children(process.id());
    }
    disturb(process.id(), &processes);
    let output = process.wait_with_output().expect("it can be waited for");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for child in processes {
        // The number can be that of another process by now, but not of a process of this run.
        let folder_of = fs::read(format!("/proc/{child}/environ")).unwrap_or_default();
        let path = folder.path().to_str().expect("a path").as_bytes();
        let is_left = folder_of.windows(path.len()).any(|window| window == path);
        assert!(!is_left, "process {child} runs on");
    }
    assert_eq!(left(folder.path()), Vec::<String>::new());
    said
}

#[test]
fn a_process_that_dies_ends_the_measurement_and_the_other_processes() {
    let said = disturbed(|_, children| signal("KILL", children[0]));
    assert!(said.contains("has ended early (signal: 9 (SIGKILL))"), "{said}");
    assert!(said.contains("; the end of its log:\n"), "{said}");
}

#[test]
fn an_interrupt_ends_the_processes() {
    let said = disturbed(|process, _| signal("INT", process));
    assert!(
        said.ends_with("job-queue: interrupted; the processes of the measurement were stopped\n")
    );
}

/// The commands of the README have the options that they show.
#[test]
fn the_help_has_the_options_of_the_readme() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let help = text(&help.stdout);
    let section = README.split_once("\n## The targets\n").expect("the section").1;
    let section = section.split_once("\n## ").expect("its end").0;
    let words = section.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let is_option = |word: &&str| word.starts_with("--") && !word.ends_with('-');
    let options: Vec<_> = words.filter(is_option).collect();
    assert!(options.len() > 5, "{options:?}");
    for option in options.iter().filter(|option| **option != "--release") {
        assert!(help.contains(&format!("{option} <")), "{option}\n{help}");
    }
}
