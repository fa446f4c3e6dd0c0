use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{
    document::{Document, Expression, Role, Syntax},
    place::LineCounter,
    rules, yaml,
};
use crate::{
    finding::Place,
    promql::{TemplateError, parse_template},
};

/// Reads the fences of a page that are PromQL or rules.
pub(super) fn read(document: &mut Document, page: &str) {
    let mut lines = LineCounter::of(page);
    let mut fence: Option<(String, String, usize)> = None;
    for (event, range) in Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split([' ', ',', '{']).next().unwrap_or_default();
                // The text begins in the line behind the opening.
                let line = lines.line_of(range.start) + 1;
                fence = Some((language.to_ascii_lowercase(), String::new(), line));
            }
            Event::Text(text) => {
                if let Some((_, content, _)) = &mut fence {
                    content.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((language, text, line)) = fence.take() else { continue };
                match language.as_str() {
                    "promql" => queries(document, &text, line),
                    "yaml" | "yml" => rules_of(document, &text, line),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// A fence of rules. A fence of other YAML is of no interest, with or without mistakes.
fn rules_of(document: &mut Document, text: &str, line: usize) {
    let (nodes, error) = yaml::parse(text);
    let says_groups = text.lines().any(|line| line.trim_end() == "groups:");
    if let Some(error) = error.filter(|_| says_groups) {
        let place = Some(Place::Line(line + error.line - 1));
        document.not_checked("yaml-syntax", place, format!("it is not YAML: {}", error.message));
    }
    rules::add(document, &nodes, line);
}

/// A fence of PromQL: one query, or several with empty lines between, or one in each line.
fn queries(document: &mut Document, text: &str, line: usize) {
    if is_query(text) {
        return add(document, text, line);
    }
    for (first, paragraph) in paragraphs(text) {
        let written = || {
            let lines = paragraph.lines().enumerate();
            lines.filter(|(_, line)| !is_comment(line))
        };
        if !is_query(&paragraph) && written().all(|(_, line)| is_query(line)) {
            for (nth, query) in written() {
                add(document, query, line + first + nth);
            }
        } else if written().next().is_some() {
            add(document, &paragraph, line + first);
        }
    }
}

fn is_query(text: &str) -> bool {
    !matches!(parse_template(text), Err(TemplateError::Syntax(_)))
}

fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// The parts between empty lines, each with the number of lines before it.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut is_new = true;
    for (nth, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            is_new = true;
            continue;
        }
        match paragraphs.last_mut().filter(|_| !is_new) {
            Some((_, paragraph)) => {
                paragraph.push('\n');
                paragraph.push_str(line);
            }
            None => paragraphs.push((nth, line.to_owned())),
        }
        is_new = false;
    }
    paragraphs
}

fn add(document: &mut Document, query: &str, line: usize) {
    document.expressions.push(Expression {
        place: Place::Line(line),
        text: query.to_owned(),
        syntax: Syntax::Grafana,
        role: Role::Values,
        labels: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_of_promql_are_queries_with_their_lines() {
        let page = "\
# Queries

```promql
sum(
  rate(a[5m])
)
```

* in a list:

  ```promql
  # Two queries.
  rate(b[5m])

  rate(c[$__rate_interval])
  ```

```promql
d > 1
e > 2
```

```text
not(checked
```
";
        let document = Document::of("page.md", page);
        assert!(document.unchecked.is_empty());
        let found: Vec<_> =
            document.expressions.iter().map(|e| (e.place.clone(), e.text.trim())).collect();
        assert_eq!(
            found,
            [
                (Place::Line(4), "sum(\n  rate(a[5m])\n)"),
                (Place::Line(12), "# Two queries.\nrate(b[5m])"),
                (Place::Line(15), "rate(c[$__rate_interval])"),
                (Place::Line(19), "d > 1"),
                (Place::Line(20), "e > 2"),
            ]
        );
    }

    #[test]
    fn fences_of_rules_are_rules_and_other_yaml_is_not() {
        let page = "\
```yaml
groups:
- name: a
  rules:
  - alert: B
    expr: c > 1
```

```yaml
scrape_configs: [
```
";
        let document = Document::of("page.md", page);
        assert_eq!(document.unchecked, []);
        assert_eq!(document.expressions[0].place, Place::Line(6));
        let document = Document::of("page.md", "\n```yaml\ngroups:\n- name: [a\n```\n");
        assert_eq!(document.unchecked[0].place, Some(Place::Line(5)));
    }
}
