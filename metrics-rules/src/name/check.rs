use super::proposal::normalize;
use super::words::is_kind;
use super::{
    DeclaredName, MAX_NAME_LENGTH, NameViolation, Proposal, check_base_unit, check_grammar,
    check_prefix, check_semconv, check_suffix, check_unit_for_kind, check_unit_in_name,
    check_words, propose,
};
use crate::unit::{base_of_foreign, lookup_abbreviation, lookup_word};
use crate::{InstrumentKind, Message, text};

/// What a set says about the names of its metrics.
#[derive(Clone, Copy, Debug)]
pub struct NameRules<'a> {
    /// What all names begin with; empty if they begin with anything.
    pub prefix: &'a str,
    /// `allow(non_base_units)`.
    pub non_base_units: bool,
    /// `allow(semconv_names)`.
    pub semconv_names: bool,
}

/// What part of a declaration a mistake is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The name.
    Name,
    /// The unit; the name where no unit is declared.
    Unit,
}

/// The mistakes in a metric's name, and in its unit beside that name (rules N1 to N8, N10 and U2). A unit that is none
/// at all (rule U1) is passed over.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind, NameMistakes, NameRules};
///
/// const RULES: NameRules<'_> =
///     NameRules { prefix: "osapi", non_base_units: false, semconv_names: false };
/// const MISTAKES: NameMistakes<'_> =
///     NameMistakes::of("osapi_jobs_created", InstrumentKind::Counter, None, RULES);
/// assert_eq!(
///     MISTAKES.messages().map(|(_, message)| message.to_string()).collect::<Vec<_>>(),
///     ["the name of a counter does not end in `_total`; write `osapi_jobs_created_total`"],
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NameMistakes<'a> {
    declared: DeclaredName<'a>,
    rules: NameRules<'a>,
    found: [Option<(Place, NameViolation)>; MOST],
    len: usize,
    proposal: Option<Proposal>,
}

/// As many as there are rules.
const MOST: usize = 8;

impl<'a> NameMistakes<'a> {
    /// Judges a name by all rules.
    pub const fn of(
        name: &'a str,
        kind: InstrumentKind,
        unit: Option<&'a str>,
        rules: NameRules<'a>,
    ) -> Self {
        let declared = DeclaredName { name, prefix: rules.prefix, kind, unit, of_field: false };
        let mut mistakes = Self { declared, rules, found: [None; MOST], len: 0, proposal: None };
        mistakes.find(name, kind, unit, rules);
        // In constants, the compiler takes its time for this.
        if mistakes.len > 0 {
            mistakes.proposal = propose(name, rules.prefix, kind, unit, rules.non_base_units);
        }
        mistakes
    }

    /// Judges a name that a set puts together: one that was found right behind [`PLAIN_PREFIX`], or as it is written.
    /// Behind another plain prefix it is right too, if it is short enough, which spares the compiler the judgement of
    /// all words.
    pub const fn of_right(
        name: &'a str,
        kind: InstrumentKind,
        unit: Option<&'a str>,
        rules: NameRules<'a>,
    ) -> Self {
        if name.len() > MAX_NAME_LENGTH || check_prefix(name, rules.prefix).is_some() {
            return Self::of(name, kind, unit, rules);
        }
        let declared = DeclaredName { name, prefix: rules.prefix, kind, unit, of_field: false };
        Self { declared, rules, found: [None; MOST], len: 0, proposal: None }
    }

    const fn find(
        &mut self,
        name: &str,
        kind: InstrumentKind,
        unit: Option<&str>,
        rules: NameRules<'_>,
    ) {
        if let Some(violation) = check_grammar(name) {
            // The other rules judge words, and where the words end is not clear here.
            self.add(Place::Name, Some(violation));
            return;
        }
        let non_base = if rules.non_base_units { None } else { check_base_unit(name, unit) };
        // Conventional counters are named without the suffix; the exposition adds it.
        let suffix = match check_suffix(name, kind) {
            Some(NameViolation::CounterWithoutTotal) if rules.semconv_names => None,
            suffix => suffix,
        };
        // A unit that has to change changes the name too, and behind a reserved suffix no unit can stand in its place:
        // one message says both.
        let unit_in_name = match (check_unit_in_name(name, kind, unit), &suffix) {
            _ if non_base.is_some() => None,
            (
                Some(NameViolation::UnitMisplaced { .. }),
                Some(NameViolation::ReservedSuffix { .. }),
            ) => None,
            (unit_in_name, _) => unit_in_name,
        };
        let words = match (check_words(name), &non_base) {
            // `wait_ms` in `ms`: the unit has to change, and takes the word with it.
            (
                Some(NameViolation::Abbreviation { unit: abbreviated, .. }),
                Some(NameViolation::NonBaseUnit { unit: declared }),
            ) if text::equal(abbreviated.word.as_bytes(), declared.word.as_bytes()) => None,
            (words, _) => words,
        };
        self.add(Place::Name, check_prefix(name, rules.prefix));
        self.add(Place::Name, suffix);
        self.add(Place::Name, unit_in_name);
        // Conventional names are as the conventions have them.
        if !rules.semconv_names {
            self.add(Place::Name, words);
            self.add(Place::Name, check_semconv(name));
        }
        let place = match non_base {
            Some(NameViolation::NonBaseWord { .. }) => Place::Name,
            _ => Place::Unit,
        };
        self.add(place, non_base);
        self.add(Place::Unit, check_unit_for_kind(name, kind, unit));
    }

