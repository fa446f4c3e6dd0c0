//! What is committed beside the applications of the workspace.

use std::{
    fs,
    path::{Path, PathBuf},
};

const APPLICATIONS: [&str; 3] = ["job-queue", "osapi", "tasker"];

/// The folder of an application.
pub(crate) fn folder(application: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(application)
}

/// The files of every application below this folder that have this ending, sorted. Each has some.
pub(crate) fn files(below: &str, ending: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for application in APPLICATIONS {
        let entries = fs::read_dir(folder(application).join(below)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let is_wanted = |path: &PathBuf| path.extension().is_some_and(|it| it == ending);
        let found: Vec<_> = paths.filter(is_wanted).collect();
        assert!(!found.is_empty(), "{application} has no {below}");
        all.extend(found);
    }
    all.sort();
    all
}

/// The catalogue of each application.
pub(crate) fn catalogues() -> Vec<String> {
    let read = |application| fs::read_to_string(folder(application).join("catalogue.json"));
    APPLICATIONS.map(|application| read(application).unwrap()).into()
}
