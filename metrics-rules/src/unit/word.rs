use core::fmt;

use super::{parse::slash_outside_braces, table::lookup};
use crate::{
    kind::InstrumentKind,
    text::{self, AsciiBuffer},
};

/// OpenTelemetry limits units to 63 characters. A longer unit of another library is cut.
const MAX_FACTOR: usize = 63;

pub(crate) const MAX_UNIT_WORD: usize = MAX_FACTOR + "_per_".len() + MAX_FACTOR;

/// The words that a unit adds to a Prometheus name. Made by [`unit_word`].
#[derive(Clone, Copy)]
pub struct UnitWord(AsciiBuffer<MAX_UNIT_WORD>);

impl UnitWord {
    pub(crate) const NONE: Self = Self(AsciiBuffer::new());

    /// The words, joined by `_`; empty if the unit adds nothing.
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether the unit adds nothing to the name.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for UnitWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for UnitWord {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for UnitWord {}

/// The words of this unit in a Prometheus name: `seconds`, `bytes_per_second`, `ratio` for a gauge
/// with `1`, and no word for an annotation.
///
/// Third-party instruments may have any unit, so a code outside [`UNITS`](crate::UNITS) is not an
/// error here: the name contains the code itself, with `_` in place of all characters other than
/// letters and digits.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind, unit_word};
///
/// assert_eq!(unit_word("By/s", InstrumentKind::Gauge).as_str(), "bytes_per_second");
/// assert_eq!(unit_word("{job}", InstrumentKind::Counter).as_str(), "");
/// ```
pub const fn unit_word(unit: &str, kind: InstrumentKind) -> UnitWord {
    let unit = unit.as_bytes();
    let mut word = AsciiBuffer::new();
    if text::equal(unit, b"1") {
        if matches!(kind, InstrumentKind::Gauge) {
            word.push_all(b"ratio");
        }
        return UnitWord(word);
    }
    let Some(slash) = slash_outside_braces(unit) else {
        push_factor(&mut word, unit, false);
        return UnitWord(word);
    };
    let mut below = AsciiBuffer::<MAX_UNIT_WORD>::new();
    push_factor(&mut below, text::slice(unit, slash + 1, unit.len()), true);
    push_factor(&mut word, text::slice(unit, 0, slash), false);
    if !below.is_empty() {
        if !word.is_empty() {
            word.push_separator();
        }
        word.push_all(b"per_");
        word.push_all(below.as_bytes());
    }
    UnitWord(word)
}

/// Appends the word of one side of a slash.
const fn push_factor(word: &mut AsciiBuffer<MAX_UNIT_WORD>, factor: &[u8], singular: bool) {
    if let Some(info) = lookup(factor) {
        word.push_all(if singular { info.singular.as_bytes() } else { info.word.as_bytes() });
        return;
    }
    if text::find(factor, b'{').is_some() || text::find(factor, b'}').is_some() {
        return;
    }
    let mut i = 0;
    while i < factor.len() && !factor[i].is_ascii_alphanumeric() {
        i += 1;
    }
    word.push_sanitized(text::slice(factor, i, i + MAX_FACTOR));
    word.trim_end_separators();
}
