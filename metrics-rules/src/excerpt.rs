//! Texts of strangers, cut to a length that fits a message.

use core::fmt::{self, Debug, Display, Formatter, Write};

/// A part of a text that somebody else wrote, for a message: the one way in which errors repeat
/// what was given.
///
/// A message has the length of a line or a few, however long the text is. Control characters are
/// escaped, so that the text cannot begin a line of its own in a log. `{:?}` puts quotes around the
/// text and escapes it as a Rust string.
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
        if character.is_control() {
            write!(f, "{}", character.escape_debug())?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
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
    }
}
