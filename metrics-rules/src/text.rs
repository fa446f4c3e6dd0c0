//! Compares and cuts ASCII text in `const fn`s, which cannot index slices by ranges and cannot call
//! traits. Offsets are bytes. All functions accept any UTF-8 input.
//!
//! The compiler evaluates these functions for every metric of a program. Calls are the greatest
//! part of the time, including calls of `len()`, so the functions use patterns and local counters.

/// Whether two texts are equal.
pub const fn equal(mut a: &[u8], mut b: &[u8]) -> bool {
    while let [in_a, rest_of_a @ ..] = a {
        let [in_b, rest_of_b @ ..] = b else { return false };
        if *in_a != *in_b {
            return false;
        }
        (a, b) = (rest_of_a, rest_of_b);
    }
    matches!(b, [])
}

pub(crate) const fn equal_ignoring_case(mut a: &[u8], mut b: &[u8]) -> bool {
    while let [in_a, rest_of_a @ ..] = a {
        let [in_b, rest_of_b @ ..] = b else { return false };
        if *in_a != *in_b && !in_a.eq_ignore_ascii_case(in_b) {
            return false;
        }
        (a, b) = (rest_of_a, rest_of_b);
    }
    matches!(b, [])
}

/// The bytes from `start` up to `end`; both are clamped to the text.
pub(crate) const fn slice(text: &[u8], start: usize, end: usize) -> &[u8] {
    let length = text.len();
    let end = if end > length { length } else { end };
    let (mut slice, mut before, mut after) = (text, start, length - end);
    while after >= 8
        && let [rest @ .., _, _, _, _, _, _, _, _] = slice
    {
        (slice, after) = (rest, after - 8);
    }
    while after > 0
        && let [rest @ .., _] = slice
    {
        (slice, after) = (rest, after - 1);
    }
    while before >= 8
        && let [_, _, _, _, _, _, _, _, rest @ ..] = slice
    {
        (slice, before) = (rest, before - 8);
    }
    while before > 0
        && let [_, rest @ ..] = slice
    {
        (slice, before) = (rest, before - 1);
    }
    slice
}

pub(crate) const fn starts_with(mut text: &[u8], mut prefix: &[u8]) -> bool {
    while let [expected, rest_of_prefix @ ..] = prefix {
        let [found, rest_of_text @ ..] = text else { return false };
        if *found != *expected {
            return false;
        }
        (text, prefix) = (rest_of_text, rest_of_prefix);
    }
    true
}

pub(crate) const fn ends_with(mut text: &[u8], mut suffix: &[u8]) -> bool {
    while let [rest_of_suffix @ .., expected] = suffix {
        let [rest_of_text @ .., found] = text else { return false };
        if *found != *expected {
            return false;
        }
        (text, suffix) = (rest_of_text, rest_of_suffix);
    }
    true
}

/// The position of the first `needle`.
pub(crate) const fn find(mut text: &[u8], needle: u8) -> Option<usize> {
    let mut at = 0;
    while let [first, rest @ ..] = text {
        if *first == needle {
            return Some(at);
        }
        at += 1;
        text = rest;
    }
    None
}

/// Whether this byte joins the words of a name.
pub(crate) const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'.')
}

/// A word of a name and its position.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The first word at or after `from`.
pub(crate) const fn next_word(name: &[u8], from: usize) -> Option<Word<'_>> {
    let length = name.len();
    let mut start = from;
    while start < length && matches!(name[start], b'_' | b'.') {
        start += 1;
    }
    if start >= length {
        return None;
    }
    let mut end = start;
    while end < length && !matches!(name[end], b'_' | b'.') {
        end += 1;
    }
    Some(Word { text: slice(name, start, end), start, end })
}

/// The length of `name` without `suffix` and its separator, if `name` ends in them. A `.` in the
/// name matches a `_` in the suffix.
pub(crate) const fn without_suffix(name: &[u8], mut suffix: &[u8]) -> Option<usize> {
    if matches!(suffix, []) {
        return None;
    }
    let mut rest = name;
    while let [rest_of_suffix @ .., expected] = suffix {
        let [rest_of_name @ .., found] = rest else { return None };
        if *found != *expected && !(*expected == b'_' && *found == b'.') {
            return None;
        }
        (rest, suffix) = (rest_of_name, rest_of_suffix);
    }
    match rest {
        [stem @ .., b'_' | b'.'] => Some(stem.len()),
        _ => None,
    }
}

/// A text of ASCII characters with a fixed capacity. Text beyond the capacity is cut off.
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
        if self.len < N && byte < 128 {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
    }

    pub(crate) const fn push_all(&mut self, mut text: &[u8]) {
        while let [byte, rest @ ..] = text {
            if self.len < N && *byte < 128 {
                self.bytes[self.len] = *byte;
                self.len += 1;
            }
            text = rest;
        }
    }

    /// Appends `text` with every character outside `[a-zA-Z0-9_]` as `_` and runs of `_` as one.
    pub(crate) const fn push_sanitized(&mut self, mut text: &[u8]) {
        while let [byte, rest @ ..] = text {
            if matches!(*byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') {
                if self.len < N {
                    self.bytes[self.len] = *byte;
                    self.len += 1;
                }
            } else {
                self.push_separator();
            }
            text = rest;
        }
    }

    /// Appends `_` unless the text ends in `_`.
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
