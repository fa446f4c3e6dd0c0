//! What of YAML a configuration does not have, with its place: too many lists and tables around
//! each other, aliases that stand for too much, and, in the tables that the runtime reads, tags and
//! keys that are no texts.
//!
//! The parser of `yaml_serde` takes time for each token in proportion to the brackets that are
//! open, before its own limit of depth counts: 320 KB of brackets take a minute. So another parser,
//! which stops at the limit, goes over the document before.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::aliases::{Aliases, MAX_ALIASED};

/// The most lists and tables around each other. No key of a configuration needs ten.
pub(super) const MAX_DEPTH: usize = 64;

/// A character that no text has, as Unicode keeps it for the use inside a program.
const PLAIN_MARK: char = '\u{fdd0}';

/// What a document has that a configuration does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    Depth,
    Aliases,
    Tag,
    Key,
}

/// Checks that no more than [`MAX_DEPTH`] lists and tables are around each other, that aliases
/// stand for no more than [`MAX_ALIASED`] values, and that the tables at the top that `own` names
/// have no form of YAML that JSON does not have, except anchors, aliases and merge keys.
///
/// The error is the problem and its place, without any text of the document, which may be secret.
pub(super) fn check(text: &str, own: &[&str]) -> Result<(), String> {
    events(text, own, |_, _| {})
}

/// Checks the document, and marks each plain value with a `$`: only of these values YAML says the
/// type after variables are substituted, and a tree does not show which values had quotes.
pub(super) fn mark_plain(text: &str, own: &[&str]) -> Result<String, String> {
    let mut places = Vec::new();
    events(text, own, |event, place| {
        if matches!(event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text.contains('$')) {
            places.push(place.index());
        }
    })?;
    let mut marked = String::with_capacity(text.len() + places.len() * PLAIN_MARK.len_utf8());
    let mut characters = text.char_indices();
    let (mut before, mut passed) = (0, 0);
    for place in places {
        let start = characters.nth(place - passed).map_or(text.len(), |(start, _)| start);
        passed = place + 1;
        let value = start + anchor_length(&text[start..]);
        marked += &text[before..value];
        marked.push(PLAIN_MARK);
        before = value;
    }
    marked += &text[before..];
    Ok(marked)
}

/// The bytes of the anchor before a value, with what is between the two.
fn anchor_length(text: &str) -> usize {
    if !text.starts_with('&') {
        return 0;
    }
    let mut value = text.trim_start_matches(|character: char| !character.is_whitespace());
    loop {
        value = value.trim_start();
        let Some(comment) = value.strip_prefix('#') else { break };
        value = comment.split_once('\n').map_or("", |(_, next_line)| next_line);
    }
    text.len() - value.len()
}

/// The text of a plain value that was marked.
pub(super) fn unmarked(text: &str) -> Option<&str> {
    text.strip_prefix(PLAIN_MARK)
}

/// Checks each node, and passes on the values.
fn events(
    text: &str,
    own: &[&str],
    mut value: impl FnMut(&Event<'_>, &Marker),
) -> Result<(), String> {
    let mut place = Place { own, around: Vec::new(), aliases: Aliases::default(), is_own: false };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| at(error.info(), error.marker()))?;
        if place.enter(&event).map_err(|problem| problem.at(&span.start))? == Node::Value {
            value(&event, &span.start);
        }
    }
    Ok(())
}

/// What a node is in the collection around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Key,
    Value,
}

/// Where in a document a node is.
#[derive(Debug)]
struct Place<'a> {
    own: &'a [&'a str],
    around: Vec<Collection>,
    aliases: Aliases,
    is_own: bool,
}

#[derive(Debug)]
enum Collection {
    List,
    /// Whether the next node is a key.
    Table {
        key_follows: bool,
    },
}

impl Place<'_> {
    /// Goes to the next node. The error is the problem with it.
    fn enter(&mut self, event: &Event<'_>) -> Result<Node, Problem> {
        self.aliases.enter(event);
        if self.aliases.are_too_large() {
            return Err(Problem::Aliases);
        }
        let inside = match event {
            Event::SequenceEnd | Event::MappingEnd => {
                self.around.pop();
                return Ok(Node::Value);
            }
            Event::SequenceStart(..) => Some(Collection::List),
            Event::MappingStart(..) => Some(Collection::Table { key_follows: true }),
            Event::Scalar(..) | Event::Alias(_) => None,
            _ => return Ok(Node::Value),
        };
        let is_key = match self.around.last_mut() {
            Some(Collection::Table { key_follows }) => {
                *key_follows = !*key_follows;
                !*key_follows
            }
            _ => false,
        };
        if is_key && self.around.len() == 1 {
            self.is_own = matches!(event, Event::Scalar(key, ..) if self.own.contains(&&**key));
        }
        if self.is_own {
            if tag(event).is_some_and(|tag| !is_known(tag)) {
                return Err(Problem::Tag);
            }
            if is_key && !is_text(event) {
                return Err(Problem::Key);
            }
        }
        self.around.extend(inside);
        if self.around.len() > MAX_DEPTH {
            return Err(Problem::Depth);
        }
        Ok(if is_key { Node::Key } else { Node::Value })
    }
}

