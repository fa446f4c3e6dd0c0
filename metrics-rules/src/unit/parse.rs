use super::table::{UnitInfo, lookup};
use crate::text;

/// A parsed unit of measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit<'a> {
    /// `1`: a ratio.
    Dimensionless,
    /// `{job}`: a count. It has no word in the Prometheus name.
    Annotation(&'a str),
    /// A unit of the table [`UNITS`](crate::UNITS).
    Plain(&'static UnitInfo),
    /// `By/s`: one unit per another.
    Per {
        /// The unit above the slash; `None` for `1` and for annotations, as in `{job}/s`.
        numerator: Option<&'static UnitInfo>,
        /// The unit below the slash.
        denominator: &'static UnitInfo,
    },
}

/// Why a text is not a unit (rule U1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitViolation {
    /// The text is empty.
    Empty,
    /// The code is not in the table. [`nearest_unit`](crate::nearest_unit) may find the unit that
    /// was meant.
    Unknown,
    /// `{}`: the annotation does not say what is counted.
    EmptyAnnotation,
    /// An annotation with a missing brace, or with a character other than printable ASCII.
    MalformedAnnotation,
}

impl UnitViolation {
    /// The number of the rule.
    pub const fn rule(&self) -> &'static str {
        "U1"
    }
}

/// Parses a declared unit: a code of [`UNITS`](crate::UNITS), `numerator/denominator`, or an
/// `{annotation}` (rule U1).
///
/// # Errors
///
/// [`UnitViolation`] is the mistake in the text.
///
/// ```
/// use osapi_metrics_rules::{Unit, UnitViolation, parse_unit};
///
/// assert!(matches!(parse_unit("By"), Ok(Unit::Plain(info)) if info.word == "bytes"));
/// assert_eq!(parse_unit("{job}"), Ok(Unit::Annotation("job")));
/// assert_eq!(parse_unit("seconds"), Err(UnitViolation::Unknown));
/// ```
pub const fn parse_unit(unit: &str) -> Result<Unit<'_>, UnitViolation> {
    let bytes = unit.as_bytes();
    if bytes.is_empty() {
        return Err(UnitViolation::Empty);
    }
    let Some(slash) = slash_outside_braces(bytes) else {
        return parse_factor(unit);
    };
    let (above, rest) = unit.split_at(slash);
    let below = rest.split_at(1).1;
    if below.is_empty() || slash_outside_braces(below.as_bytes()).is_some() {
        return Err(UnitViolation::Unknown);
    }
    // In UCUM, `/s` means `1/s`.
    let above = if above.is_empty() { "1" } else { above };
    let above = match parse_factor(above) {
        Ok(unit) => unit,
        Err(violation) => return Err(violation),
    };
    match (above, parse_factor(below)) {
        (_, Err(violation)) => Err(violation),
        (_, Ok(Unit::Dimensionless)) => Err(UnitViolation::Unknown),
        // `By/{request}`: the annotation has no word, so the numerator is the unit.
        (above, Ok(Unit::Annotation(_))) => Ok(above),
        (Unit::Plain(numerator), Ok(Unit::Plain(denominator))) => {
            Ok(Unit::Per { numerator: Some(numerator), denominator })
        }
        (_, Ok(Unit::Plain(denominator) | Unit::Per { denominator, .. })) => {
            Ok(Unit::Per { numerator: None, denominator })
        }
    }
}

/// The position of the slash between two units; a slash inside an annotation is a part of it.
pub(super) const fn slash_outside_braces(unit: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = 0;
    while i < unit.len() {
        match unit[i] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}

/// Parses a unit without a slash.
pub(super) const fn parse_factor(unit: &str) -> Result<Unit<'_>, UnitViolation> {
    let bytes = unit.as_bytes();
    if text::equal(bytes, b"1") {
        return Ok(Unit::Dimensionless);
    }
    if text::find(bytes, b'{').is_none() && text::find(bytes, b'}').is_none() {
        return match lookup(bytes) {
            Some(info) => Ok(Unit::Plain(info)),
            None => Err(UnitViolation::Unknown),
        };
    }
    if bytes.len() < 2 || bytes[0] != b'{' || bytes[bytes.len() - 1] != b'}' {
        return Err(UnitViolation::MalformedAnnotation);
    }
    if bytes.len() == 2 {
        return Err(UnitViolation::EmptyAnnotation);
    }
    let mut i = 1;
    while i < bytes.len() - 1 {
        if !bytes[i].is_ascii_graphic() || matches!(bytes[i], b'{' | b'}') {
            return Err(UnitViolation::MalformedAnnotation);
        }
        i += 1;
    }
    Ok(Unit::Annotation(unit.split_at(bytes.len() - 1).0.split_at(1).1))
}
