use std::fmt::Write;

use super::{
    anchor::Anchors,
    examples::Example,
    text::{code, comment, line, plain},
};
use crate::generate::artefact::Origin;

/// A page of Markdown that is written from the top to the bottom. Texts that are passed to its
/// methods are Markdown already.
#[derive(Debug, Default)]
pub(super) struct Page {
    markdown: String,
}

/// A heading with the name that links to it have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// The heading, as Markdown.
    pub(super) title: String,
    pub(super) anchor: String,
}

impl Heading {
    /// The next heading of the page, of a name that is shown as code.
    pub(super) fn of_name(name: &str, anchors: &mut Anchors) -> Self {
        Self { title: code(name), anchor: anchors.next(&line(name)) }
    }

    /// The next heading of the page.
    pub(super) fn of_words(words: &str, anchors: &mut Anchors) -> Self {
        Self { title: plain(words), anchor: anchors.next(&line(words)) }
    }

    /// `[title](#anchor)`
    pub(super) fn link(&self) -> String {
        format!("[{}](#{})", self.title, self.anchor)
    }
}

impl Page {
    /// A page with the marker in its first line.
    pub(super) fn new(origin: &Origin) -> Self {
        Self { markdown: format!("<!-- {} -->\n", comment(&origin.marker())) }
    }

    pub(super) fn heading(&mut self, level: usize, heading: &Heading) {
        let _ = write!(self.markdown, "\n{} {}\n", "#".repeat(level), heading.title);
    }

    /// A paragraph; nothing for an empty text.
    pub(super) fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            let _ = write!(self.markdown, "\n{text}\n");
        }
    }

    /// A list, of items with their levels from 0 on.
    pub(super) fn list(&mut self, items: &[(usize, String)]) {
        if !items.is_empty() {
            self.markdown.push('\n');
        }
        for (level, item) in items {
            let _ = writeln!(self.markdown, "{}* {item}", "  ".repeat(*level));
        }
    }

    /// A table; nothing without rows.
    pub(super) fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) {
        if rows.is_empty() {
            return;
        }
        let rule = [const { "---" }; N];
        let _ = write!(self.markdown, "\n| {} |\n|{}|\n", head.join(" | "), rule.join("|"));
        for row in rows {
            let _ = writeln!(self.markdown, "| {} |", row.join(" | "));
        }
    }

    /// Queries, each below its title.
    pub(super) fn examples(&mut self, examples: &[Example]) {
        for Example { title, query } in examples {
            let _ = write!(self.markdown, "\n{title}:\n\n```promql\n{query}\n```\n");
        }
    }

    pub(super) fn into_markdown(self) -> String {
        self.markdown
    }
}
