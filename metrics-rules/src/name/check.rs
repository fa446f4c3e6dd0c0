use super::{
    explain::DeclaredName,
    grammar::{MAX_NAME_LENGTH, check_grammar, check_prefix, check_semconv},
    proposal::{Proposal, propose},
    suffix::check_suffix,
    unit::{check_base_unit_of, check_unit_for_kind, check_unit_in_name},
    violation::NameViolation,
    words::check_words,
};
use crate::{kind::InstrumentKind, message::Message, text};

/// The settings of a set for the names of its metrics.
#[derive(Clone, Copy, Debug)]
pub struct NameRules<'a> {
    /// The prefix of all names; empty if the names have no common prefix.
    pub prefix: &'a str,
    /// `allow(non_base_units)`.
    pub non_base_units: bool,
    /// `allow(semconv_names)`.
    pub semconv_names: bool,
}

/// The part of a declaration that contains a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationPart {
    /// The name.
    Name,
    /// The unit; the name if no unit is declared.
    Unit,
}

/// The mistakes in the name of a metric, and in its unit as far as it concerns the name (rules N1
/// to N8, N10 and U2). A unit that does not parse is not a mistake here: rule U1 checks it.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind, NameViolations, NameRules};
///
/// const RULES: NameRules<'_> =
///     NameRules { prefix: "osapi", non_base_units: false, semconv_names: false };
/// const VIOLATIONS: NameViolations<'_> =
///     NameViolations::of("osapi_jobs_created", InstrumentKind::Counter, None, RULES);
/// assert_eq!(
///     VIOLATIONS.messages().map(|(_, message)| message.to_string()).collect::<Vec<_>>(),
///     ["the name of a counter does not end in `_total`; write `osapi_jobs_created_total`"],
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NameViolations<'a> {
    declared: DeclaredName<'a>,
    rules: NameRules<'a>,
    found: [Option<(DeclarationPart, NameViolation)>; MOST],
    len: usize,
    proposal: Option<Proposal>,
}

/// The greatest number of mistakes: each rule reports at most one.
const MOST: usize = 8;

impl<'a> NameViolations<'a> {
    /// Checks a name against all rules.
    pub const fn of(
        name: &'a str,
        kind: InstrumentKind,
        unit: Option<&'a str>,
        rules: NameRules<'a>,
    ) -> Self {
        let declared = DeclaredName { name, prefix: rules.prefix, kind, unit, of_field: false };
        let mut violations = Self { declared, rules, found: [None; MOST], len: 0, proposal: None };
        violations.find(name, kind, unit, rules);
        // The compiler evaluates proposals in constants slowly.
        if violations.len > 0 {
            violations.proposal = propose(name, rules.prefix, kind, unit, rules.non_base_units);
        }
        violations
    }

