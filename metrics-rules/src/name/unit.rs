use super::violation::NameViolation;
use crate::{
    kind::InstrumentKind,
    text::{self, Word},
    unit::{
        Unit, UnitInfo, UnitWord, base_of_foreign, lookup_singular, lookup_word, parse_unit,
        unit_word,
    },
};

/// N4: the word of a declared unit stands in the Prometheus name exactly once, at its end or before
/// `_total`; the word of a unit in the name needs the declaration of the unit.
///
/// Rendering adds the word to a dotted name; a name in underscore style has to contain the word. A
/// unit that does not parse is checked by rule U1, and the unit `1` by rule U2. The names of infos
/// and state sets, which have no unit, can have any words of base units.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::*, NameViolation, check_unit_in_name};
///
/// assert_eq!(check_unit_in_name("osapi.job.duration", Histogram, Some("s")), None);
/// assert_eq!(
///     check_unit_in_name("osapi_job_duration", Histogram, Some("s")),
///     Some(NameViolation::UnitNotInName),
/// );
/// assert!(matches!(check_unit_in_name("osapi_job_duration_seconds", Histogram, None),
///                  Some(NameViolation::UnitNotDeclared { at: 19, len: 7, unit })
///                      if unit.ucum == "s"));
/// ```
pub const fn check_unit_in_name(
    name: &str,
    kind: InstrumentKind,
    unit: Option<&str>,
) -> Option<NameViolation> {
    if !kind.has_unit() {
        return None;
    }
    let dotted = text::find(name.as_bytes(), b'.').is_some();
    let stem = without_total(name.as_bytes());
    let declared = match unit {
        Some(unit) => match parse_unit(unit) {
            Ok(parsed) => Some(parsed),
            Err(_) => return None,
        },
        None => None,
    };
    let word = match unit {
        Some(unit) => unit_word(unit, kind),
        None => UnitWord::NONE,
    };
    // No word of a unit may precede the word of the declared unit.
    let rest = match text::without_suffix(stem, word.as_bytes()) {
        Some(len) => len,
        None => stem.len(),
    };
    let in_place = rest < stem.len();
    let mut from = 0;
    while let Some(found) = next_unit_word(stem, from) {
        if found.start >= rest {
            break;
        }
        let (at, len) = (found.start, found.end - found.start);
        let text = text::slice(stem, found.start, found.end);
        return Some(match declared {
            _ if in_place && text::equal(text, word.as_bytes()) => {
                NameViolation::UnitRepeated { at, len }
            }
            None => NameViolation::UnitNotDeclared { at, len, unit: found.unit },
            Some(Unit::Plain(info)) if is_same(info, found.unit) && !found.per => {
                NameViolation::UnitMisplaced { at, len }
            }
            // For the unit `1` and a name that contains `ratio`, rule U2 checks the place of the
            // word.
            Some(Unit::Dimensionless) if text::equal(found.unit.ucum.as_bytes(), b"1") => {
                from = found.end;
                continue;
            }
            Some(_) => NameViolation::UnitMismatch { at, len, unit: found.unit },
        });
    }
    let left_to_u2 = matches!(declared, Some(Unit::Dimensionless));
    if !in_place && !dotted && !word.is_empty() && !left_to_u2 {
        return Some(NameViolation::UnitNotInName);
    }
    None
}

/// The name without `_total`, for every kind of instrument: rule N3 checks the suffix.
const fn without_total(name: &[u8]) -> &[u8] {
    match text::without_suffix(name, b"total") {
        Some(len) => text::slice(name, 0, len),
        None => name,
    }
}

const fn is_same(a: &UnitInfo, b: &UnitInfo) -> bool {
    text::equal(a.word.as_bytes(), b.word.as_bytes())
}

/// The word of a unit in a name: `seconds`, or `per_second`.
#[derive(Clone, Copy)]
struct FoundUnit {
    start: usize,
    end: usize,
    unit: &'static UnitInfo,
    per: bool,
}

const fn next_unit_word(name: &[u8], from: usize) -> Option<FoundUnit> {
    let mut next = text::next_word(name, from);
    while let Some(word) = next {
        if let Some(unit) = lookup_word(word.text) {
            return Some(FoundUnit { start: word.start, end: word.end, unit, per: false });
        }
        next = text::next_word(name, word.end);
        if text::equal(word.text, b"per")
            && let Some(Word { text, end, .. }) = next
            && let Some(unit) = lookup_singular(text)
        {
            return Some(FoundUnit { start: word.start, end, unit, per: true });
        }
    }
    None
}