impl Problem {
    fn at(self, place: &Marker) -> String {
        match self {
            Self::Depth => {
                at(&format!("more than {MAX_DEPTH} lists and tables around each other"), place)
            }
            Self::Aliases => {
                at(&format!("aliases that stand for more than {MAX_ALIASED} values"), place)
            }
            Self::Tag => {
                let problem = at("a tag that is not known", place);
                format!(
                    "{problem}; expected none, or `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq` or `!!map`"
                )
            }
            Self::Key => {
                let problem = at("a key that is no text", place);
                format!("{problem}; expected a text, in quotes if it looks like another value")
            }
        }
    }
}

fn tag<'a>(event: &'a Event<'_>) -> Option<&'a Tag> {
    match event {
        Event::Scalar(.., tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag) => {
            tag.as_deref()
        }
        _ => None,
    }
}

fn is_known(tag: &Tag) -> bool {
    let known = ["str", "int", "float", "bool", "null", "seq", "map"];
    tag.is_yaml_core_schema() && known.contains(&tag.suffix.as_str())
}

/// Whether a key is a text, or stands for something that the reader of the table looks at.
fn is_text(key: &Event<'_>) -> bool {
    match key {
        Event::Scalar(text, ScalarStyle::Plain, _, None) => {
            let word = text.to_ascii_lowercase();
            let digits = word.trim_start_matches(['+', '-']);
            let is_number = digits
                .starts_with(|first: char| first.is_ascii_digit() || first == '.')
                && (digits.parse::<f64>().is_ok()
                    || [".inf", ".nan"].contains(&digits)
                    || ["0x", "0o", "0b"].iter().any(|prefix| is_integer(digits, prefix)));
            !is_number && !["", "~", "null", "true", "false"].contains(&word.as_str())
        }
        Event::Scalar(_, _, _, Some(tag)) => tag.suffix == "str",
        Event::Scalar(..) | Event::Alias(_) => true,
        _ => false,
    }
}

