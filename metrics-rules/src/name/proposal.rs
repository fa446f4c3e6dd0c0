use core::fmt;

use super::{
    grammar::{MAX_NAME_LENGTH, check_grammar, check_prefix},
    suffix::{check_suffix, reserved_suffix},
    unit::{check_base_unit_of, check_unit_for_kind, check_unit_in_name},
    words::{check_words, is_kind},
};
use crate::{
    kind::InstrumentKind,
    text::{self, AsciiBuffer, Word},
    unit::{
        ProposedUnit, Unit, UnitInfo, UnitWord, base_of_foreign, lookup_abbreviation,
        lookup_singular, lookup_word, parse_unit, propose_unit, unit_word,
    },
};

/// Room for a name of the greatest length in which a `_` is added before every second letter.
pub(crate) const CAPACITY: usize = 2 * MAX_NAME_LENGTH;

/// A corrected declaration. Made by [`propose`].
#[derive(Clone, Copy)]
pub struct Proposal {
    name: AsciiBuffer<CAPACITY>,
    unit: Option<ProposedUnit>,
}

impl Proposal {
    /// The corrected name; the given name if only the unit is at fault.
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The unit to declare instead of the given unit; `None` if the unit is right.
    pub const fn unit(&self) -> Option<&str> {
        match &self.unit {
            Some(unit) => Some(unit.as_str()),
            None => None,
        }
    }
}

impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proposal").field("name", &self.name()).field("unit", &self.unit()).finish()
    }
}

/// The nearest declaration that follows rules N1 to N8, which diagnostics propose. `None` if the
/// declaration follows the rules, or if its meaning is ambiguous (a name in bytes with a unit of
/// seconds).
///
/// `keeps_units` says that the set has `allow(non_base_units)`, so that `ms` is not corrected.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::*, propose};
///
/// let proposal = propose("osapi_Jobs-created", "osapi", Counter, None, false).unwrap();
/// assert_eq!((proposal.name(), proposal.unit()), ("osapi_jobs_created_total", None));
///
/// let proposal = propose("osapi_wait_ms", "osapi", Histogram, None, false).unwrap();
/// assert_eq!((proposal.name(), proposal.unit()), ("osapi_wait_seconds", Some("s")));
/// ```
pub const fn propose(
    name: &str,
    prefix: &str,
    kind: InstrumentKind,
    unit: Option<&str>,
    keeps_units: bool,
) -> Option<Proposal> {
    if keeps_rules(name, prefix, kind, unit, keeps_units) {
        return None;
    }
    let written = normalize(name.as_bytes());
    let words = Words::new(written.as_bytes(), prefix.as_bytes(), kind, keeps_units);
    let corrected = match corrected_unit(&words, unit, keeps_units) {
        Ok(corrected) => corrected,
        Err(Ambiguous) => return None,
    };
    let final_unit = match &corrected {
        Some(unit) => Some(unit.as_str()),
        None => unit,
    };
    let word = match final_unit {
        Some(unit) => unit_word(unit, kind),
        None => UnitWord::NONE,
    };
    let proposal = Proposal { name: words.join(&word, kind), unit: corrected };

    let same_name = text::equal(proposal.name.as_bytes(), name.as_bytes());
    let changes = !same_name || corrected.is_some();
    if changes && keeps_rules(proposal.name(), prefix, kind, final_unit, keeps_units) {
        Some(proposal)
    } else {
        None
    }
}

const fn keeps_rules(
    name: &str,
    prefix: &str,
    kind: InstrumentKind,
    unit: Option<&str>,
    keeps_units: bool,
) -> bool {
    let unit_is_known = match unit {
        Some(unit) => parse_unit(unit).is_ok(),
        None => true,
    };
    unit_is_known
        && check_grammar(name).is_none()
        && check_prefix(name, prefix).is_none()
        && check_suffix(name, kind).is_none()
        && check_unit_for_kind(name, kind, unit).is_none()
        && check_unit_in_name(name, kind, unit).is_none()
        && check_words(name).is_none()
        && (keeps_units || check_base_unit_of(name, kind, unit).is_none())
}

/// Lower-case words joined by one separator each: `JobsCreated` and `jobs--created` become
/// `jobs_created`.
pub(crate) const fn normalize(name: &[u8]) -> AsciiBuffer<CAPACITY> {
    let mut out = AsciiBuffer::<CAPACITY>::new();
    let mut separator = None;
    let mut i = 0;
    while i < name.len() {
        let byte = name[i];
        if byte.is_ascii_alphanumeric() {
            let begins_word = byte.is_ascii_uppercase()
                && i > 0
                && (name[i - 1].is_ascii_lowercase()
                    || (name[i - 1].is_ascii_uppercase()
                        && i + 1 < name.len()
                        && name[i + 1].is_ascii_lowercase()));
            if !out.is_empty() {
                match separator {
                    Some(separator) => out.push(separator),
                    None if begins_word => out.push(b'_'),
                    None => {}
                }
            }
            separator = None;
            out.push(byte.to_ascii_lowercase());
        } else if byte == b'.' || separator.is_none() {
            separator = Some(if byte == b'.' { b'.' } else { b'_' });
        }
        i += 1;
    }
    out
}

/// The name and the unit contradict each other.
struct Ambiguous;

