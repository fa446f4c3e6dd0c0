use super::NameViolation;
use crate::text;
use crate::unit::lookup_abbreviation;

/// N7: no word of the name is the kind of an instrument. N8: the word in the unit's place, the last one but for
/// `total`, is no abbreviated unit; elsewhere `min` and `us` are ordinary words. Finds the first.
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
        let following = text::next_word(name, word.end);
        let in_units_place = match following {
            None => true,
            Some(last) => {
                matches!(last.text, b"total") && text::next_word(name, last.end).is_none()
            }
        };
        // The first word is a namespace, not a quantity: a set may be called `ms`.
        if at > 0
            && in_units_place
            && let Some(unit) = lookup_abbreviation(word.text)
        {
            return Some(NameViolation::Abbreviation { at, len, unit });
        }
        next = following;
    }
    None
}