    /// Checks a name that is known to be right: with [`PLAIN_PREFIX`](crate::PLAIN_PREFIX) in place
    /// of its prefix, or as it is written. With another plain prefix the name is right too, if it
    /// is short enough. The compiler then does not evaluate the rules for all words.
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
            // The other rules check words, whose ends are not clear in such a name.
            self.add(DeclarationPart::Name, Some(violation));
            return;
        }
        let non_base =
            if rules.non_base_units { None } else { check_base_unit_of(name, kind, unit) };
        // The names of counters in the semantic conventions have no suffix; the exposition adds it.
        // The conventions also have names such as `db.client.connection.count`.
        let suffix = match check_suffix(name, kind) {
            Some(NameViolation::CounterWithoutTotal) if rules.semconv_names => None,
            Some(NameViolation::ReservedSuffix { suffix, .. })
                if rules.semconv_names && text::equal(suffix.as_bytes(), b"_count") =>
            {
                None
            }
            suffix => suffix,
        };
        // The message about a unit that has to change, or about a reserved suffix, contains the
        // corrected name. It includes the correction of the unit's word.
        let unit_in_name = match (check_unit_in_name(name, kind, unit), &suffix) {
            _ if non_base.is_some() => None,
            (
                Some(NameViolation::UnitMisplaced { .. }),
                Some(NameViolation::ReservedSuffix { .. }),
            ) => None,
            (unit_in_name, _) => unit_in_name,
        };
        let words = match (check_words(name), &non_base) {
            // `wait_ms` in `ms`: the message about the unit includes the correction of the word.
            (
                Some(NameViolation::Abbreviation { unit: abbreviated, .. }),
                Some(NameViolation::NonBaseUnit { unit: declared }),
            ) if text::equal(abbreviated.word.as_bytes(), declared.word.as_bytes()) => None,
            (words, _) => words,
        };
        self.add(DeclarationPart::Name, check_prefix(name, rules.prefix));
        self.add(DeclarationPart::Name, suffix);
        self.add(DeclarationPart::Name, unit_in_name);
        // Names of the semantic conventions may break these rules.
        if !rules.semconv_names {
            self.add(DeclarationPart::Name, words);
            self.add(DeclarationPart::Name, check_semconv(name));
        }
        let part = match non_base {
            Some(NameViolation::NonBaseWord { .. }) => DeclarationPart::Name,
            _ => DeclarationPart::Unit,
        };
        self.add(part, non_base);
        self.add(DeclarationPart::Unit, check_unit_for_kind(name, kind, unit));
    }

    /// The mistakes with remedies that rename the field, for a name that is made from the name of a
    /// field.
    #[must_use]
    pub const fn of_field(mut self) -> Self {
        let DeclaredName { name, prefix, kind, unit, .. } = self.declared;
        if let Some(field) = behind_prefix(name, prefix)
            && behind_prefix(field, prefix).is_some()
        {
            self = Self::of(field, kind, unit, self.rules);
            self.add(DeclarationPart::Name, Some(NameViolation::PrefixRepeated));
        }
        self.declared.of_field = true;
        self
    }

    const fn add(&mut self, part: DeclarationPart, violation: Option<NameViolation>) {
        if let Some(violation) = violation {
            self.found[self.len] = Some((part, violation));
            self.len += 1;
        }
    }

    /// Whether the name has no mistake.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the metric needs another unit.
    pub const fn change_unit(&self) -> bool {
        matches!(&self.proposal, Some(proposal) if proposal.unit().is_some())
    }

    /// Each mistake with its remedy, which is the corrected declaration if it is known.
    pub fn messages(&self) -> impl Iterator<Item = (DeclarationPart, Message)> {
        self.found.iter().flatten().map(|(part, violation)| (*part, self.message(violation)))
    }

    /// The mistakes in one part of the declaration, one line for each mistake.
    pub const fn in_part(&self, part: DeclarationPart) -> Message {
        let mut message = Message::new();
        let mut i = 0;
        while i < self.len {
            if let Some((at, violation)) = &self.found[i]
                && matches!(
                    (part, at),
                    (DeclarationPart::Name, DeclarationPart::Name)
                        | (DeclarationPart::Unit, DeclarationPart::Unit)
                )
            {
                message = message.and(&self.message(violation));
            }
            i += 1;
        }
        message
    }

    /// The first mistake without its remedy, for a name that is made of parts, of which another one
    /// may have to change.
    pub const fn problem(&self) -> Option<Message> {
        match &self.found[0] {
            Some((_, violation)) => Some(self.declared.problem(violation)),
            None => None,
        }
    }

    const fn message(&self, violation: &NameViolation) -> Message {
        self.declared.explain(violation, self.proposal.as_ref())
    }
}

/// The rest of a name after its prefix and `_`.
const fn behind_prefix<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let joined = !prefix.is_empty()
        && text::starts_with(name.as_bytes(), prefix.as_bytes())
        && name.len() > prefix.len() + 1
        && name.as_bytes()[prefix.len()] == b'_';
    if joined { Some(name.split_at(prefix.len() + 1).1) } else { None }
}
