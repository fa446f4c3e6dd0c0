/// What a character of a query is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    /// Names, numbers, operators and brackets.
    Code,
    /// A string literal, with its quotes.
    String,
    /// A comment, from `#` to the end of the line.
    Comment,
}

/// The innermost bracket around a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `(…)`
    Parenthesis,
    /// `(…)` behind `by`, `without`, `on`, `ignoring`, `group_left` or `group_right`.
    LabelList,
    /// `[…]`
    Range,
    /// `{…}`
    Matchers,
}

/// A bracket that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unbalanced {
    /// It closes nothing, or something else.
    Closing(char),
    /// Nothing closes it.
    Open(char),
    /// The quote has no second one.
    Quote(char),
}

/// Follows a query character by character: strings, comments and open brackets.
#[derive(Clone, Debug)]
pub(super) struct Tracker {
    quote: Option<char>,
    is_escaped: bool,
    is_comment: bool,
    open: Vec<Bracket>,
    /// The word that ends right before, with spaces between.
    word: String,
    word_has_ended: bool,
}

const LABEL_LISTS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

impl Tracker {
    pub(super) fn new() -> Self {
        Self {
            quote: None,
            is_escaped: false,
            is_comment: false,
            open: Vec::new(),
            word: String::new(),
            word_has_ended: true,
        }
    }

    /// The region of the next character, as far as it does not begin one.
    pub(super) fn region(&self) -> Region {
        match (self.quote, self.is_comment) {
            (Some(_), _) => Region::String,
            (None, true) => Region::Comment,
            (None, false) => Region::Code,
        }
    }

    pub(super) fn bracket(&self) -> Option<Bracket> {
        self.open.last().copied()
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The last word of the code, in lower case, if only spaces follow it.
    pub(super) fn word(&self) -> &str {
        &self.word
    }

    /// Passes a character, and returns what it is part of.
    pub(super) fn pass(&mut self, character: char) -> Result<Region, Unbalanced> {
        if let Some(quote) = self.quote {
            if self.is_escaped {
                self.is_escaped = false;
            } else if character == '\\' && quote != '`' {
                self.is_escaped = true;
            } else if character == quote {
                self.quote = None;
            }
            return Ok(Region::String);
        }
        if self.is_comment {
            self.is_comment = character != '\n';
            return Ok(Region::Comment);
        }
        match character {
            '"' | '\'' | '`' => {
                self.quote = Some(character);
                self.end_word();
                return Ok(Region::String);
            }
            '#' => {
                self.is_comment = true;
                return Ok(Region::Comment);
            }
            '(' if LABEL_LISTS.contains(&self.word.as_str()) => self.open.push(Bracket::LabelList),
            '(' => self.open.push(Bracket::Parenthesis),
            '[' => self.open.push(Bracket::Range),
            '{' => self.open.push(Bracket::Matchers),
            ')' | ']' | '}' => self.close(character)?,
            _ => {}
        }
        self.follow_word(character);
        Ok(Region::Code)
    }

    /// What is still open at the end of the query.
    pub(super) fn finish(&self) -> Result<(), Unbalanced> {
        if let Some(quote) = self.quote {
            return Err(Unbalanced::Quote(quote));
        }
        match self.open.last() {
            Some(Bracket::Parenthesis | Bracket::LabelList) => Err(Unbalanced::Open('(')),
            Some(Bracket::Range) => Err(Unbalanced::Open('[')),
            Some(Bracket::Matchers) => Err(Unbalanced::Open('{')),
            None => Ok(()),
        }
    }

    fn close(&mut self, character: char) -> Result<(), Unbalanced> {
        let fits = match self.open.pop() {
            Some(Bracket::Parenthesis | Bracket::LabelList) => character == ')',
            Some(Bracket::Range) => character == ']',
            Some(Bracket::Matchers) => character == '}',
            None => false,
        };
        if fits { Ok(()) } else { Err(Unbalanced::Closing(character)) }
    }

    fn follow_word(&mut self, character: char) {
        if character.is_alphanumeric() || character == '_' || character == ':' {
            if self.word_has_ended {
                self.word.clear();
                self.word_has_ended = false;
            }
            self.word.push(character.to_ascii_lowercase());
        } else if character.is_whitespace() {
            self.word_has_ended = true;
        } else {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        self.word.clear();
        self.word_has_ended = true;
    }
}

/// Whether a character is in the code of a query, outside of strings and comments.
pub(crate) fn has_in_code(text: &str, sought: char) -> bool {
    let mut tracker = Tracker::new();
    text.chars()
        .any(|c| c == sought && tracker.region() == Region::Code || tracker.pass(c).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Result<(), Unbalanced> {
        let mut tracker = Tracker::new();
        for character in text.chars() {
            tracker.pass(character)?;
        }
        tracker.finish()
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        for (text, expected) in [
            ("sum(x{a=\"(\\\"\"}[5m]) # (", Ok(())),
            ("x{a=`\\`} + 'it\\'s'", Ok(())),
            ("sum(x", Err(Unbalanced::Open('('))),
            ("sum(x]", Err(Unbalanced::Closing(']'))),
            ("x}", Err(Unbalanced::Closing('}'))),
            ("x{a=\"b}", Err(Unbalanced::Quote('"'))),
        ] {
            assert_eq!(end(text), expected, "{text}");
        }
    }

    #[test]
    fn lists_of_labels_are_known() {
        let mut tracker = Tracker::new();
        for character in "sum BY (a".chars() {
            tracker.pass(character).unwrap();
        }
        assert_eq!(tracker.bracket(), Some(Bracket::LabelList));
        for character in ") (".chars() {
            tracker.pass(character).unwrap();
        }
        assert_eq!(tracker.bracket(), Some(Bracket::Parenthesis));
    }
}
