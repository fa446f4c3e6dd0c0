use crate::text;

/// Words that Prometheus's linter reads as units, and the word of the base unit that the linter
/// recommends. After one of [`PREFIXES`], each word is also a unit, and not a base unit.
///
/// The list is from `promlint` in `prometheus/client_golang`.
const COUNT: usize = 24;
static WORDS: [(&[u8], &str); COUNT] = [
    (b"amperes", "amperes"),
    (b"bytes", "bytes"),
    (b"celsius", "celsius"),
    (b"grams", "grams"),
    (b"joules", "joules"),
    (b"kelvin", "kelvin"),
    (b"meters", "meters"),
    (b"metres", "meters"),
    (b"seconds", "seconds"),
    (b"volts", "volts"),
    (b"minutes", "seconds"),
    (b"hours", "seconds"),
    (b"days", "seconds"),
    (b"weeks", "seconds"),
    (b"kelvins", "kelvin"),
    (b"fahrenheit", "celsius"),
    (b"rankine", "celsius"),
    (b"inches", "meters"),
    (b"yards", "meters"),
    (b"miles", "meters"),
    (b"bits", "bytes"),
    (b"calories", "joules"),
    (b"pounds", "grams"),
    (b"ounces", "grams"),
];

const PREFIXES: &[&str] = &[
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

/// The word of the base unit to use instead, if the linter reads this word as a unit other than a
/// base unit.
pub(crate) const fn base_of_foreign(word: &[u8]) -> Option<&'static str> {
    let [.., last] = word else { return None };
    let mut i = 0;
    while i < COUNT {
        // Most words differ in the last letter, which saves the calls.
        let (unit, base) = WORDS[i];
        if let [.., letter] = unit
            && *letter == *last
            && text::ends_with(word, unit)
        {
            if text::equal(unit, word) {
                // Both spellings of the meter are base units.
                let is_base = text::equal(unit, base.as_bytes()) || matches!(unit, b"metres");
                return if is_base { None } else { Some(base) };
            }
            if is_prefix(text::slice(word, 0, word.len() - unit.len())) {
                return Some(base);
            }
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
