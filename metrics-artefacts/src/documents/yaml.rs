//! YAML as a tree in which each text and each key has its line.

use std::{collections::BTreeMap, rc::Rc};

use saphyr_parser::{Event, Parser, ScanError};

/// The most lists and mappings around each other.
const MAX_DEPTH: usize = 64;

/// A node of a document.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The line where it begins, counted from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<Rc<Node>>),
    Mapping(Vec<(String, Rc<Node>)>),
}

/// A text that is not YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct YamlError {
    pub(super) line: usize,
    pub(super) message: String,
}

impl Node {
    /// The node behind a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Mapping(entries) = &self.value else { return None };
        entries.iter().find(|(known, _)| known == key).map(|(_, node)| &**node)
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// Whether it has nothing: no text, no items, no keys.
    pub(super) fn is_empty(&self) -> bool {
        match &self.value {
            Value::Text(text) => matches!(text.as_str(), "" | "~" | "null"),
            Value::List(items) => items.is_empty(),
            Value::Mapping(entries) => entries.is_empty(),
        }
    }

    /// The nodes of a list.
    pub(super) fn items(&self) -> &[Rc<Node>] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The keys of a mapping with their nodes.
    pub(super) fn entries(&self) -> &[(String, Rc<Node>)] {
        if let Value::Mapping(entries) = &self.value { entries } else { &[] }
    }
}

/// A list or a mapping that is not at its end.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<String>,
}

/// Reads every document of a text. After a mistake the documents before it are there.
pub(super) fn parse(text: &str) -> (Vec<Rc<Node>>, Option<YamlError>) {
    let mut documents = Vec::new();
    let error = read(text, &mut documents).err();
    (documents, error)
}

fn read(text: &str, documents: &mut Vec<Rc<Node>>) -> Result<(), YamlError> {
    let mut parser = Parser::new_from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: BTreeMap<usize, Rc<Node>> = BTreeMap::new();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| YamlError::of(&error))?;
        let line = span.start.line();
        let (node, anchor) = match event {
            Event::StreamEnd => break,
            Event::Scalar(text, _, anchor, _) => {
                (Rc::new(Node { line, value: Value::Text(text.into_owned()) }), anchor)
            }
            Event::Alias(anchor) => {
                let node = anchors.get(&anchor).cloned();
                let unknown = || YamlError::new(line, "the alias is of nothing before it");
                (node.ok_or_else(unknown)?, 0)
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                if open.len() >= MAX_DEPTH {
                    let message =
                        format!("more than {MAX_DEPTH} lists and mappings around each other");
                    return Err(YamlError::new(line, message));
                }
                let is_list = matches!(event, Event::SequenceStart(..));
                let value =
                    if is_list { Value::List(Vec::new()) } else { Value::Mapping(Vec::new()) };
                open.push(Open { node: Node { line, value }, anchor, key: None });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open { node, anchor, .. }) => (Rc::new(node), anchor),
                None => continue,
            },
            _ => continue,
        };
        if anchor > 0 {
            anchors.insert(anchor, Rc::clone(&node));
        }
        match open.last_mut() {
            Some(parent) => parent.add(node),
            None => documents.push(node),
        }
    }
    Ok(())
}

impl Open {
    fn add(&mut self, node: Rc<Node>) {
        match &mut self.node.value {
            Value::List(items) => items.push(node),
            Value::Mapping(entries) => match self.key.take() {
                Some(key) => entries.push((key, node)),
                // A key that is a list or a mapping is none of those that are looked for.
                None => self.key = Some(node.text().unwrap_or_default().to_owned()),
            },
            Value::Text(_) => {}
        }
    }
}

impl YamlError {
    fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }

    fn of(error: &ScanError) -> Self {
        Self::new(error.marker().line(), error.info())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_have_their_lines() {
        let (documents, error) = parse("a:\n  - b\n  - |\n    c\n    d\n");
        assert_eq!((documents.len(), error), (1, None));
        let items = documents[0].get("a").unwrap().items();
        assert_eq!((items[0].line, items[0].text()), (2, Some("b")));
        // A block begins below its mark.
        assert_eq!((items[1].line, items[1].text()), (4, Some("c\nd\n")));
        let (documents, error) = parse("a: &x b\nc: *x\n");
        assert_eq!(error, None);
        assert_eq!(documents[0].get("c").unwrap().text(), Some("b"));
        assert_eq!(parse("a: *x\n").1.unwrap().line, 1);
    }

    #[test]
    fn mistakes_and_depth_are_errors() {
        for (text, line) in [
            ("a: b\nc: [d\n".to_owned(), 3),
            ("a: b\n c: d\n".to_owned(), 2),
            ("[".repeat(100_000), 1),
            ("- ".repeat(100_000), 1),
            ("{a: ".repeat(100_000), 1),
        ] {
            let (_, error) = parse(&text);
            assert_eq!(error.map(|error| error.line), Some(line), "{}", &text[..4]);
        }
    }
}
