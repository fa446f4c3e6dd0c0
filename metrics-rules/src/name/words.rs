use super::violation::NameViolation;
use crate::{
    text::{self, Word},
    unit::lookup_abbreviation,
};

/// Abbreviations that Prometheus's linter rejects at every place after the first word, from
/// `promlint` in `prometheus/client_golang`. All other abbreviations, such as `min`, are ordinary
/// words except at the end of a name.
const REJECTED_ANYWHERE: &[&str] =
    &["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];

/// N7: no word of the name is the kind of an instrument. N8: no word of the name is an abbreviated
/// unit. An abbreviation that is also a word breaks the rule only at the place of the unit, which
/// is the last word before an optional `total`. Returns the first mistake.
///
/// ```
/// use osapi_metrics_rules::{NameViolation, check_words};
///
/// assert_eq!(
///     check_words("osapi_jobs_counter_total"),
///     Some(NameViolation::KindInName { at: 11, len: 7 }),
/// );
/// assert!(matches!(check_words("osapi_wait_ms"),
///                  Some(NameViolation::Abbreviation { at: 11, len: 2, unit })
///                      if unit.base_word == "seconds"));
/// assert_eq!(check_words("osapi_min_size"), None);
/// ```
pub const fn check_words(name: &str) -> Option<NameViolation> {
    let name = name.as_bytes();
    let mut next = text::next_word(name, 0);
    while let Some(word) = next {
        let (at, len) = (word.start, word.end - word.start);
        if is_kind(word.text) {
            return Some(NameViolation::KindInName { at, len });
        }
        // The first word is a namespace, not a quantity: a set may be called `ms`.
        if at > 0
            && let Some(unit) = lookup_abbreviation(word.text)
        {
            if is_in_units_place(name, word) {
                return Some(NameViolation::Abbreviation { at, len, unit });
            }
            if is_rejected_anywhere(word.text) {
                return Some(NameViolation::AbbreviationWithin { at, len, unit });
            }
        }
        next = text::next_word(name, word.end);
    }
    None
}

/// Whether a word is the kind of an instrument.
pub(super) const fn is_kind(word: &[u8]) -> bool {
    matches!(word, b"counter" | b"gauge" | b"histogram" | b"summary")
}

/// Whether the word is the last word, or the last word before `total`.
const fn is_in_units_place(name: &[u8], word: Word<'_>) -> bool {
    match text::next_word(name, word.end) {
        None => true,
        Some(last) => matches!(last.text, b"total") && text::next_word(name, last.end).is_none(),
    }
}

const fn is_rejected_anywhere(word: &[u8]) -> bool {
    let mut i = 0;
    while i < REJECTED_ANYWHERE.len() {
        if text::equal(REJECTED_ANYWHERE[i].as_bytes(), word) {
            return true;
        }
        i += 1;
    }
    false
}
