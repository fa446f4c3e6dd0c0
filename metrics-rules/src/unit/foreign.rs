use crate::text;

/// Words that Prometheus's linter reads as units, and the word of the base unit that it asks for instead. Behind one of
/// [`PREFIXES`], every one of them is a unit too that is not a base unit.
///
/// The list is that of `promlint` in `prometheus/client_golang`.
const WORDS: &[(&str, &str)] = &[
    ("amperes", "amperes"),
    ("bytes", "bytes"),
    ("celsius", "celsius"),
    ("grams", "grams"),
    ("joules", "joules"),
    ("kelvin", "kelvin"),
    ("meters", "meters"),
    ("metres", "meters"),
    ("seconds", "seconds"),
    ("volts", "volts"),
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("weeks", "seconds"),
    ("kelvins", "kelvin"),
    ("fahrenheit", "celsius"),
    ("rankine", "celsius"),
    ("inches", "meters"),
    ("yards", "meters"),
    ("miles", "meters"),
    ("bits", "bytes"),
    ("calories", "joules"),
    ("pounds", "grams"),
    ("ounces", "grams"),
];

const PREFIXES: &[&str] = &[
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

/// The word of the base unit to use instead of this word, if the word is read as a unit that is none.
pub(crate) const fn base_of_foreign(word: &[u8]) -> Option<&'static str> {
    let mut i = 0;
    while i < WORDS.len() {
        let (unit, base) = (WORDS[i].0.as_bytes(), WORDS[i].1);
        if text::equal(unit, word) {
            // Two spellings of the meter are allowed.
            let is_base = text::equal(unit, base.as_bytes()) || text::equal(unit, b"metres");
            return if is_base { None } else { Some(base) };
        }
        if text::ends_with(word, unit) && is_prefix(text::slice(word, 0, word.len() - unit.len())) {
            return Some(base);
        }
        i += 1;
    }
    None
}

const fn is_prefix(text: &[u8]) -> bool {
    let mut i = 0;
    while i < PREFIXES.len() {
        if text::equal(PREFIXES[i].as_bytes(), text) {
            return true;
        }
        i += 1;
    }
    false
}