fn is_integer(text: &str, prefix: &str) -> bool {
    let digits = text.strip_prefix(prefix);
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// The parser counts columns from 0.
fn at(problem: &str, place: &Marker) -> String {
    format!("{problem} at line {} column {}", place.line(), place.col() + 1)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const OWN: &[&str] = &["telemetry"];

    #[test]
    fn depth_is_bounded_in_every_style() {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
            let text = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(check(&text(MAX_DEPTH), OWN), Ok(()), "{open}");
            let error = check(&text(MAX_DEPTH + 1), OWN).unwrap_err();
            assert!(
                error.starts_with("more than 64 lists and tables around each other"),
                "{error}"
            );
        }
    }

    #[test]
    fn brackets_in_text_are_no_depth() {
        let brackets = "[{".repeat(1_000);
        for text in [
            format!("a: '{brackets}'"),
            format!("a: \"{brackets}\""),
            format!("a: |\n  {brackets}\nb: 1"),
            format!("# {brackets}\na: 1"),
            format!("a: b{brackets}"),
        ] {
            assert_eq!(check(&text, OWN), Ok(()), "{}", &text[..8]);
        }
    }

    /// The whole file that is read at most, in the form that takes the other parser minutes.
    #[test]
    fn deep_documents_are_refused_in_no_time() {
        for text in ["[", "{", "a: {", "- ", "? ", "a: b - '\nc: [", "'[' : ["] {
            let began = Instant::now();
            let error = check(&text.repeat(1024 * 1024 / text.len()), OWN).unwrap_err();
            assert!(error.contains(" at line "), "{error}");
            assert!(began.elapsed() < Duration::from_secs(10), "{text}");
        }
    }

    /// Lists and merged tables, each of aliases of the one before it.
    #[test]
    fn aliases_stand_for_a_bounded_number_of_values() {
        let keys: Vec<_> = (0..1_000).map(|key| format!("k{key}: 1")).collect();
        let keys = keys.join(", ");
        let document = |first: &str, tables: (&str, &str), copies: usize, levels: usize| {
            let mut lines = vec![format!("a0: &a0 {first}")];
            for level in 1..=levels {
                let copies = format!("*a{}, ", level - 1).repeat(copies);
                let (before, after) = tables;
                lines.push(format!("a{level}: &a{level} {before}[{copies}]{after}"));
            }
            lines.push("telemetry: { debug: true }".to_owned());
            lines.join("\n")
        };
        let merged = ("{ <<: ", "}");
        let listed = ("", "");
        for text in [
            document(&format!("{{ {keys} }}"), merged, 50, 2),
            document(&format!("{{ {keys} }}"), merged, 50, 60),
            document("[x, x, x, x, x, x, x, x, x, x]", listed, 10, 9),
            document("x", listed, 2, 70),
            document("x", listed, MAX_ALIASED + 1, 1),
        ] {
            let problem = problem(&text).unwrap();
            let expected = "aliases that stand for more than 100000 values at line ";
            assert!(problem.starts_with(expected), "{problem}");
        }
        for text in [
            document(&format!("{{ {keys} }}"), merged, 49, 1),
            document("x", listed, MAX_ALIASED, 1),
            "a: &a [*a]".to_owned(),
        ] {
            assert_eq!(problem(&text), None, "{}", &text[..10]);
        }
    }

    fn problem(text: &str) -> Option<String> {
        check(text, OWN).err()
    }

    #[test]
    fn tags_of_the_configuration_are_those_of_json() {
        for text in [
            "telemetry: { a: !!str 1, b: !!int 1, c: !!null ~, d: !!seq [1], e: !!map {}, f: !!bool true }",
            "app: { a: !foo 1, !bar b: !!binary aGk= }\ntelemetry: {}",
            "telemetry: {}\napp: !foo\n  telemetry: !bar 1",
            "- telemetry: !foo 1",
        ] {
            assert_eq!(problem(text), None, "{text}");
        }
        for (text, place) in [
            ("telemetry:\n  a: !foo 1", "line 2 column 6"),
            ("telemetry:\n  a: !!binary aGk=", "line 2 column 6"),
            ("telemetry:\n  a: !!timestamp 2024-01-01", "line 2 column 6"),
            ("telemetry: !foo {}", "line 1 column 12"),
            ("telemetry: { a: [!foo [1]] }", "line 1 column 18"),
            ("telemetry: { !foo a: 1 }", "line 1 column 14"),
            ("telemetry: { a: !<tag:example,2024:x> 1 }", "line 1 column 17"),
            ("%TAG !e! tag:example,2024:\n---\ntelemetry: !e!x {}", "line 3 column 12"),
            ("app: 1\n'telemetry': !foo", "line 2 column 14"),
        ] {
            let problem = problem(text).unwrap();
            assert!(
                problem.starts_with(&format!("a tag that is not known at {place};")),
                "{problem}"
            );
        }
    }

    #[test]
    fn keys_of_the_configuration_are_texts() {
        for text in [
            "telemetry: { a: 1, 'b': 1, \"7\": 1, !!str 7: 1, <<: {}, a.b: 1, -: 1, 1a: 1, infinity: 1, nan: 1, . : 1 }",
            "7: 1\n[a]: b\n? { telemetry: [] }\n: { 7: 1 }\ntelemetry: {}\n~: { ? [a] : b }",
            "telemetry: &a b\n*a : 1",
        ] {
            assert_eq!(problem(text), None, "{text}");
        }
        for key in [
            "? [a]",
            "? { a: b }",
            "? [[]]",
            "7",
            "-7",
            "+7",
            "1.10",
            "1e3",
            ".5",
            "0x1f",
            "0o7",
            "0b1",
            ".inf",
            "-.INF",
            ".NaN",
            "true",
            "False",
            "NULL",
            "~",
            "!!int 7",
            "!!null x",
        ] {
            let text = format!("telemetry:\n  resource:\n    {key} : b");
            let problem = problem(&text).unwrap();
            assert!(
                problem.starts_with("a key that is no text at line 3 column "),
                "{key}: {problem}"
            );
        }
        for text in ["telemetry: { : 1 }", "telemetry: { a: [{ ? [b] : c }] }"] {
            assert!(problem(text).unwrap().starts_with("a key that is no text"), "{text}");
        }
    }

    #[test]
    fn plain_values_with_a_dollar_are_marked() {
        let marked = |text: &str| mark_plain(text, OWN).unwrap().replace(PLAIN_MARK, "#");
        for (text, expected) in [
            ("a: ${B}", "a: #${B}"),
            ("ä: [ö, x $B, '${B}', \"${B}\"]", "ä: [ö, #x $B, '${B}', \"${B}\"]"),
            ("${A}: &x ${B}\nc: *x", "${A}: &x #${B}\nc: *x"),
            ("a: &x  # one\n\n  # two\n  $B", "a: &x  # one\n\n  # two\n  #$B"),
            (
                "a: !!str ${B}\nb: |\n  ${B}\nc: >-\n  ${B}",
                "a: !!str ${B}\nb: |\n  ${B}\nc: >-\n  ${B}",
            ),
            ("a:\n  ö ${B}\n  more\nb: -$$", "a:\n  #ö ${B}\n  more\nb: #-$$"),
            ("? ${A}\n: ${B}\n? [$C]\n: 1", "? ${A}\n: #${B}\n? [#$C]\n: 1"),
        ] {
            assert_eq!(marked(text), expected);
        }
        assert!(mark_plain("telemetry: !x ${A}", OWN).is_err());
    }
}
