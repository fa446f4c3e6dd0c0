//! A page as a reader of Markdown sees it.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// What a page has.
#[derive(Debug, Default)]
pub(crate) struct Markdown {
    /// The headings, with their levels and anchors.
    pub(crate) headings: Vec<(usize, String, String)>,
    /// The fences of PromQL.
    pub(crate) queries: Vec<String>,
    /// The targets of links and images.
    pub(crate) links: Vec<String>,
    /// HTML that a reader would hand on, with comments.
    pub(crate) html: Vec<String>,
    /// The lines of tables, as they are written.
    pub(crate) rows: Vec<Vec<String>>,
    /// All that is shown as text or as code in a line.
    pub(crate) text: String,
}

impl Markdown {
    pub(crate) fn of(page: &str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
        let mut markdown = Self::default();
        let (mut heading, mut is_query) = (None, false);
        for (event, range) in Parser::new_ext(page, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some((level as usize, String::new()));
                }
                Event::End(TagEnd::Heading(_)) => {
                    let (level, title) = heading.take().unwrap();
                    let anchor = markdown.anchor(&title);
                    markdown.headings.push((level, title, anchor));
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    is_query = &*language == "promql";
                    assert!(is_query, "a fence of {language}");
                    markdown.queries.push(String::new());
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => panic!("indented code"),
                Event::End(TagEnd::CodeBlock) => is_query = false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    markdown.links.push(dest_url.to_string());
                }
                Event::Start(Tag::Table(_)) => {
                    markdown.rows.push(page[range].lines().map(str::to_owned).collect());
                }
                Event::Html(html) | Event::InlineHtml(html) => markdown.html.push(html.to_string()),
                Event::Text(text) if is_query => {
                    markdown.queries.last_mut().unwrap().push_str(&text);
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some((_, title)) = &mut heading {
                        title.push_str(&text);
                    }
                    markdown.text.push_str(&text);
                }
                Event::SoftBreak | Event::HardBreak | Event::End(_) => markdown.text.push('\n'),
                _ => {}
            }
        }
        markdown
    }

    /// The anchor of the next heading, as GitHub makes it.
    fn anchor(&self, title: &str) -> String {
        let kept = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == ' ';
        let lower = title.to_lowercase();
        let name: String = lower.chars().filter(|c| kept(*c)).collect();
        let name = name.replace(' ', "-");
        let is_used = |name: &str| self.headings.iter().any(|(_, _, anchor)| anchor == name);
        let numbered = (1..).map(|nth| format!("{name}-{nth}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|name| !is_used(name)).unwrap()
    }

    pub(crate) fn has_anchor(&self, anchor: &str) -> bool {
        self.headings.iter().any(|(_, _, known)| known == anchor)
    }
}
