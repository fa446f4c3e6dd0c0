//! Every relative link in the documentation leads to a file, and to a heading of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{WORKSPACE, markdown::prose};

#[test]
fn links_lead_to_files_and_headings() {
    let workspace = Path::new(WORKSPACE);
    let mut pages: Vec<_> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .iter()
        .map(|page| workspace.join(page))
        .collect();
    for folder in
        ["docs", "examples/job-queue", "examples/osapi", "examples/tasker", "metrics-runtime/src"]
    {
        markdown_files(&workspace.join(folder), &mut pages);
    }
    let mut broken = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for link in links(&prose(&text)) {
            if let Err(reason) = follow(page, &text, link) {
                broken.push(format!("{}: {link}: {reason}", page.display()));
            }
        }
    }
    assert!(pages.len() > 15, "too few pages were found");
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The targets of the links, without targets that rustdoc or the web resolves.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("::") && !target.contains("://")).collect()
}

fn follow(page: &Path, text: &str, link: &str) -> Result<(), String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = page.parent().unwrap().join(file);
    if !file.is_empty() && !target.exists() {
        return Err("there is no such file".to_owned());
    }
    if heading.is_empty() {
        return Ok(());
    }
    let text = if file.is_empty() { text.to_owned() } else { fs::read_to_string(target).unwrap() };
    let headings = prose(&text);
    let mut headings = headings.lines().filter(|line| line.starts_with('#')).map(anchor);
    headings.any(|anchor| anchor == heading).then_some(()).ok_or("there is no heading".to_owned())
}

/// The heading's name in a link, as Markdown's readers make it.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    heading.chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-")
}

fn markdown_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            into.push(path);
        }
    }
}
