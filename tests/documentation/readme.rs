//! The README: its program and what that prints, the compiler's error, features and versions.

use std::{env, process::Command};

use crate::{
    assert_same, code_below_comment,
    markdown::{blocks, rows, section},
    source,
};

const README: &str = include_str!("../../README.md");

/// The documentation of the crate.
const CRATE: &str = include_str!("../../metrics-runtime/src/docs/crate.md");

mod program {
    include!("readme_program.rs");

    pub(super) fn run() -> Result<(), Box<dyn std::error::Error>> {
        main()
    }
}

#[test]
fn it_can_be_read_at_once() {
    // What is folded is not read at once.
    let mut parts = README.split("<details>");
    let mut lines = parts.next().expect("a beginning").lines().count();
    for part in parts {
        let (_, shown) = part.split_once("</details>").expect("the end of what is folded");
        lines += shown.lines().count();
    }
    assert!(lines <= 170, "the README has {lines} lines");
}

#[test]
fn its_program_is_shown_as_it_is_compiled() {
    let program = code_below_comment(include_str!("readme_program.rs"));
    assert_eq!(blocks(README, "rust"), [program]);
    let example = include_str!("../../examples/quickstart.rs");
    assert!(example.ends_with(&format!("//! ```\n\n{program}")), "the example is another program");
}

#[test]
fn its_program_runs() {
    program::run().unwrap();
}

/// The test above in a process of its own prints the lines that are shown, in their order.
#[test]
fn its_program_prints_what_is_shown() {
    let mut test = Command::new(env::current_exe().unwrap());
    let test = test.args(["--exact", "readme::its_program_runs", "--nocapture"]);
    let printed = String::from_utf8(test.output().unwrap().stdout).unwrap();
    let mut printed_lines = printed.lines();
    let shown = blocks(README, "text")[0];
    assert!(shown.lines().count() > 5);
    for line in shown.lines() {
        assert!(printed_lines.any(|printed| printed == line), "{line} is not in:\n{printed}");
    }
}

#[test]
fn the_compiler_answers_as_shown() {
    let answer = include_str!("../ui/name/n3_counter_without_total_in_the_field.stderr");
    assert_eq!(blocks(README, "text")[1], answer);
}

#[test]
fn features_are_the_features_of_the_manifest() {
    let manifest = source("metrics-runtime/Cargo.toml");
    let features = manifest.split("[features]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let features: Vec<_> =
        features.unwrap().lines().filter_map(|line| line.split_once(" = ")).collect();
    let by_default = features.iter().find(|(name, _)| *name == "default").unwrap().1;
    let expected = features
        .iter()
        .filter(|(name, _)| *name != "default" && !name.starts_with('_'))
        .map(|(name, _)| {
            let is_default = by_default.contains(&format!("\"{name}\""));
            (format!("`{name}`"), if is_default { "yes" } else { "" }.to_owned())
        })
        .collect();
    let table = rows(section(CRATE, "# Crate features"));
    assert_same(&table.iter().map(|row| (row[0].clone(), row[1].clone())).collect(), &expected);

    let lines = table.iter().map(|row| {
        let default = if row[1] == "yes" { " (default)" } else { "" };
        format!("* {}{default}: {}", row[0], row[2])
    });
    let listed = section(README, "## Crate features").filter(|line| line.starts_with("* "));
    assert_same(&listed.map(str::to_owned).collect(), &lines.collect());
}

/// The modules of the crate's documentation are the public ones.
#[test]
fn modules_are_the_public_modules_of_the_crate() {
    let root = source("metrics-runtime/src/lib.rs");
    let public = root.lines().filter_map(|line| line.strip_prefix("pub mod "));
    let public = public.map(|rest| rest.trim_end_matches([';', '{', ' ']));
    let public = public.filter(|name| !name.starts_with("__private"));
    let name = |cell: &str| cell.trim_matches(['[', ']', '`']).to_owned();
    let listed = rows(section(CRATE, "# Modules")).iter().map(|row| name(&row[0])).collect();
    assert_same(&listed, &public.map(str::to_owned).collect());
}

#[test]
fn versions_are_the_versions_of_the_manifests() {
    let workspace = source("Cargo.toml");
    let toolchain = source("rust-toolchain.toml");
    let specifications = source("docs/specifications.md");
    for (manifest, key, page, sentence) in [
        (&workspace, "version = ", README, "\nVersion {}, "),
        (&workspace, "rust-version = ", README, " · Rust {} · "),
        (&workspace, "rust-version = ", README, "The libraries support Rust {}."),
        (&toolchain, "channel = ", README, "`rust-toolchain.toml` pins, {};"),
        (&workspace, "opentelemetry = { version = ", README, "OpenTelemetry are pinned to {},"),
        (
            &workspace,
            "opentelemetry = { version = ",
            &specifications,
            "as `opentelemetry_sdk` {} follows it",
        ),
    ] {
        let value = manifest.split(key).nth(1).and_then(|rest| rest.split('"').nth(1));
        let value = value.unwrap().trim_start_matches('=');
        let sentence = sentence.replace("{}", value);
        assert!(page.contains(&sentence), "{sentence}");
    }
}
