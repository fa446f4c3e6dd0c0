//! The page about instruments lists the instruments that the derive accepts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{WORKSPACE, assert_same, markdown::rows_below};

const PAGE: &str = include_str!("../../metrics-runtime/src/docs/instruments.md");

#[test]
fn instruments_are_the_instruments_that_the_macro_accepts() {
    let mut sources = Vec::new();
    rust_files(&Path::new(WORKSPACE).join("metrics-macros/src/metric_set"), &mut sources);
    let lists: Vec<_> = sources
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .filter_map(|source| {
            let list = source.split("const INSTRUMENTS: ").nth(1)?.split("];").next()?;
            Some(list.to_owned())
        })
        .collect();
    assert_eq!(lists.len(), 1, "`INSTRUMENTS` is one list");
    let instruments: BTreeSet<_> =
        lists[0].split('"').skip(1).step_by(2).map(|name| format!("`{name}`")).collect();
    let listed = rows_below(PAGE, "instrument").iter().map(|row| row[0].clone()).collect();
    assert_same(&listed, &instruments);
}

/// The Rust files of a folder and of its folders.
fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}
