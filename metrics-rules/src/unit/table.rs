use crate::{similar, text};

/// A unit: its UCUM code, its words in Prometheus names, and its base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitInfo {
    /// The case-sensitive UCUM code, as OpenTelemetry writes units: `s`, `By`.
    pub ucum: &'static str,
    /// The word at the end of a Prometheus name: `seconds`. Empty for `1`.
    pub word: &'static str,
    /// The word after `per`: `second`. Empty for `1`.
    pub singular: &'static str,
    /// Whether Prometheus recommends the unit; `promtool`'s linter objects to others.
    pub base: bool,
    /// The code of the base unit of the quantity; the unit's own code if `base` is true.
    pub base_ucum: &'static str,
    /// The word of the base unit: `seconds` for `ms`.
    pub base_word: &'static str,
}

const fn base(ucum: &'static str, word: &'static str, singular: &'static str) -> UnitInfo {
    UnitInfo { ucum, word, singular, base: true, base_ucum: ucum, base_word: word }
}

const fn of_time(ucum: &'static str, word: &'static str, singular: &'static str) -> UnitInfo {
    UnitInfo { ucum, word, singular, base: false, base_ucum: "s", base_word: "seconds" }
}

const fn of_size(ucum: &'static str, word: &'static str, singular: &'static str) -> UnitInfo {
    UnitInfo { ucum, word, singular, base: false, base_ucum: "By", base_word: "bytes" }
}

/// All units that a declaration may use, alone or on either side of a `/`.
///
/// The OpenTelemetry specification does not define the words. The codes and the words are from
/// Prometheus's translation of OpenTelemetry names (`prometheus/otlptranslator`), with UCUM's
/// `kBy`, `wk`, `bit` and `K` added. After a slash, that translation reads `m` as minutes; here `m`
/// is the meter, as in UCUM.
pub static UNITS: &[UnitInfo] = &[
    base("s", "seconds", "second"),
    of_time("ms", "milliseconds", "millisecond"),
    of_time("us", "microseconds", "microsecond"),
    of_time("ns", "nanoseconds", "nanosecond"),
    of_time("min", "minutes", "minute"),
    of_time("h", "hours", "hour"),
    of_time("d", "days", "day"),
    of_time("wk", "weeks", "week"),
    base("By", "bytes", "byte"),
    of_size("KiBy", "kibibytes", "kibibyte"),
    of_size("MiBy", "mebibytes", "mebibyte"),
    of_size("GiBy", "gibibytes", "gibibyte"),
    of_size("TiBy", "tibibytes", "tibibyte"),
    of_size("KBy", "kilobytes", "kilobyte"),
    of_size("kBy", "kilobytes", "kilobyte"),
    of_size("MBy", "megabytes", "megabyte"),
    of_size("GBy", "gigabytes", "gigabyte"),
    of_size("TBy", "terabytes", "terabyte"),
    of_size("bit", "bits", "bit"),
    UnitInfo {
        ucum: "%",
        word: "percent",
        singular: "percent",
        base: false,
        base_ucum: "1",
        base_word: "ratio",
    },
    base("Cel", "celsius", "celsius"),
    base("K", "kelvin", "kelvin"),
    base("m", "meters", "meter"),
    base("V", "volts", "volt"),
    base("A", "amperes", "ampere"),
    base("J", "joules", "joule"),
    base("W", "watts", "watt"),
    base("Hz", "hertz", "hertz"),
    base("g", "grams", "gram"),
    UnitInfo { ucum: "1", word: "", singular: "", base: true, base_ucum: "1", base_word: "ratio" },
];

/// Common abbreviations of units, in lower case, with the UCUM code that is meant. An abbreviation
/// as a word of a name breaks rule N8, and as a unit rule U1.
pub(crate) static ABBREVIATIONS: &[(&[u8], &[u8])] = &[
    (b"s", b"s"),
    (b"sec", b"s"),
    (b"secs", b"s"),
    (b"ms", b"ms"),
    (b"msec", b"ms"),
    (b"msecs", b"ms"),
    (b"millis", b"ms"),
    (b"us", b"us"),
    (b"usec", b"us"),
    (b"usecs", b"us"),
    (b"micros", b"us"),
    (b"ns", b"ns"),
    (b"nsec", b"ns"),
    (b"nsecs", b"ns"),
    (b"nanos", b"ns"),
    (b"m", b"m"),
    (b"min", b"min"),
    (b"mins", b"min"),
    (b"h", b"h"),
    (b"hr", b"h"),
    (b"hrs", b"h"),
    (b"d", b"d"),
    (b"b", b"By"),
    (b"kb", b"KBy"),
    (b"mb", b"MBy"),
    (b"gb", b"GBy"),
    (b"tb", b"TBy"),
    (b"pb", b"By"),
    (b"kib", b"KiBy"),
    (b"mib", b"MiBy"),
    (b"gib", b"GiBy"),
    (b"tib", b"TiBy"),
    (b"pct", b"%"),
];

