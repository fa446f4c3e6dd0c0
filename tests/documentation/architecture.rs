//! The paths that the architecture names exist, and so do the measurements that the comparison
//! cites.

use std::path::Path;

use crate::{
    WORKSPACE,
    markdown::{codes, rows_below},
    source,
};

#[test]
fn files_to_change_exist() {
    let page = source("docs/architecture.md");
    let contributing = source("CONTRIBUTING.md");
    let mut texts: Vec<_> =
        rows_below(&page, "to change").into_iter().map(|row| row[1].clone()).collect();
    texts.extend(rows_below(&contributing, "tests").into_iter().map(|row| row[0].clone()));
    texts.extend(page.lines().filter(|line| line.starts_with("Tests: ")).map(str::to_owned));
    let workspace = Path::new(WORKSPACE);
    let missing: Vec<_> = texts
        .iter()
        .flat_map(|text| codes(text))
        .filter(|code| code.contains('/'))
        .filter(|path| {
            !workspace.join(path).exists()
                && !workspace.join("metrics-runtime/src").join(path).exists()
        })
        .collect();
    assert!(missing.is_empty(), "there are no files {missing:#?}");
}

#[test]
fn cited_measurements_exist() {
    let benchmarks = source("docs/benchmarks.md");
    let rows = rows_below(&source("docs/comparison.md"), "subject");
    let cases: Vec<_> = rows.iter().flat_map(|row| codes(&row[2])).collect();
    assert!(cases.len() > 5, "no measurement is cited");
    for case in cases {
        assert!(benchmarks.contains(&format!("(`{case}`)\n")), "{case}");
    }
}
