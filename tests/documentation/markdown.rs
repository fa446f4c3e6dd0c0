//! Parts of a Markdown text.

use std::collections::BTreeSet;

/// The lines under a heading, up to the next heading of its level or above.
pub(crate) fn section<'a>(page: &'a str, heading: &str) -> impl Iterator<Item = &'a str> {
    let level = heading.len() - heading.trim_start_matches('#').len();
    let mut lines = page.lines();
    assert!(lines.any(|line| line == heading), "there is no `{heading}`");
    let mut in_code = false;
    lines.take_while(move |line| {
        in_code ^= line.starts_with("```");
        let depth = line.len() - line.trim_start_matches('#').len();
        in_code || depth == 0 || depth > level
    })
}

/// The cells of all rows of the tables among some lines, without the heads.
pub(crate) fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<Vec<String>> {
    let lines: Vec<&str> = lines.collect();
    let is_rule = |line: &str| line.starts_with("|--");
    let mut rows = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        let is_head = lines.get(at + 1).is_some_and(|next| is_rule(next));
        if line.starts_with('|') && !is_rule(line) && !is_head {
            rows.insert(cells(line));
        }
    }
    rows
}

/// The rows of the tables whose first column has this head.
pub(crate) fn rows_below(page: &str, head: &str) -> BTreeSet<Vec<String>> {
    let mut rows = BTreeSet::new();
    let mut below = false;
    for line in page.lines() {
        if !line.starts_with('|') {
            below = false;
        } else if cells(line)[0] == head {
            below = true;
        } else if below && !line.starts_with("|--") {
            rows.insert(cells(line));
        }
    }
    assert!(!rows.is_empty(), "there is no table with the head `{head}`");
    rows
}

/// The cells of a row. `\|` is a character in a cell.
fn cells(row: &str) -> Vec<String> {
    let row = row.replace("\\|", "\0");
    let inside = row.trim().trim_start_matches('|').trim_end_matches('|');
    inside.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// The blocks of code that are marked with this language.
pub(crate) fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("{language}\n");
    page.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(&*fence)).collect()
}

/// The pieces of code within some text.
pub(crate) fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// A page without its blocks of code.
pub(crate) fn prose(page: &str) -> String {
    let mut in_code = false;
    let lines = page.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}
