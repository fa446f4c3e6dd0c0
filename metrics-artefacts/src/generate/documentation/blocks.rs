//! Doc comments of other people as blocks of a page: code stays code, and all else is text.

use super::text::text;

/// The blocks of a Markdown text: paragraphs, lists, titles and code. Titles are in bold, since
/// headings would divide the page.
pub(super) fn blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open = Open::default();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let begin = line.trim_start();
        let title = begin.trim_start_matches('#');
        if let Some(fence) = fence(begin) {
            open.close(&mut blocks);
            let is_code = |line: &&str| !line.trim().starts_with(fence);
            let code: Vec<_> = lines.by_ref().take_while(is_code).collect();
            blocks.push(block_of_code(&code));
        } else if begin.is_empty() {
            open.close(&mut blocks);
        } else if title.len() < begin.len() && title.starts_with(' ') {
            open.close(&mut blocks);
            blocks.push(format!("**{}**", text(title)));
        } else if let Some(item) = ["* ", "- ", "+ "].iter().find_map(|b| begin.strip_prefix(b)) {
            if !open.is_list {
                open.close(&mut blocks);
            }
            open.is_list = true;
            open.parts.push(item.to_owned());
        } else {
            open.add(begin);
        }
    }
    open.close(&mut blocks);
    blocks
}

/// A paragraph or a list that further lines may belong to.
#[derive(Default)]
struct Open {
    is_list: bool,
    /// The items of a list, or a paragraph.
    parts: Vec<String>,
}

impl Open {
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
        let Self { is_list, parts } = std::mem::take(self);
        let mark = if is_list { "* " } else { "" };
        let parts: Vec<_> = parts.iter().map(|part| format!("{mark}{}", text(part))).collect();
        if !parts.is_empty() {
            blocks.push(parts.join("\n"));
        }
    }
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
            ("", &[]),
        ] {
            assert_eq!(blocks(written), expected, "{written}");
        }
    }
}
