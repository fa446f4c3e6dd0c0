//! A result that nobody can read: on a full disk, or behind a pipe that its reader has closed.

#![cfg(target_os = "linux")]

use std::{
    fs::{self, File},
    io::pipe,
    process::{Command, Stdio},
};

use super::{catalogue, folder};

/// Each command that needs no other program, and its exit status where its result can be written.
const COMMANDS: [(&[&str], i32); 6] = [
    (&["diff", "old.json", "new.json"], 1),
    (&["diff", "old.json", "old.json", "--format", "json"], 0),
    (&["check", "--catalogue", "old.json", "rules.yml"], 1),
    (&["generate", "--catalogue", "old.json", "--out", "out"], 0),
    (&["generate", "--check", "--catalogue", "new.json", "--out", "out"], 1),
    (&["verify", "--catalogue", "old.json", "http://127.0.0.1:1/metrics"], 2),
];

/// The status and standard error of each command, with this standard output.
fn runs(output: impl Fn() -> Stdio) -> Vec<(Option<i32>, String)> {
    let files = folder(&[
        ("old.json", &catalogue("shop_orders_total", "Orders.")),
        ("new.json", &catalogue("shop_sales_total", "Sales.")),
        ("rules.yml", "groups: [{name: a, rules: [{record: b, expr: shop_order_total}]}]"),
    ]);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_osapi-metrics"));
        command.args(arguments).current_dir(files.path()).stdout(output());
        let run = command.stderr(Stdio::piped()).output().unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    COMMANDS.iter().map(|(arguments, _)| run(arguments)).collect()
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn a_result_that_cannot_be_written_is_none() {
    for ((arguments, _), (status, error)) in COMMANDS.iter().zip(runs(full)) {
        assert_eq!(status, Some(2), "{arguments:?}: {error}");
        let line = "osapi-metrics: standard output cannot be written: No space left on device";
        assert!(error.starts_with(line), "{arguments:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
    }
}

#[test]
fn a_reader_that_is_gone_changes_no_exit_status() {
    let closed = || {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        writer.into()
    };
    for ((arguments, expected), (status, error)) in COMMANDS.iter().zip(runs(closed)) {
        assert_eq!((status, error.as_str()), (Some(*expected), ""), "{arguments:?}");
    }
}

#[test]
fn a_reason_that_cannot_be_written_leaves_the_exit_status() {
    let files = folder(&[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_osapi-metrics"));
    command.args(["diff", "missing.json", "missing.json"]).current_dir(files.path());
    let status = command.stdout(Stdio::null()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(2));
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 0);
}
