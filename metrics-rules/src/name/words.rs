use super::NameViolation;
use crate::text;
use crate::unit::lookup_abbreviation;

/// N7: no word of the name is the kind of an instrument. N8: none is an abbreviated unit. Finds the first.
///
/// ```
/// use osapi_metrics_rules::{NameViolation, check_words};
///
/// assert_eq!(check_words("osapi_jobs_counter_total"), Some(NameViolation::KindInName { at: 11, len: 7 }));
/// assert!(matches!(check_words("osapi_wait_ms"),
///                  Some(NameViolation::Abbreviation { at: 11, len: 2, unit }) if unit.base_word == "seconds"));
/// ```
pub const fn check_words(name: &str) -> Option<NameViolation> {
    let name = name.as_bytes();
    let mut next = text::next_word(name, 0);
    while let Some(word) = next {
        let (at, len) = (word.start, word.end - word.start);
        if matches!(word.text, b"counter" | b"gauge" | b"histogram" | b"summary") {
            return Some(NameViolation::KindInName { at, len });
        }
        // The first word is a namespace, not a quantity: a set may be called `ms`.
        if at > 0
            && let Some(unit) = lookup_abbreviation(word.text)
        {
            return Some(NameViolation::Abbreviation { at, len, unit });
        }
        next = text::next_word(name, word.end);
    }
    None
}
