//! `docs/rules.md` shows each rule with files of these folders: refused files with the message of
//! the compiler, and accepted files.

use std::{env, fs, iter::Peekable};

const PAGE: &str = "../../docs/rules.md";

const RULES: [&str; 46] = [
    "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10", "N11", "N12", "D1", "D2", "D3",
    "U1", "U2", "B1", "B2", "B3", "B4", "T1", "T2", "T3", "T4", "T5", "L1", "L2", "L3", "L4", "L5",
    "L6", "L7", "I1", "I2", "I3", "I4", "I5", "J1", "J2", "J3", "J4", "J5", "S1", "S2", "S3",
];

/// Rules that a single file cannot break: `tests/hygiene` and `tests/process` test them.
const ELSEWHERE: [&str; 4] = ["J3", "S1", "S2", "S3"];

#[test]
fn the_page_of_rules_shows_what_is_tested() {
    let page = page();
    let shown = with_examples(&page);
    if env::var_os("TRYBUILD").is_some_and(|mode| mode == "overwrite") {
        fs::write(PAGE, shown).expect("the page can be written");
        return;
    }
    let differs = page.lines().zip(shown.lines()).enumerate().find(|(_, (is, to_be))| is != to_be);
    assert!(
        page == shown,
        "`docs/rules.md` is not what the files beside it say, from line {differs:#?} on; \
         `TRYBUILD=overwrite` writes it again"
    );
}

#[test]
fn each_rule_is_broken_and_kept() {
    let page = page();
    let sections: Vec<_> = page.split("\n### ").skip(1).collect();
    let rules: Vec<_> = sections.iter().filter_map(|section| section.split(':').next()).collect();
    assert_eq!(rules, RULES);
    for (section, rule) in sections.iter().zip(RULES) {
        let heading = section.lines().next().unwrap_or_default();
        let entry = format!("| [{rule}](#{}) | ", anchor(heading));
        assert!(page.contains(&entry), "the table lacks {entry}");
        let refused = section.matches("\nRefused ([").count();
        let accepted = section.matches("\nAccepted ([").count();
        assert_eq!(
            (refused > 0, accepted > 0) == (true, true),
            !ELSEWHERE.contains(&rule),
            "{rule}"
        );
    }
}

fn page() -> String {
    fs::read_to_string(PAGE).expect("the page is there")
}

/// The anchor of a heading, as Markdown renderers derive it.
fn anchor(heading: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    heading.to_lowercase().chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-")
}

/// The page with the current contents of each example's file.
fn with_examples(page: &str) -> String {
    let mut shown = String::new();
    let mut lines = page.lines().peekable();
    let mut rule = "";
    while let Some(line) = lines.next() {
        shown += line;
        shown += "\n";
        if let Some(heading) = line.strip_prefix("### ") {
            rule = heading.split(':').next().unwrap_or_default();
        }
        let Some(path) = example(line) else { continue };
        skip_blocks(&mut lines);
        let source = read(&format!("{path}.rs"));
        if line.starts_with("Accepted") {
            shown += &block("rust", accepted(&source, rule));
        } else {
            let output = read(&format!("{path}.stderr"));
            shown += &block("rust", &refused(&source, &output));
            shown += &block("text", &said(&output));
        }
        if lines.peek().is_some() {
            shown += "\n";
        }
    }
    shown
}

fn block(language: &str, text: &str) -> String {
    format!("\n```{language}\n{text}\n```\n")
}

/// The file that a line links to, without its extension.
fn example(line: &str) -> Option<&str> {
    let shown = line.strip_prefix("Refused ([`").or_else(|| line.strip_prefix("Accepted ([`"))?;
    let (path, target) = shown.split_once(".rs`](../tests/ui/")?;
    assert!(target.starts_with(&format!("{path}.rs")), "{line}");
    Some(path)
}

/// Skips the code blocks that follow, and the empty lines around them.
fn skip_blocks<'a>(lines: &mut Peekable<impl Iterator<Item = &'a str>>) {
    loop {
        while lines.next_if(|line| line.is_empty()).is_some() {}
        if lines.next_if(|line| line.starts_with("```")).is_none() {
            return;
        }
        lines.by_ref().find(|line| *line == "```");
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The item below the number of the rule.
fn accepted<'a>(source: &'a str, rule: &str) -> &'a str {
    let (_, rest) =
        source.split_once(&format!("\n// {rule}\n")).unwrap_or_else(|| panic!("{rule}"));
    rest.split("\n\n").next().unwrap_or_default()
}

/// The items that the compiler points at.
fn refused(source: &str, output: &str) -> String {
    let places = output.lines().filter_map(|line| line.trim_start().strip_prefix("--> "));
    let lines: Vec<usize> =
        places.filter_map(|place| place.split(':').nth(1)?.parse().ok()).collect();
    let mut first = 1;
    let mut items = Vec::new();
    for item in source.trim_end().split("\n\n") {
        let next = first + item.lines().count() + 1;
        if lines.iter().any(|line| (first..next).contains(line)) {
            items.push(item);
        }
        first = next;
    }
    items.join("\n\n")
}

/// The message of the compiler, without the notes that list types and functions of the framework.
fn said(output: &str) -> String {
    let diagnostics = output.trim().split("\n\n").map(|diagnostic| {
        let mut kept: Vec<&str> = Vec::new();
        let mut left_out = false;
        for line in diagnostic.lines() {
            if line.starts_with("help: ") || line.starts_with("note: ") {
                left_out = true;
            } else if let Some(note) = line.trim_start().strip_prefix("= ") {
                left_out = OF_THE_FRAMEWORK.iter().any(|begin| note.starts_with(begin));
            }
            if !left_out {
                kept.push(line);
            }
        }
        while kept.last().is_some_and(|line| line.trim() == "|") {
            kept.pop();
        }
        kept.join("\n")
    });
    diagnostics.collect::<Vec<_>>().join("\n\n")
}

const OF_THE_FRAMEWORK: [&str; 4] = [
    "note: this error originates",
    "note: required ",
    "help: the trait ",
    "help: the following other types ",
];
