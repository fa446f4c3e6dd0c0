//! Random declarations of metrics, valid and invalid: joined from common words and from words that
//! a rule mentions, then changed in a few places.

use osapi_metrics_rules::{
    InstrumentKind::{self, Counter, Gauge, Histogram, Info, StateSet, UpDownCounter},
    NameViolation, RenderedName, UNITS, check_base_unit_of, check_grammar, check_prefix,
    check_semconv, check_suffix, check_unit_for_kind, check_unit_in_name, check_words, parse_unit,
    prometheus_family, prometheus_name, unit_word,
};
use proptest::{collection::vec, option, prelude::*, sample::Index, sample::select};

pub(crate) const KINDS: [InstrumentKind; 6] =
    [Counter, UpDownCounter, Gauge, Histogram, Info, StateSet];

/// The declaration of a metric by a user.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub(crate) name: String,
    pub(crate) prefix: &'static str,
    pub(crate) kind: InstrumentKind,
    pub(crate) unit: Option<String>,
}

impl Declaration {
    pub(crate) fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// The mistakes in the declaration, in a set without allowances.
    pub(crate) fn mistakes(&self) -> Vec<&'static str> {
        let Self { name, prefix, kind, .. } = self;
        let of_name = [
            check_grammar(name),
            check_prefix(name, prefix),
            check_suffix(name, *kind),
            check_unit_in_name(name, *kind, self.unit()),
            check_base_unit_of(name, *kind, self.unit()),
            check_words(name),
            check_semconv(name),
            check_unit_for_kind(name, *kind, self.unit()),
        ];
        let of_unit = self.unit().and_then(|unit| parse_unit(unit).err());
        let of_name = of_name.iter().flatten().map(NameViolation::rule);
        let of_kind = (!kind.has_unit() && self.unit.is_some()).then_some("I5");
        of_name.chain(of_unit.map(|violation| violation.rule())).chain(of_kind).collect()
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.mistakes().is_empty()
    }

    pub(crate) fn prometheus_name(&self) -> RenderedName {
        prometheus_name(&self.name, self.unit(), self.kind)
    }

    pub(crate) fn family(&self) -> RenderedName {
        prometheus_family(&self.name, self.unit(), self.kind)
    }
}

/// Declarations that follow every rule.
pub(crate) fn accepted() -> impl Strategy<Value = Declaration> {
    declaration().prop_filter("a rule refuses it", Declaration::is_accepted)
}

/// Declarations of which about one third follows all rules.
pub(crate) fn declaration() -> impl Strategy<Value = Declaration> {
    (built(), vec(edit(), 0..3)).prop_map(|(mut declaration, edits)| {
        for edit in edits {
            edit.apply(&mut declaration);
        }
        declaration
    })
}

/// A name with the suffixes of its kind and its unit, joined from words that may break a rule.
fn built() -> impl Strategy<Value = Declaration> {
    let separators = prop_oneof![3 => Just("_"), 1 => Just(".")];
    let words = vec((word(), separators), 1..5);
    (words, select(&KINDS), option::of(unit()), any::<Index>()).prop_map(
        |(words, kind, unit, prefix)| {
            let prefix = *prefix.get(PREFIXES);
            let mut name = prefix.to_owned();
            for (word, separator) in words {
                if !name.is_empty() {
                    name.push_str(separator);
                }
                name.push_str(&word);
            }
            let unit = unit.filter(|_| kind.has_unit());
            let unit_word = unit.as_deref().map(|unit| unit_word(unit, kind));
            let ends = [
                unit_word.as_ref().map_or("", |word| word.as_str()),
                kind.suffix().trim_start_matches('_'),
            ];
            for end in ends.into_iter().filter(|end| !end.is_empty()) {
                name.push('_');
                name.push_str(end);
            }
            Declaration { name, prefix, kind, unit }
        },
    )
}

const PREFIXES: &[&str] = &["osapi", "osapi_agent", "tasker.steps", "ms", ""];