    /// The same, of a name that is made of a field's, which is what has to be renamed.
    #[must_use]
    pub const fn of_field(mut self) -> Self {
        let DeclaredName { name, prefix, kind, unit, .. } = self.declared;
        if let Some(field) = behind_prefix(name, prefix)
            && behind_prefix(field, prefix).is_some()
        {
            self = Self::of(field, kind, unit, self.rules);
            self.add(Place::Name, Some(NameViolation::PrefixRepeated));
        }
        self.declared.of_field = true;
        self
    }

    const fn add(&mut self, place: Place, violation: Option<NameViolation>) {
        if let Some(violation) = violation {
            self.found[self.len] = Some((place, violation));
            self.len += 1;
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the metric needs another unit.
    pub const fn change_unit(&self) -> bool {
        matches!(&self.proposal, Some(proposal) if proposal.unit().is_some())
    }

    /// Each mistake with its remedy: the corrected declaration, where it is known.
    pub fn messages(&self) -> impl Iterator<Item = (Place, Message)> {
        self.found.iter().flatten().map(|(place, violation)| (*place, self.message(violation)))
    }

    /// The mistakes in one place, a line for each; no text if there are none.
    pub const fn in_place(&self, place: Place) -> Message {
        let mut message = Message::new();
        let mut i = 0;
        while i < self.len {
            if let Some((at, violation)) = &self.found[i]
                && matches!((place, at), (Place::Name, Place::Name) | (Place::Unit, Place::Unit))
            {
                message = message.and(&self.message(violation));
            }
            i += 1;
        }
        message
    }

    const fn message(&self, violation: &NameViolation) -> Message {
        self.declared.explain(violation, self.proposal.as_ref())
    }
}

/// What is left of a name whose prefix is joined to the rest by `_`.
const fn behind_prefix<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let joined = !prefix.is_empty()
        && text::starts_with(name.as_bytes(), prefix.as_bytes())
        && name.len() > prefix.len() + 1
        && name.as_bytes()[prefix.len()] == b'_';
    if joined { Some(name.split_at(prefix.len() + 1).1) } else { None }
}

/// A prefix that is plain: see [`is_plain_prefix`].
pub const PLAIN_PREFIX: &str = "prefix";

/// Whether a prefix is one word or more that no rule looks for, joined by `_`. What is right behind one such prefix is
/// right behind all others.
///
/// ```
/// use osapi_metrics_rules::is_plain_prefix;
///
/// assert!(is_plain_prefix("my_app"));
/// assert!(!is_plain_prefix("my.app") && !is_plain_prefix("seconds_per"));
/// ```
pub const fn is_plain_prefix(prefix: &str) -> bool {
    let prefix = prefix.as_bytes();
    let mut next = text::next_word(prefix, 0);
    let mut is_plain = next.is_some() && text::find(prefix, b'.').is_none();
    while let Some(word) = next {
        is_plain = is_plain
            && !is_kind(word.text)
            && !matches!(word.text, b"total" | b"per")
            && lookup_word(word.text).is_none()
            && lookup_abbreviation(word.text).is_none()
            && base_of_foreign(word.text).is_none();
        next = text::next_word(prefix, word.end);
    }
    is_plain
}

/// The mistake in a prefix that no name could begin with, and its remedy (rule N1). An empty prefix is right.
///
/// ```
/// use osapi_metrics_rules::explain_prefix;
///
/// assert!(explain_prefix("osapi").is_none());
/// assert!(explain_prefix("My-App").is_some_and(|message| message.as_str().ends_with("`my_app`")));
/// ```
pub const fn explain_prefix(prefix: &str) -> Option<Message> {
    if prefix.is_empty() || check_grammar(prefix).is_none() {
        return None;
    }
    let message =
        Message::new().text("a prefix is lower-case words joined by `_`, beginning with a letter");
    let proposal = normalize(prefix.as_bytes());
    Some(match check_grammar(proposal.as_str()) {
        None => message.text("; write `").text(proposal.as_str()).text("`"),
        Some(_) => message.text("; write one such as `osapi`"),
    })
}
