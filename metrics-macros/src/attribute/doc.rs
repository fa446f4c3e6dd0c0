use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comments of an item, divided as rustdoc divides them into a summary and the rest.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Documentation {
    /// The first paragraph, on one line.
    pub(crate) summary: String,
    /// What comes after the first paragraph, as Markdown.
    pub(crate) rest: String,
}

impl Documentation {
    /// Reads all doc comments: `///`, `/** … */` and `#[doc = "…"]`. `None` if another macro makes
    /// one of them, as in `#[doc = concat!(…)]`.
    pub(crate) fn of(attributes: &[Attribute]) -> Option<Self> {
        let mut lines = Vec::new();
        for attribute in attributes {
            let Meta::NameValue(meta) = &attribute.meta else { continue };
            if !meta.path.is_ident("doc") {
                continue;
            }
            let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
            lines.extend(without_stars(&text.value()));
        }
        Some(Self::of_lines(&lines))
    }

    fn of_lines(lines: &[String]) -> Self {
        let mut at = skip_empty(lines, 0);
        while let Some(after) = lines.get(at).and_then(|line| Fence::of(line)) {
            at = skip_empty(lines, after.end(lines, at));
        }
        let from = at;
        if let Some(title) = lines.get(at).and_then(|line| heading(line)) {
            return Self { summary: title.to_owned(), rest: markdown(&lines[at + 1..]) };
        }
        while at < lines.len() && (at == from || !ends_paragraph(&lines[at])) {
            at += 1;
        }
        let summary: Vec<_> = lines[from..at].iter().map(|line| line.trim()).collect();
        // The line below a title is not part of it, nor of what follows.
        let rest =
            at + usize::from(at > from && lines.get(at).is_some_and(|line| underlines(line)));
        Self { summary: summary.join(" "), rest: markdown(&lines[rest..]) }
    }

    /// The whole text as Markdown.
    pub(crate) fn whole(&self) -> String {
        [self.summary.as_str(), &self.rest].map(str::trim).join("\n\n").trim().to_owned()
    }
}

/// The lines of one doc comment. Those of `/** … */` may each begin with a star, which is not part
/// of the text.
fn without_stars(text: &str) -> Vec<String> {
    // `str::lines` has no line for an empty text, which is the `///` between paragraphs.
    let lines: Vec<_> =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let (first, others) = lines.split_first().expect("`split` has one part at least");
    let mut written = others.iter().filter(|line| !line.trim().is_empty()).peekable();
    if written.peek().is_none() || !written.all(|line| line.trim_start().starts_with('*')) {
        return lines.iter().map(|line| (*line).to_owned()).collect();
    }
    let star = |line: &&str| {
        let text = line.trim_start();
        text.strip_prefix('*').unwrap_or(text).to_owned()
    };
    let first = first.trim_start().trim_start_matches('*');
    [first.to_owned()].into_iter().chain(others.iter().map(star)).collect()
}

fn skip_empty(lines: &[String], from: usize) -> usize {
    from + lines[from..].iter().take_while(|line| line.trim().is_empty()).count()
}

/// Whether a line ends the paragraph above it: an empty line, or one that begins another block
/// (`CommonMark` 0.31, 4.8).
fn ends_paragraph(line: &str) -> bool {
    let line = line.trim();
    let item = |rest: Option<&str>| {
        rest.is_some_and(|rest| rest.starts_with([' ', '\t']) && !rest.trim().is_empty())
    };
    line.is_empty()
        || line.starts_with('>')
        || line.starts_with("<!--")
        || heading(line).is_some()
        || Fence::of(line).is_some()
        || underlines(line)
        || is_rule(line)
        || item(line.strip_prefix(['-', '*', '+']))
        || item(line.strip_prefix("1.").or_else(|| line.strip_prefix("1)")))
}

/// The text of a heading: `# Text`.
fn heading(line: &str) -> Option<&str> {
    let line = line.trim();
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let is_heading = (1..=6).contains(&level) && (text.is_empty() || text.starts_with([' ', '\t']));
    is_heading.then(|| text.trim().trim_end_matches('#').trim_end())
}

