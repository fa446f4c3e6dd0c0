//! Texts of strangers, cut to a length that fits a message.

use core::fmt::{self, Debug, Display, Formatter, Write};

/// A part of a text that somebody else wrote, for a message: the one way in which errors repeat
/// what was given.
///
/// A message has the length of a line or a few, however long the text is. Control characters, other
/// ends of lines and marks that turn the direction of a text are escaped, so that the text cannot
/// begin a line of its own in a log, nor rearrange one. `{:?}` puts quotes around the text and
/// escapes it as a Rust string.
///
/// ```
/// use osapi_metrics_rules::excerpt::Excerpt;
///
/// assert_eq!(Excerpt::of("wait\n").to_string(), "wait\\n");
/// assert_eq!(Excerpt::of(&"x".repeat(1_000_000)).to_string().chars().count(), 81);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Excerpt<'a> {
    text: &'a str,
    /// The most characters from the beginning.
    head: usize,
    /// The most characters from the end.
    tail: usize,
}

impl<'a> Excerpt<'a> {
    /// The first 80 characters of a value, a name or a key, and `…` if there are more.
    pub const fn of(text: &'a str) -> Self {
        Self { text, head: 80, tail: 0 }
    }

    /// The beginning and the end of a parser's message, at most 500 characters with `…` between
    /// them: such a message repeats what was given, and ends with its place and what is expected.
    ///
    /// ```
    /// use osapi_metrics_rules::excerpt::Excerpt;
    ///
    /// let message = format!("unknown field `{}`, expected `millis`", "x".repeat(1_000_000));
    /// let message = Excerpt::of_message(&message).to_string();
    /// assert!(message.starts_with("unknown field `xxx"));
    /// assert!(message.ends_with("xxx`, expected `millis`"));
    /// assert!(message.len() < 510);
    /// ```
    pub const fn of_message(text: &'a str) -> Self {
        Self { text, head: 200, tail: 300 }
    }

    /// The whole text, escaped as described, for a line of a list that is not to be cut.
    ///
    /// ```
    /// use osapi_metrics_rules::excerpt::Excerpt;
    ///
    /// assert_eq!(Excerpt::whole("a\u{202e}b").to_string(), "a\\u{202e}b");
    /// assert_eq!(Excerpt::whole(&"x".repeat(1_000_000)).to_string().len(), 1_000_000);
    /// ```
    pub const fn whole(text: &'a str) -> Self {
        Self { text, head: usize::MAX, tail: 0 }
    }

    /// The parts of the text that are shown. The text is read at both ends alone.
    fn parts(self) -> (&'a str, Option<&'a str>) {
        let Some((head, _)) = self.text.char_indices().nth(self.head) else {
            return (self.text, None);
        };
        let rest = &self.text[head..];
        if self.tail == 0 {
            return (&self.text[..head], Some(""));
        }
        match rest.char_indices().rev().nth(self.tail - 1) {
            Some((tail, _)) if tail > 0 => (&self.text[..head], Some(&rest[tail..])),
            _ => (self.text, None),
        }
    }
}

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (head, tail) = self.parts();
        write_escaped(f, head)?;
        let Some(tail) = tail else { return Ok(()) };
        f.write_char('…')?;
        write_escaped(f, tail)
    }
}

impl Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (head, None) => Debug::fmt(head, f),
            (head, Some("")) => write!(f, "{head:?}…"),
            (head, Some(tail)) => write!(f, "{head:?}…{tail:?}"),
        }
    }
}

fn write_escaped(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    for character in text.chars() {
        if character.is_control() || is_layout(character) {
            write!(f, "{}", character.escape_debug())?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// Whether a character ends a line, or turns the direction of the characters behind it.
const fn is_layout(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// An address, or a text that is given for one, for a message: without what may be secret in it, a
/// user with a password, and a query.
///
/// ```
/// use osapi_metrics_rules::excerpt::ShownAddress;
///
/// let shown = ShownAddress("http://user:password@[::1]:8070/a?token=1");
/// assert_eq!(shown.to_string(), "http://…@[::1]:8070/a?…");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShownAddress<'a>(pub &'a str);

impl Display for ShownAddress<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(text) = *self;
        let (address, query) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
        let is_whole = query.is_empty();
        // A password may have any character, where somebody has not escaped it.
        let user = address.rfind('@').or_else(|| query.contains('@').then_some(address.len()));
        if let Some(end) = user {
            let scheme = address.find("//").map_or("", |slashes| &address[..slashes + 2]);
            write!(f, "{}…{}", Excerpt::of(scheme), Excerpt::of_message(&address[end..]))?;
        } else {
            Display::fmt(&Excerpt::of_message(address), f)?;
        }
        if is_whole { Ok(()) } else { f.write_str("?…") }
    }
}

impl Debug for ShownAddress<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{format, string::ToString};

    use super::*;

    #[test]
    fn short_texts_are_whole() {
        for text in ["", "wait", "ä→", &"x".repeat(80)] {
            assert_eq!(Excerpt::of(text).to_string(), text);
            assert_eq!(format!("{:?}", Excerpt::of(text)), format!("{text:?}"));
        }
        for text in ["", "wait", &"ä".repeat(500)] {
            assert_eq!(Excerpt::of_message(text).to_string(), text);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = "ä".repeat(81);
        assert_eq!(Excerpt::of(&text).to_string(), format!("{}…", "ä".repeat(80)));
        assert_eq!(format!("{:?}", Excerpt::of(&text)), format!("\"{}\"…", "ä".repeat(80)));
        let text = format!("{}{}{}", "a".repeat(200), "→", "z".repeat(300));
        let cut = format!("{}…{}", "a".repeat(200), "z".repeat(300));
        assert_eq!(Excerpt::of_message(&text).to_string(), cut);
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(Excerpt::of("a\nb\u{1b}[1m").to_string(), "a\\nb\\u{1b}[1m");
        assert_eq!(Excerpt::of("a\u{202e}b\u{2028}").to_string(), "a\\u{202e}b\\u{2028}");
    }

    #[test]
    fn no_secret_of_an_address_is_shown() {
        for (address, shown) in [
            ("http://host:1/a", "http://host:1/a"),
            ("http://user:secret@host:1/a", "http://…@host:1/a"),
            ("http://secret@host", "http://…@host"),
            ("http://user:secret@[::1", "http://…@[::1"),
            ("https://user:sec/ret@host/", "https://…@host/"),
            ("http://user:sec@ret@host/", "http://…@host/"),
            ("http://user:sec?ret@host/", "http://…?…"),
            ("http://host/?token=secret", "http://host/?…"),
            ("http://host/?token=secret@there", "http://…?…"),
            ("http://host/#secret", "http://host/?…"),
            ("user:secret@host", "…@host"),
            ("http:/user:secret@host", "…@host"),
            ("http://a\u{1b}b/", "http://a\\u{1b}b/"),
            ("", ""),
        ] {
            assert_eq!(ShownAddress(address).to_string(), shown, "{address}");
            assert_eq!(format!("{:?}", ShownAddress(address)), shown, "{address}");
        }
    }
}
