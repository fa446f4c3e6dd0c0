//! Doc comments of other people as blocks of a page: code stays code, and all else is text.

use std::fmt::Write;

use super::text::text;

/// The blocks of a Markdown text: paragraphs, lists, tables, titles and code. Titles are in bold,
/// since headings would divide the page. A link is its text, and its address if it is one of the
/// web: what rustdoc links to is not on the page.
pub(super) fn blocks(markdown: &str) -> Vec<String> {
    let links = Links::of(markdown);
    let mut blocks = Vec::new();
    let mut open = Open::default();
    let mut rest = markdown.lines();
    while let Some(line) = rest.next() {
        let begin = line.trim_start();
        let title = begin.trim_start_matches('#');
        if let Some(fence) = fence(begin) {
            open.close(&mut blocks);
            let is_code = |line: &&str| !line.trim().starts_with(fence);
            let code: Vec<_> = rest.by_ref().take_while(is_code).collect();
            blocks.push(block_of_code(&code));
        } else if begin.is_empty() || definition(begin).is_some() {
            open.close(&mut blocks);
        } else if title.len() < begin.len() && title.starts_with(' ') {
            open.close(&mut blocks);
            blocks.push(format!("**{}**", text(&links.resolved(title))));
        } else if let Some(row) = begin.strip_prefix('|') {
            open.begin(Kind::Table, &mut blocks);
            open.parts.push(table_row(row, &links));
        } else if let Some(item) = ["* ", "- ", "+ "].iter().find_map(|b| begin.strip_prefix(b)) {
            open.begin(Kind::List, &mut blocks);
            open.parts.push(item.to_owned());
        } else {
            if open.kind == Kind::Table {
                open.close(&mut blocks);
            }
            open.add(begin);
        }
        // A link may stand on two lines, so that the links of a block are resolved at its end.
        open.links.clone_from(&links);
    }
    open.close(&mut blocks);
    blocks
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Kind {
    #[default]
    Paragraph,
    List,
    /// The rows are Markdown already.
    Table,
}

/// A paragraph, a list or a table that further lines may belong to.
#[derive(Default)]
struct Open {
    kind: Kind,
    /// The items of a list, the rows of a table, or a paragraph.
    parts: Vec<String>,
    links: Links,
}

impl Open {
    /// Begins a list or a table, unless it is open.
    fn begin(&mut self, kind: Kind, blocks: &mut Vec<String>) {
        if self.kind != kind {
            self.close(blocks);
            self.kind = kind;
        }
    }

    fn add(&mut self, line: &str) {
        match self.parts.last_mut() {
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None => self.parts.push(line.to_owned()),
        }
    }

    fn close(&mut self, blocks: &mut Vec<String>) {
        let Self { kind, parts, links } = std::mem::take(self);
        let block = parts.iter().map(|part| match kind {
            Kind::Paragraph => text(&links.resolved(part)),
            Kind::List => format!("* {}", text(&links.resolved(part))),
            Kind::Table => part.clone(),
        });
        let block: Vec<_> = block.collect();
        if !block.is_empty() {
            blocks.push(block.join("\n"));
        }
    }
}

/// A row of a table, without its first mark.
fn table_row(row: &str, links: &Links) -> String {
    let row = row.trim_end();
    let row = row.strip_suffix('|').unwrap_or(row).replace("\\|", "\u{0}");
    let cells = row.split('|').map(|cell| {
        let cell = cell.trim();
        if !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')) {
            return "---".to_owned();
        }
        text(&links.resolved(&cell.replace('\u{0}', "|")))
    });
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// The definitions of links: `[label]: address`.
#[derive(Clone, Default)]
struct Links(Vec<(String, String)>);

impl Links {
    fn of(markdown: &str) -> Self {
        let definitions = markdown.lines().filter_map(|line| definition(line.trim_start()));
        Self(definitions.map(|(label, to)| (label.to_owned(), to.to_owned())).collect())
    }

    /// The text with the labels of links in their place. Brackets that are no link stay.
    fn resolved(&self, markdown: &str) -> String {
        let mut resolved = String::new();
        let mut rest = markdown;
        while let Some((before, after)) = rest.split_once('[') {
            resolved.push_str(before);
            let Some((label, after)) = after.split_once(']') else {
                resolved.push('[');
                rest = after;
                continue;
            };
            let inline = after.strip_prefix('(').and_then(|after| after.split_once(')'));
            let reference = after.strip_prefix('[').and_then(|after| after.split_once(']'));
            let is_code = label.len() > 2 && label.starts_with('`') && label.ends_with('`');
            let (to, after) = match (inline, reference, self.to(label)) {
                (Some((to, after)), ..) => (to, after),
                (None, Some((name, after)), _) => (self.to(name).unwrap_or(""), after),
                (None, None, Some(to)) => (to, after),
                (None, None, None) if is_code => ("", after),
                (None, None, None) => {
                    resolved.push('[');
                    rest = rest.split_once('[').map_or("", |(_, rest)| rest);
                    continue;
                }
            };
            resolved.push_str(label);
            if to.starts_with("https://") || to.starts_with("http://") {
                let _ = write!(resolved, " ({to})");
            }
            rest = after;
        }
        resolved + rest
    }

    fn to(&self, label: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == label).map(|(_, to)| to.as_str())
    }
}

/// The label and the address of `[label]: address`.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (label, to) = line.strip_prefix('[')?.split_once("]:")?;
    let to = to.trim();
    (!to.is_empty() && !to.contains(' ')).then_some((label, to))
}

/// The marks that begin a block of code, and end it.
fn fence(line: &str) -> Option<&str> {
    let marks = line.len() - line.trim_start_matches(['`', '~']).len();
    (marks >= 3 && !line[marks..].contains('`')).then(|| &line[..marks])
}

/// A block of code, with more marks around it than it has inside.
fn block_of_code(lines: &[&str]) -> String {
    let marks = |line: &&str| line.chars().take_while(|c| *c == '`').count();
    let inside = lines.iter().map(|line| marks(&line.trim_start())).max().unwrap_or(0);
    let fence = "`".repeat(3.max(inside + 1));
    [&[fence.as_str()], lines, &[fence.as_str()]].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_code_and_all_else_is_text() {
        for (written, expected) in [
            ("One\ntwo.\n\nThree.", &["One two.", "Three."][..]),
            ("# Examples\nx", &["**Examples**", "x"]),
            ("* one\n  more\n- two\n\nend", &["* one more\n* two", "end"]),
            ("a:\n* b", &["a:", "* b"]),
            ("<b>x</b>", &["\\<b\\>x\\</b\\>"]),
            ("```rust\n<b> # x\n\n```\nend", &["```\n<b> # x\n\n```", "end"]),
            ("~~~\n```\n~~~", &["````\n```\n````"]),
            ("```\nnever closed", &["```\nnever closed\n```"]),
            (
                "| a | b |\n|:--|---|\n| `x` | <y> |\nend",
                &["| a | b |\n| --- | --- |\n| `x` | \\<y\\> |", "end"],
            ),
            ("text\n| a \\| b |", &["text", "| a &#124; b |"]),
            ("See [`A`](super::A), [`B`] and [the\nlist][C].", &["See `A`, `B` and the list."]),
            (
                "By [the rules], [2].\n\n[the rules]: https://example.org/r",
                &["By the rules (https://example.org/r), \\[2\\]."],
            ),
            ("[open [`A`](b", &["\\[open `A`(b"]),
            ("", &[]),
        ] {
            assert_eq!(blocks(written), expected, "{written}");
        }
    }
}