/// Whether a line makes a heading of the paragraph above it.
fn underlines(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && ['=', '-'].iter().any(|mark| line.chars().all(|c| c == *mark))
}

/// A line across the page: `***`, `- - -`.
fn is_rule(line: &str) -> bool {
    let marks: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    marks.len() >= 3 && ['*', '-', '_'].iter().any(|mark| marks.chars().all(|c| c == *mark))
}

/// The marks around a block of code.
struct Fence {
    mark: char,
    len: usize,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let len = line.chars().take_while(|c| *c == mark).count();
        (len >= 3 && !(mark == '`' && line[len..].contains('`'))).then_some(Self { mark, len })
    }

    /// The line after the block that begins at this line.
    fn end(&self, lines: &[String], from: usize) -> usize {
        let closes = |line: &&String| {
            let line = line.trim();
            line.len() >= self.len && line.chars().all(|c| c == self.mark)
        };
        let body = &lines[from + 1..];
        let len = body.iter().take_while(|line| !closes(line)).count();
        lines.len().min(from + 2 + len)
    }
}

/// The lines without their common indentation, and without empty lines around them.
fn markdown(lines: &[String]) -> String {
    let written = || lines.iter().filter(|line| !line.trim().is_empty());
    let indentation = written().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let text: Vec<_> =
        lines.iter().map(|line| line.get(indentation..).unwrap_or_default().trim_end()).collect();
    text.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use syn::{ItemStruct, parse_str};

    use super::Documentation;

    fn read(comments: &str) -> (String, String) {
        let item: ItemStruct = parse_str(&format!("{comments}\nstruct S;")).unwrap();
        let read = Documentation::of(&item.attrs).unwrap();
        (read.summary, read.rest)
    }

    #[test]
    fn the_summary_is_the_first_paragraph_of_every_form() {
        for (comments, summary, rest) in [
            ("/// Jobs done.", "Jobs done.", ""),
            (
                "/// Jobs\n/// done.\n///\n/// More.\n///   indented",
                "Jobs done.",
                "More.\n  indented",
            ),
            ("///\n/// Jobs.\n/// ```\n/// a  b\n/// ```", "Jobs.", "```\na  b\n```"),
            ("/// Jobs.\n/// # Examples\n/// x", "Jobs.", "# Examples\nx"),
            ("/// # Jobs #\n/// Text.", "Jobs", "Text."),
            ("/// Jobs\n/// ====\n/// Text.", "Jobs", "Text."),
            ("/// Jobs:\n/// * one\n/// * two", "Jobs:", "* one\n* two"),
            (
                "/// Jobs in 2026.\n/// 2. no list\n/// #7 no heading",
                "Jobs in 2026. 2. no list #7 no heading",
                "",
            ),
            ("/// Jobs -\n/// some.", "Jobs - some.", ""),
            ("/// Jobs\n/// > quoted", "Jobs", "> quoted"),
            ("/// Jobs\n/// ***\n/// more", "Jobs", "***\nmore"),
            ("/// ```\n/// code\n/// ```\n/// Jobs.", "Jobs.", ""),
            ("/** Jobs done. */", "Jobs done.", ""),
            ("/** Jobs\n * done.\n *\n * More.\n */", "Jobs done.", "More."),
            (
                "/**\n * Jobs\n * done.\n *\n * ```\n *   x\n * ```\n */",
                "Jobs done.",
                "```\n  x\n```",
            ),
            ("/**\n Jobs\n done.\n\n More.\n */", "Jobs done.", "More."),
            ("/** Jobs\n\n * one\n\n text\n*/", "Jobs", "* one\n\ntext"),
            ("#[doc = \"Jobs\\ndone.\\n\\nMore.\"]", "Jobs done.", "More."),
            ("#[doc = \" Jobs.\"]\n#[doc = \"\"]\n/// More.", "Jobs.", "More."),
            ("#[doc(hidden)]\n///", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(read(comments), (summary.to_owned(), rest.to_owned()), "{comments}");
        }
    }

    #[test]
    fn the_text_of_another_macro_is_not_known() {
        let item: ItemStruct = parse_str("#[doc = concat!(\"a\", \"b\")] struct S;").unwrap();
        assert_eq!(Documentation::of(&item.attrs), None);
    }
}
