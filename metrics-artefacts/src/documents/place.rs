/// Counts the lines of a text up to offsets, which seldom go back.
pub(super) struct LineCounter<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, offset: 0, line: 1 }
    }

    /// The line of an offset in bytes, counted from 1.
    pub(super) fn line_of(&mut self, offset: usize) -> usize {
        if offset < self.offset {
            *self = Self::of(self.text);
        }
        let between = self.text.get(self.offset..offset).unwrap_or_default();
        self.line += between.matches('\n').count();
        self.offset = offset;
        self.line
    }
}

/// Adds a part to a JSON pointer.
pub(super) fn below(pointer: &str, part: &str) -> String {
    format!("{pointer}/{}", part.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let mut lines = LineCounter::of("a\nb\n\nc");
        assert_eq!([0, 1, 2, 5, 2].map(|offset| lines.line_of(offset)), [1, 1, 2, 4, 2]);
    }

    #[test]
    fn pointers_escape_their_parts() {
        assert_eq!(below("/a", "b/c~d"), "/a/b~1c~0d");
    }
}
