//! The commands of the program `osapi-metrics`, as a shell runs them.

mod applications;
mod boundaries;
mod catalogue_schema;
mod check;
mod constant_labels;
mod dashboards;
mod diff;
mod documentation;
mod explore;
mod generate;
mod markdown;
mod native;
mod output;
mod readme;
mod reference;
mod registry;
mod renamed;
mod render;
mod rules;
mod server;
mod service;
mod tools;
mod verify;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use osapi_metrics::catalogue::document::CatalogueDocument;
use osapi_metrics_artefacts::{
    catalogue::Catalogues,
    generate::{Artefact, Origin, RuleOptions, generate},
};

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

/// The folder of these tests.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands")
}

/// A catalogue with one counter.
fn catalogue(name: &str, description: &str) -> String {
    format!(
        r#"{{"schema_version": 1, "sets": [{{"name": "Shop", "package": "shop", "metrics": [
            {{"name": "{name}", "prometheus_name": "{name}", "samples": ["{name}"],
              "kind": "counter", "description": "{description}"}}]}}]}}"#
    )
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The catalogue of a shop, with everything that a catalogue can have.
fn shop() -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/shop.json"].iter().collect();
    fs::read_to_string(path).unwrap()
}

/// What is generated from these catalogues, named `0.json`, `1.json` and so on. They may have
/// values
/// that the program refuses, because what is generated has to be right by itself.
fn generated(catalogues: &[&str]) -> Vec<Artefact> {
    let read = |json: &&str| serde_json::from_str::<CatalogueDocument>(json).unwrap();
    let documents = catalogues.iter().map(read);
    let catalogues = Catalogues::of(documents.collect());
    let names = (0..catalogues.documents().len()).map(|nth| format!("{nth}.json"));
    let origin = Origin { catalogues: names.collect(), folder: "out".to_owned() };
    generate(&catalogues, &origin, &RuleOptions::default())
}

/// The text of a generated file.
fn file<'a>(artefacts: &'a [Artefact], path: &str) -> &'a str {
    let found = artefacts.iter().find(|artefact| artefact.path == path);
    &found.unwrap_or_else(|| panic!("{path} is not generated")).content
}