/// N5: the declared unit is a base unit, or the word at the end of the name if no unit is declared;
/// and the name contains no word that Prometheus's linter reads as a unit other than a base unit,
/// such as `kilometers`. The caller omits this check under `allow(non_base_units)`.
///
/// ```
/// use osapi_metrics_rules::{NameViolation, check_base_unit};
///
/// assert_eq!(check_base_unit("osapi_wait_seconds", Some("s")), None);
/// assert!(matches!(check_base_unit("osapi_wait_milliseconds", Some("ms")),
///                  Some(NameViolation::NonBaseUnit { unit }) if unit.base_word == "seconds"));
/// assert_eq!(check_base_unit("osapi_miles_driven", None),
///            Some(NameViolation::NonBaseWord { at: 6, len: 5, base: "meters" }));
/// ```
pub const fn check_base_unit(name: &str, unit: Option<&str>) -> Option<NameViolation> {
    let unit = match unit {
        Some(unit) => non_base_part(unit),
        None => last_unit_word(name),
    };
    match unit {
        Some(unit) if !unit.base => Some(NameViolation::NonBaseUnit { unit }),
        _ => non_base_word(name.as_bytes()),
    }
}

/// N5 for a kind: [`check_base_unit`], or, of a kind without a unit, any word of a unit that is not
/// a base unit.
pub const fn check_base_unit_of(
    name: &str,
    kind: InstrumentKind,
    unit: Option<&str>,
) -> Option<NameViolation> {
    if kind.has_unit() {
        return check_base_unit(name, unit);
    }
    let name = name.as_bytes();
    let mut next = text::next_word(name, 0);
    while let Some(word) = next {
        if let Some(unit) = lookup_word(word.text)
            && !unit.base
        {
            let (at, len) = (word.start, word.end - word.start);
            return Some(NameViolation::NonBaseWord { at, len, base: unit.base_word });
        }
        next = text::next_word(name, word.end);
    }
    non_base_word(name)
}

/// The first word that the linter reads as a unit although the unit has no code.
const fn non_base_word(name: &[u8]) -> Option<NameViolation> {
    let mut next = text::next_word(name, 0);
    while let Some(word) = next {
        if lookup_word(word.text).is_none()
            && let Some(base) = base_of_foreign(word.text)
        {
            let (at, len) = (word.start, word.end - word.start);
            return Some(NameViolation::NonBaseWord { at, len, base });
        }
        next = text::next_word(name, word.end);
    }
    None
}

/// The unit to check: for `ms/By`, the part that is not a base unit.
const fn non_base_part(unit: &str) -> Option<&'static UnitInfo> {
    match parse_unit(unit) {
        Ok(Unit::Plain(info)) => Some(info),
        Ok(Unit::Per { numerator: Some(numerator), .. }) if !numerator.base => Some(numerator),
        Ok(Unit::Per { denominator, .. }) => Some(denominator),
        Ok(Unit::Dimensionless | Unit::Annotation(_)) | Err(_) => None,
    }
}

/// The unit whose word stands at the end of the name or before `_total`.
const fn last_unit_word(name: &str) -> Option<&'static UnitInfo> {
    let stem = without_total(name.as_bytes());
    let mut from = 0;
    while let Some(found) = next_unit_word(stem, from) {
        if found.end == stem.len() {
            return Some(found.unit);
        }
        from = found.end;
    }
    None
}

/// U2: the unit `1` is only for a gauge whose name ends in `_ratio` or `.utilization`; a count has
/// an annotation.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::*, NameViolation, check_unit_for_kind};
///
/// assert_eq!(check_unit_for_kind("osapi_queue_fill_ratio", Gauge, Some("1")), None);
/// assert_eq!(
///     check_unit_for_kind("osapi_jobs_total", Counter, Some("1")),
///     Some(NameViolation::DimensionlessCount),
/// );
/// ```
pub const fn check_unit_for_kind(
    name: &str,
    kind: InstrumentKind,
    unit: Option<&str>,
) -> Option<NameViolation> {
    let Some(unit) = unit else { return None };
    if !matches!(parse_unit(unit), Ok(Unit::Dimensionless)) {
        return None;
    }
    if !matches!(kind, InstrumentKind::Gauge) {
        return Some(NameViolation::DimensionlessCount);
    }
    let name = name.as_bytes();
    if text::without_suffix(name, b"ratio").is_some() || text::ends_with(name, b".utilization") {
        None
    } else {
        Some(NameViolation::DimensionlessName)
    }
}
