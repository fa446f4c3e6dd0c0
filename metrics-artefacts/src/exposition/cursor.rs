use std::borrow::Cow;

use super::error::Problem;

/// The characters of a text that a message quotes.
const QUOTED: usize = 40;

/// A position in a line.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { rest: line }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// Goes behind a character, if it is the next one.
    pub(super) fn eat(&mut self, character: char) -> bool {
        let behind = self.rest.strip_prefix(character);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    /// Everything up to the next blank.
    pub(super) fn word(&mut self) -> &'a str {
        self.take(self.rest.find([' ', '\t']).unwrap_or(self.rest.len()))
    }

    /// A name that is not in quotation marks.
    pub(super) fn name(&mut self, may_have_colons: bool) -> Result<&'a str, Problem> {
        let may_have = |byte: u8| {
            byte.is_ascii_alphanumeric() || byte == b'_' || (byte == b':' && may_have_colons)
        };
        let end = self.rest.bytes().position(|byte| !may_have(byte)).unwrap_or(self.rest.len());
        if end == 0 || self.rest.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(Problem::NoName(excerpt(self.rest)));
        }
        Ok(self.take(end))
    }

    /// A text in quotation marks, without its escapes; `None` if no quotation mark is next.
    pub(super) fn quoted(&mut self) -> Result<Option<Cow<'a, str>>, Problem> {
        if !self.eat('"') {
            return Ok(None);
        }
        let mut is_escaped = false;
        let mut has_escapes = false;
        for (at, byte) in self.rest.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => (is_escaped, has_escapes) = (true, true),
                b'"' => {
                    let text = self.take(at);
                    self.eat('"');
                    let unescaped = if has_escapes { unescaped(text, true) } else { text.into() };
                    return Ok(Some(unescaped));
                }
                _ => {}
            }
        }
        Err(Problem::NotClosed(excerpt(self.rest)))
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

/// A text without its escapes. A backslash before any other character stands for itself.
pub(super) fn unescaped(text: &str, has_quotes: bool) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('\\') => plain.push('\\'),
            Some('"') if has_quotes => plain.push('"'),
            other => plain.extend(['\\'].into_iter().chain(other)),
        }
    }
    plain.into()
}

/// The beginning of a text, for a message in one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut excerpt: String = text.chars().take(QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(QUOTED).is_some() {
        excerpt.push('…');
    }
    excerpt
}
