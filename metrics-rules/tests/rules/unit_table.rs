//! Each unit: its code as OpenTelemetry declares it, the words of a Prometheus name, and the base
//! unit.

use osapi_metrics_rules::{
    InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter},
    UNITS, check_base_unit, parse_unit, prometheus_name, unit_word,
};

/// Code, word at the end of a name, word after `per`, code of the base unit.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("s",    "seconds",      "second",      "s"),
    ("ms",   "milliseconds", "millisecond", "s"),
    ("us",   "microseconds", "microsecond", "s"),
    ("ns",   "nanoseconds",  "nanosecond",  "s"),
    ("min",  "minutes",      "minute",      "s"),
    ("h",    "hours",        "hour",        "s"),
    ("d",    "days",         "day",         "s"),
    ("wk",   "weeks",        "week",        "s"),
    ("By",   "bytes",        "byte",        "By"),
    ("KiBy", "kibibytes",    "kibibyte",    "By"),
    ("MiBy", "mebibytes",    "mebibyte",    "By"),
    ("GiBy", "gibibytes",    "gibibyte",    "By"),
    ("TiBy", "tibibytes",    "tibibyte",    "By"),
    ("KBy",  "kilobytes",    "kilobyte",    "By"),
    ("kBy",  "kilobytes",    "kilobyte",    "By"),
    ("MBy",  "megabytes",    "megabyte",    "By"),
    ("GBy",  "gigabytes",    "gigabyte",    "By"),
    ("TBy",  "terabytes",    "terabyte",    "By"),
    ("bit",  "bits",         "bit",         "By"),
    ("%",    "percent",      "percent",     "1"),
    ("Cel",  "celsius",      "celsius",     "Cel"),
    ("K",    "kelvin",       "kelvin",      "K"),
    ("m",    "meters",       "meter",       "m"),
    ("V",    "volts",        "volt",        "V"),
    ("A",    "amperes",      "ampere",      "A"),
    ("J",    "joules",       "joule",       "J"),
    ("W",    "watts",        "watt",        "W"),
    ("Hz",   "hertz",        "hertz",       "Hz"),
    ("g",    "grams",        "gram",        "g"),
    ("1",    "",             "",            "1"),
];

/// The codes of Prometheus's translation of OpenTelemetry names, `unitMap` of
/// `prometheus/otlptranslator`: a server that receives OTLP stores metrics under the names that a
/// scrape shows.
#[rustfmt::skip]
const OF_PROMETHEUS: &[(&str, &str)] = &[
    ("d", "days"), ("h", "hours"), ("min", "minutes"), ("s", "seconds"), ("ms", "milliseconds"),
    ("us", "microseconds"), ("ns", "nanoseconds"),
    ("By", "bytes"), ("KiBy", "kibibytes"), ("MiBy", "mebibytes"), ("GiBy", "gibibytes"), ("TiBy", "tibibytes"),
    ("KBy", "kilobytes"), ("MBy", "megabytes"), ("GBy", "gigabytes"), ("TBy", "terabytes"),
    ("m", "meters"), ("V", "volts"), ("A", "amperes"), ("J", "joules"), ("W", "watts"), ("g", "grams"),
    ("Cel", "celsius"), ("Hz", "hertz"), ("1", ""), ("%", "percent"),
];

/// The UCUM codes in `perUnitMap` of `prometheus/otlptranslator`. That table also has `m`, `w`,
/// `mo` and `y` for minute, week, month and year: here `By/m` is bytes per meter, and the others
/// are not units.
const PER_UNIT_OF_PROMETHEUS: &[(&str, &str)] = &[("s", "second"), ("h", "hour"), ("d", "day")];

#[test]
fn the_table() {
    let units: Vec<_> =
        UNITS.iter().map(|unit| (unit.ucum, unit.word, unit.singular, unit.base_ucum)).collect();
    assert_eq!(units, TABLE);
}

#[test]
fn words_stand_in_names() {
    for &(code, word, singular, base) in TABLE {
        assert!(parse_unit(code).is_ok(), "{code}");
        assert_eq!(unit_word(code, Counter).as_str(), word);
        let is_base = check_base_unit("osapi.a", Some(code)).is_none();
        assert_eq!(is_base, code == base, "{code}");
        if word.is_empty() {
            continue;
        }
        for kind in [UpDownCounter, Gauge, Histogram] {
            let rendered = prometheus_name("osapi.a", Some(code), kind);
            assert_eq!(rendered.as_str(), format!("osapi_a_{word}"));
        }
        let total = prometheus_name("osapi.a", Some(code), Counter);
        assert_eq!(total.as_str(), format!("osapi_a_{word}_total"));
        let per = unit_word(&format!("{{a}}/{code}"), Gauge);
        assert_eq!(per.as_str(), format!("per_{singular}"));
        let both = unit_word(&format!("{code}/{code}"), Gauge);
        assert_eq!(both.as_str(), format!("{word}_per_{singular}"));
    }
}

/// Only a gauge in `1` is a ratio: on a counter, other libraries write `1` in place of an
/// annotation.
#[test]
fn one_is_the_ratio_of_a_gauge() {
    for (kind, word) in [(Gauge, "ratio"), (Counter, ""), (UpDownCounter, ""), (Histogram, "")] {
        assert_eq!(unit_word("1", kind).as_str(), word, "{kind}");
    }
}

#[test]
fn every_base_unit_is_a_unit() {
    for unit in UNITS {
        let base =
            UNITS.iter().find(|base| base.ucum == unit.base_ucum).expect("it is in the table");
        assert!(base.base, "{unit:?}");
        // The word of `1` depends on the kind, so its row has no word.
        let word = if base.ucum == "1" { "ratio" } else { base.word };
        assert_eq!(unit.base_word, word, "{unit:?}");
        assert_eq!(unit.base, unit.ucum == unit.base_ucum, "{unit:?}");
    }
}

#[test]
fn prometheus_translates_to_the_same_words() {
    for &(code, word) in OF_PROMETHEUS {
        assert_eq!(unit_word(code, Counter).as_str(), word, "{code}");
    }
    for &(code, word) in PER_UNIT_OF_PROMETHEUS {
        assert_eq!(unit_word(&format!("{{a}}/{code}"), Gauge).as_str(), format!("per_{word}"));
    }
}
