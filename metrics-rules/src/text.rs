//! Comparing and cutting ASCII text in `const fn`s, where slices cannot be indexed by ranges and traits cannot be
//! called. Offsets are bytes; everything tolerates any UTF-8 input.

pub(crate) const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

pub(crate) const fn equal_ignoring_case(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if !a[i].eq_ignore_ascii_case(&b[i]) {
            return false;
        }
        i += 1;
    }
    true
}

/// The bytes from `start` up to `end`; both are clamped to the text.
pub(crate) const fn slice(text: &[u8], start: usize, end: usize) -> &[u8] {
    let end = if end > text.len() { text.len() } else { end };
    let start = if start > end { end } else { start };
    text.split_at(end).0.split_at(start).1
}

pub(crate) const fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.len() >= prefix.len() && equal(slice(text, 0, prefix.len()), prefix)
}

pub(crate) const fn ends_with(text: &[u8], suffix: &[u8]) -> bool {
    text.len() >= suffix.len() && equal(slice(text, text.len() - suffix.len(), text.len()), suffix)
}

/// The position of the first `needle`.
pub(crate) const fn find(text: &[u8], needle: u8) -> Option<usize> {
    let mut i = 0;
    while i < text.len() {
        if text[i] == needle {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Whether this byte joins the words of a name.
pub(crate) const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'.')
}

/// One word of a name and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The first word at or after `from`.
pub(crate) const fn next_word(name: &[u8], from: usize) -> Option<Word<'_>> {
    let mut start = from;
    while start < name.len() && is_separator(name[start]) {
        start += 1;
    }
    if start >= name.len() {
        return None;
    }
    let mut end = start;
    while end < name.len() && !is_separator(name[end]) {
        end += 1;
    }
    Some(Word { text: slice(name, start, end), start, end })
}

/// The length of `name` without `suffix` and the separator in front of it, if `name` ends so. Inside the suffix, `.` in
/// the name stands for `_`.
pub(crate) const fn without_suffix(name: &[u8], suffix: &[u8]) -> Option<usize> {
    if suffix.is_empty() || name.len() <= suffix.len() {
        return None;
    }
    let start = name.len() - suffix.len();
    if !is_separator(name[start - 1]) {
        return None;
    }
    let mut i = 0;
    while i < suffix.len() {
        let byte = name[start + i];
        if byte != suffix[i] && !(suffix[i] == b'_' && is_separator(byte)) {
            return None;
        }
        i += 1;
    }
    Some(start - 1)
}

/// A text of ASCII characters in a fixed space. What does not fit is cut off.
#[derive(Clone, Copy)]
pub(crate) struct AsciiBuffer<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> AsciiBuffer<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    pub(crate) const fn push(&mut self, byte: u8) {
        if self.len < N && byte.is_ascii() {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
    }

    pub(crate) const fn push_all(&mut self, text: &[u8]) {
        let mut i = 0;
        while i < text.len() {
            self.push(text[i]);
            i += 1;
        }
    }

    /// Appends `text` with every character outside `[a-zA-Z0-9_]` as `_` and runs of `_` as one.
    pub(crate) const fn push_sanitized(&mut self, text: &[u8]) {
        let mut i = 0;
        while i < text.len() {
            let byte = text[i];
            if byte.is_ascii_alphanumeric() {
                self.push(byte);
            } else {
                self.push_separator();
            }
            i += 1;
        }
    }

    /// Appends `_` unless the text already ends in one.
    pub(crate) const fn push_separator(&mut self) {
        if self.len == 0 || self.bytes[self.len - 1] != b'_' {
            self.push(b'_');
        }
    }

    pub(crate) const fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.len = len;
        }
    }

    pub(crate) const fn trim_end_separators(&mut self) {
        while self.len > 0 && self.bytes[self.len - 1] == b'_' {
            self.len -= 1;
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn as_bytes(&self) -> &[u8] {
        self.bytes.split_at(self.len).0
    }

    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            // Unreachable: `push` takes ASCII only.
            Err(_) => "",
        }
    }
}