const COUNT: usize = UNITS.len();

/// The texts by which units are found, evaluated once for all searches.
static CODES: [&[u8]; COUNT] = {
    let mut codes: [&[u8]; COUNT] = [b""; COUNT];
    let mut i = 0;
    while i < COUNT {
        codes[i] = UNITS[i].ucum.as_bytes();
        i += 1;
    }
    codes
};
static WORDS: [&[u8]; COUNT] = {
    let mut words: [&[u8]; COUNT] = [b""; COUNT];
    let mut i = 0;
    while i < COUNT {
        words[i] = UNITS[i].word.as_bytes();
        i += 1;
    }
    words
};
static SINGULARS: [&[u8]; COUNT] = {
    let mut singulars: [&[u8]; COUNT] = [b""; COUNT];
    let mut i = 0;
    while i < COUNT {
        singulars[i] = UNITS[i].singular.as_bytes();
        i += 1;
    }
    singulars
};

const fn find(text: &[u8], texts: &[&[u8]; COUNT]) -> Option<&'static UnitInfo> {
    let [first, ..] = text else { return None };
    let mut i = 0;
    while i < COUNT {
        // Most texts differ in the first letter, which saves the call.
        if let [letter, ..] = texts[i]
            && *letter == *first
            && text::equal(texts[i], text)
        {
            return Some(&UNITS[i]);
        }
        i += 1;
    }
    None
}

/// The unit with this UCUM code.
pub(crate) const fn lookup(code: &[u8]) -> Option<&'static UnitInfo> {
    find(code, &CODES)
}

/// The unit that a whole word of a name stands for: `seconds`, `ratio`.
pub(crate) const fn lookup_word(word: &[u8]) -> Option<&'static UnitInfo> {
    if matches!(word, b"ratio") { lookup(b"1") } else { find(word, &WORDS) }
}

/// The unit whose singular follows `per` in a name: `second`.
pub(crate) const fn lookup_singular(word: &[u8]) -> Option<&'static UnitInfo> {
    find(word, &SINGULARS)
}

/// The unit that an abbreviation means, upper or lower case.
pub(crate) const fn lookup_abbreviation(word: &[u8]) -> Option<&'static UnitInfo> {
    let [first, ..] = word else { return None };
    let (first, count) = (first.to_ascii_lowercase(), ABBREVIATIONS.len());
    let mut i = 0;
    while i < count {
        let (abbreviation, code) = ABBREVIATIONS[i];
        if abbreviation[0] == first && text::equal_ignoring_case(abbreviation, word) {
            return lookup(code);
        }
        i += 1;
    }
    None
}

/// Other texts that are written for units in declarations. In a name, they are ordinary words.
const ALIASES: &[(&str, &str)] = &[
    ("degc", "Cel"),
    ("fraction", "1"),
    ("microsec", "us"),
    ("millisec", "ms"),
    ("nanosec", "ns"),
    ("percentage", "%"),
    ("ratio", "1"),
];

/// The unit that an unknown code most likely means: a word (`seconds`, also misspelt), an
/// abbreviation (`sec`, `MB`) or a wrong case (`by`).
///
/// ```
/// assert_eq!(osapi_metrics_rules::nearest_unit("seconds").map(|unit| unit.ucum), Some("s"));
/// assert_eq!(osapi_metrics_rules::nearest_unit("Kb").map(|unit| unit.ucum), Some("KBy"));
/// assert_eq!(osapi_metrics_rules::nearest_unit("parsec"), None);
/// ```
pub const fn nearest_unit(code: &str) -> Option<&'static UnitInfo> {
    let code = code.as_bytes();
    let mut i = 0;
    while i < UNITS.len() {
        let unit = &UNITS[i];
        if text::equal_ignoring_case(unit.ucum.as_bytes(), code)
            || (!code.is_empty()
                && (text::equal_ignoring_case(unit.word.as_bytes(), code)
                    || text::equal_ignoring_case(unit.singular.as_bytes(), code)))
        {
            return Some(unit);
        }
        i += 1;
    }
    let mut i = 0;
    while i < ALIASES.len() {
        if text::equal_ignoring_case(ALIASES[i].0.as_bytes(), code) {
            return lookup(ALIASES[i].1.as_bytes());
        }
        i += 1;
    }
    if let Some(unit) = lookup_abbreviation(code) {
        return Some(unit);
    }
    let mut i = 0;
    while i < UNITS.len() {
        if is_misspelt(code, UNITS[i].word.as_bytes())
            || is_misspelt(code, UNITS[i].singular.as_bytes())
        {
            return Some(&UNITS[i]);
        }
        i += 1;
    }
    None
}

/// Whether a code is a misspelt long word: one edit away from the word, with the same first letter.
/// `modules`, for example, does not mean `joules`.
const fn is_misspelt(code: &[u8], word: &[u8]) -> bool {
    word.len() >= 6
        && !code.is_empty()
        && code[0] == word[0]
        && similar::edits(code, word, 1).is_some()
}