pub(crate) fn word() -> impl Strategy<Value = String> {
    let of_units = UNITS.iter().flat_map(|unit| [unit.word, unit.singular]);
    let special: Vec<&str> = of_units.filter(|word| !word.is_empty()).chain(SPECIAL).collect();
    prop_oneof![
        8 => select(ORDINARY).prop_map(str::to_owned),
        4 => "[a-z][a-z0-9]{0,6}",
        1 => "[0-9][a-z0-9]{0,2}",
        2 => select(special).prop_map(str::to_owned),
    ]
}

/// Words that no rule mentions.
const ORDINARY: &[&str] = &[
    "jobs", "queue", "wait", "size", "requests", "http2", "cpu", "x", "worker", "duration", "io",
    "errors", "sessions", "active", "steps", "disk", "cache", "hits", "retries", "agent", "info2",
];

/// Words that a rule, a format or a tool mentions.
#[rustfmt::skip]
const SPECIAL: [&str; 54] = [
    // N2, N3, N6, N7, N10.
    "osapi", "total", "totals", "bucket", "sum", "count", "created", "info", "gcount", "gsum",
    "counter", "gauge", "histogram", "summary", "untyped", "unknown", "stateset", "http", "db", "otel",
    // N4, N5, N8.
    "per", "ratio", "utilization", "s", "sec", "ms", "us", "ns", "m", "min", "h", "d", "b", "kb", "mb", "gb",
    "tb", "pb", "kib", "pct", "miles", "pounds", "kelvins", "fahrenheit", "metres", "kilometers", "millivolts",
    "petabytes", "picoseconds", "megabits", "kilobits", "month", "week", "year",
];

fn unit() -> impl Strategy<Value = String> {
    let code = || select(UNITS).prop_map(|unit| unit.ucum.to_owned());
    let base = || select(vec!["s", "By", "1", "Cel", "V", "W"]).prop_map(str::to_owned);
    let annotation = || "\\{[a-z]{1,5}\\}";
    prop_oneof![
        6 => base(),
        3 => code(),
        4 => annotation(),
        1 => (base(), code()).prop_map(|(above, below)| format!("{above}/{below}")),
        1 => (annotation(), code()).prop_map(|(above, below)| format!("{above}/{below}")),
        1 => (base(), annotation()).prop_map(|(above, below)| format!("{above}/{below}")),
        1 => "[a-zA-Z%/1{}]{0,4}",
    ]
}

/// A small change to a declaration, such as a rename or a typing error.
#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, char),
    Remove(Index),
    Repeat(Index),
    Kind(InstrumentKind),
    Unit(Option<String>),
}

fn edit() -> impl Strategy<Value = Edit> {
    let character = select(vec!['_', '.', 'a', 's', '1', 'B', '-', ':', 'é']);
    prop_oneof![
        (any::<Index>(), character).prop_map(|(at, character)| Edit::Insert(at, character)),
        any::<Index>().prop_map(Edit::Remove),
        any::<Index>().prop_map(Edit::Repeat),
        select(&KINDS).prop_map(Edit::Kind),
        option::of(unit()).prop_map(Edit::Unit),
    ]
}

impl Edit {
    fn apply(self, to: &mut Declaration) {
        let mut characters: Vec<char> = to.name.chars().collect();
        match self {
            Self::Kind(kind) => to.kind = kind,
            Self::Unit(unit) => to.unit = unit,
            Self::Insert(at, character) => {
                characters.insert(at.index(characters.len() + 1), character);
            }
            Self::Remove(_) | Self::Repeat(_) if characters.is_empty() => {}
            Self::Remove(at) => {
                characters.remove(at.index(characters.len()));
            }
            // One word twice.
            Self::Repeat(at) => {
                let words: Vec<&str> = to.name.split('_').collect();
                let nth = at.index(words.len());
                let repeated = [&words[..=nth], &words[nth..]].concat().join("_");
                characters = repeated.chars().collect();
            }
        }
        to.name = characters.into_iter().collect();
    }
}