/// The unit to declare, if it is not the declared unit.
const fn corrected_unit(
    words: &Words<'_>,
    declared: Option<&str>,
    keeps_units: bool,
) -> Result<Option<ProposedUnit>, Ambiguous> {
    let Some(code) = declared else {
        return match words.unit {
            Some(unit) => Ok(Some(ProposedUnit::of(unit, keeps_units))),
            None if words.is_rate => Err(Ambiguous),
            None => Ok(None),
        };
    };
    let proposed = propose_unit(code, keeps_units);
    let meant = match &proposed {
        Some(proposed) => proposed.as_str(),
        None => code,
    };
    match (parse_unit(meant), words.unit) {
        (Ok(Unit::Plain(unit)), Some(in_name))
            if !text::equal(in_name.base_ucum.as_bytes(), unit.base_ucum.as_bytes()) =>
        {
            Err(Ambiguous)
        }
        (Ok(Unit::Annotation(_)), in_name) if in_name.is_some() || words.is_rate => Err(Ambiguous),
        (Ok(_), _) => Ok(proposed),
        (Err(_), _) => Err(Ambiguous),
    }
}

/// The words of a name, sorted into words that stay and words that the unit and the kind add again.
struct Words<'a> {
    prefix: &'a [u8],
    /// The separator of a prefix or a suffix that is added.
    style: u8,
    kept: AsciiBuffer<CAPACITY>,
    /// Whether the kind has a unit. If not, words of units are words like others.
    has_unit: bool,
    unit: Option<&'static UnitInfo>,
    /// The name contains `per second`.
    is_rate: bool,
}

impl<'a> Words<'a> {
    const fn new(
        name: &'a [u8],
        prefix: &'a [u8],
        kind: InstrumentKind,
        keeps_units: bool,
    ) -> Self {
        let is_dotted = text::find(name, b'.').is_some() || text::find(prefix, b'.').is_some();
        let mut words = Self {
            prefix,
            style: if is_dotted { b'.' } else { b'_' },
            kept: AsciiBuffer::new(),
            has_unit: kind.has_unit(),
            unit: None,
            is_rate: false,
        };
        let mut from = if text::starts_with(name, prefix) { prefix.len() } else { 0 };
        let end = end_of_words(name, kind);
        while let Some(word) = text::next_word(name, from) {
            if word.start >= end {
                break;
            }
            from = words.sort(name, word, end, keeps_units);
        }
        words
    }

    /// Sorts a word and returns the position after which the next word begins.
    const fn sort(&mut self, name: &[u8], word: Word<'_>, end: usize, keeps_units: bool) -> usize {
        if is_kind(word.text) {
            return word.end;
        }
        if text::equal(word.text, b"per")
            && self.has_unit
            && let Some(next) = text::next_word(name, word.end)
            && lookup_singular(next.text).is_some()
        {
            self.is_rate = true;
            return next.end;
        }
        // The first word is a namespace, not a quantity.
        let is_first = word.start == 0;
        let unit = match lookup_word(word.text) {
            None if !is_first && is_last(name, word, end) => {
                match (lookup_abbreviation(word.text), base_of_foreign(word.text)) {
                    (None, Some(base)) if !keeps_units => lookup_word(base.as_bytes()),
                    (unit, _) => unit,
                }
            }
            unit => unit,
        };
        if unit.is_some() && self.has_unit {
            self.unit = unit;
            return word.end;
        }
        if !self.kept.is_empty() {
            self.kept.push(name[word.start - 1]);
        }
        self.kept.push_all(word.text);
        word.end
    }

    const fn join(&self, unit: &UnitWord, kind: InstrumentKind) -> AsciiBuffer<CAPACITY> {
        let mut out = AsciiBuffer::new();
        if !self.prefix.is_empty() {
            out.push_all(self.prefix);
            out.push(self.style);
        }
        out.push_all(self.kept.as_bytes());
        // In a dotted name without the word, rendering adds the word.
        let has_word = self.unit.is_some() || self.is_rate;
        if !unit.is_empty() && (has_word || self.style == b'_') {
            if !self.kept.is_empty() {
                out.push(b'_');
            }
            out.push_all(unit.as_bytes());
        }
        if let [_, word @ ..] = kind.suffix().as_bytes() {
            out.push(self.style);
            out.push_all(word);
        }
        out
    }
}

/// Whether only kinds of instruments follow this word.
const fn is_last(name: &[u8], word: Word<'_>, end: usize) -> bool {
    let mut from = word.end;
    while let Some(next) = text::next_word(name, from) {
        if next.start >= end {
            return true;
        }
        if !is_kind(next.text) {
            return false;
        }
        from = next.end;
    }
    true
}

/// The position of the suffixes that depend on the kind of the instrument.
const fn end_of_words(name: &[u8], kind: InstrumentKind) -> usize {
    let mut end = name.len();
    while let Some(len) = text::without_suffix(text::slice(name, 0, end), b"total") {
        end = len;
    }
    if end < name.len() {
        return end;
    }
    if matches!(kind, InstrumentKind::Info) {
        while let Some(len) = text::without_suffix(text::slice(name, 0, end), b"info") {
            end = len;
        }
        return end;
    }
    match reserved_suffix(name) {
        Some((len, _)) if !matches!(kind, InstrumentKind::Counter) => len,
        _ => end,
    }
}
