use core::fmt;

use super::{
    parse::{Unit, parse_factor, parse_unit, slash_outside_braces},
    table::{UnitInfo, nearest_unit},
};
use crate::text::{self, AsciiBuffer};

/// OpenTelemetry limits units to 63 characters.
const CAPACITY: usize = 63;

/// A unit to declare in place of another. Made by [`propose_unit`].
#[derive(Clone, Copy)]
pub struct ProposedUnit(AsciiBuffer<CAPACITY>);

impl ProposedUnit {
    /// The unit: a UCUM code, one unit per another, or an annotation.
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The unit itself if `keeps_units` is set, or else its base unit.
    pub(crate) const fn of(unit: &UnitInfo, keeps_units: bool) -> Self {
        let mut out = AsciiBuffer::new();
        push_unit(&mut out, unit, keeps_units);
        Self(out)
    }
}

impl fmt::Debug for ProposedUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// The unit that a declaration most likely means: the nearest unit of the table, the nearest two
/// for one unit per another, or an annotation for a word that is not a unit. `None` if the meaning
/// is not clear, or if the unit is right.
///
/// `keeps_units` says that the set has `allow(non_base_units)`, so that `msec` is `ms` and not `s`.
///
/// ```
/// use osapi_metrics_rules::propose_unit;
///
/// let proposed = |unit| propose_unit(unit, false).map(|proposed| proposed.as_str().to_owned());
/// assert_eq!(proposed("seconds").as_deref(), Some("s"));
/// assert_eq!(proposed("KB/sec").as_deref(), Some("By/s"));
/// assert_eq!(proposed("jobs").as_deref(), Some("{job}"));
/// assert_eq!(proposed("count"), None);
/// ```
pub const fn propose_unit(unit: &str, keeps_units: bool) -> Option<ProposedUnit> {
    let mut out = AsciiBuffer::new();
    let understood = match slash_outside_braces(unit.as_bytes()) {
        None => push_factor(&mut out, unit, keeps_units),
        Some(slash) => {
            let (above, below) = (unit.split_at(slash).0, unit.split_at(slash + 1).1);
            let above_is_understood = above.is_empty() || push_factor(&mut out, above, keeps_units);
            out.push(b'/');
            above_is_understood && push_factor(&mut out, below, keeps_units)
        }
    };
    let proposed = ProposedUnit(out);
    let differs = !text::equal(proposed.as_str().as_bytes(), unit.as_bytes());
    if understood && differs && out.len() < CAPACITY && parse_unit(proposed.as_str()).is_ok() {
        Some(proposed)
    } else {
        None
    }
}

/// Appends the unit that one side of a slash means, and returns whether the meaning is clear.
const fn push_factor(out: &mut AsciiBuffer<CAPACITY>, factor: &str, keeps_units: bool) -> bool {
    match parse_factor(factor) {
        Ok(Unit::Plain(unit)) => push_unit(out, unit, keeps_units),
        Ok(_) => out.push_all(factor.as_bytes()),
        Err(_) => match nearest_unit(factor) {
            Some(unit) => push_unit(out, unit, keeps_units),
            None => return push_annotation(out, factor.as_bytes()),
        },
    }
    true
}

const fn push_unit(out: &mut AsciiBuffer<CAPACITY>, unit: &UnitInfo, keeps_units: bool) {
    out.push_all(if keeps_units { unit.ucum.as_bytes() } else { unit.base_ucum.as_bytes() });
}

/// Words for a count that do not say what is counted.
const VAGUE: &[&str] = &[
    "amount", "count", "counts", "none", "num", "number", "quantity", "total", "unit", "units",
    "value",
];

/// Abbreviations and irregular plurals of things that are counted, with their singulars.
const SHORT: &[(&str, &str)] = &[
    ("conn", "connection"),
    ("conns", "connection"),
    ("err", "error"),
    ("errs", "error"),
    ("msg", "message"),
    ("msgs", "message"),
    ("ops", "operation"),
    ("queries", "query"),
    ("entries", "entry"),
    ("req", "request"),
    ("reqs", "request"),
    ("retries", "retry"),
];

/// Appends an annotation for a lower-case word in the singular, or for words in braces.
const fn push_annotation(out: &mut AsciiBuffer<CAPACITY>, word: &[u8]) -> bool {
    let opened = text::starts_with(word, b"{");
    let closed = text::ends_with(word, b"}");
    let end = if closed { word.len() - 1 } else { word.len() };
    let inside = text::slice(word, if opened { 1 } else { 0 }, end);
    let inside = if opened || closed { inside } else { singular(inside) };
    if inside.len() < 3 || !inside[0].is_ascii_lowercase() {
        return false;
    }
    out.push(b'{');
    let mut i = 0;
    while i < inside.len() {
        match inside[i] {
            letter @ (b'a'..=b'z' | b'0'..=b'9' | b'_') => out.push(letter),
            b' ' | b'-' => out.push(b'_'),
            _ => return false,
        }
        i += 1;
    }
    out.push(b'}');
    true
}

/// The singular of a word; empty for a word that does not say what is counted.
const fn singular(word: &[u8]) -> &[u8] {
    let mut i = 0;
    while i < VAGUE.len() {
        if text::equal(VAGUE[i].as_bytes(), word) {
            return b"";
        }
        i += 1;
    }
    let mut i = 0;
    while i < SHORT.len() {
        if text::equal(SHORT[i].0.as_bytes(), word) {
            return SHORT[i].1.as_bytes();
        }
        i += 1;
    }
    let takes_es = text::ends_with(word, b"sses")
        || text::ends_with(word, b"shes")
        || text::ends_with(word, b"ches")
        || text::ends_with(word, b"xes");
    if takes_es {
        return text::slice(word, 0, word.len() - 2);
    }
    let is_plural = text::ends_with(word, b"s")
        && !(text::ends_with(word, b"ss")
            || text::ends_with(word, b"us")
            || text::ends_with(word, b"is"));
    if is_plural { text::slice(word, 0, word.len() - 1) } else { word }
}
