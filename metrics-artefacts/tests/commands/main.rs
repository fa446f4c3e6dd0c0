//! The commands of the program `osapi-metrics`, as a shell runs them.

mod verify;

use std::{fs, path::Path, process::Command};

/// What a run of the program left.
struct Run {
    status: Option<i32>,
    output: String,
    error: String,
}

/// Runs the program in a folder.
fn osapi_metrics(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_osapi-metrics"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    Run {
        status: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}
