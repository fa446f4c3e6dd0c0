use super::{grammar::MAX_NAME_LENGTH, proposal::Proposal, violation::NameViolation};
use crate::{
    kind::InstrumentKind,
    message::Message,
    text,
    unit::{UnitWord, unit_word},
};

/// The name of a metric with everything that the rules for names use.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredName<'a> {
    /// The declared name.
    pub name: &'a str,
    /// The prefix of the names of the set.
    pub prefix: &'a str,
    /// The kind of the instrument.
    pub kind: InstrumentKind,
    /// The declared unit.
    pub unit: Option<&'a str>,
    /// Whether the name is the prefix, `_` and the name of a field. The remedy then renames the
    /// field.
    pub of_field: bool,
}

impl DeclaredName<'_> {
    /// The mistake and its remedy, which is the corrected text if it is known.
    ///
    /// ```
    /// use osapi_metrics_rules::{DeclaredName, InstrumentKind, check_suffix};
    ///
    /// let (name, kind) = ("osapi_queue_count", InstrumentKind::Gauge);
    /// let declared = DeclaredName { name, prefix: "osapi", kind, unit: None, of_field: false };
    /// assert_eq!(
    ///     declared.explain(&check_suffix(name, kind).unwrap(), None).as_str(),
    ///     "the suffix `_count` is reserved for parts of other metrics; rename the metric",
    /// );
    /// ```
    pub const fn explain(&self, violation: &NameViolation, proposal: Option<&Proposal>) -> Message {
        let remedy = match (violation, proposal) {
            (NameViolation::PrefixRepeated, None) => self.rename(self.name),
            // A name that is too long has no other mistake that a proposal could correct.
            (NameViolation::TooLong { .. }, _) | (_, None) => remedy(violation),
            (_, Some(proposal)) => self.correction(violation, proposal),
        };
        let message = self.problem(violation).text("; ").text(remedy.as_str());
        match violation {
            NameViolation::NonBaseUnit { .. } | NameViolation::NonBaseWord { .. } => {
                message.text(", or allow it with `#[metric_set(allow(non_base_units))]`")
            }
            NameViolation::SemconvNamespace { .. } => {
                message.text(", or allow it with `#[metric_set(allow(semconv_names))]`")
            }
            NameViolation::DimensionlessName => {
                message.text(", or name what is counted with an annotation such as `{job}`")
            }
            NameViolation::ReservedSuffix { suffix, .. }
                if text::equal(suffix.as_bytes(), b"_info")
                    && matches!(self.kind, InstrumentKind::Gauge) =>
            {
                message.text(", or make it an `Info`, whose value is always 1")
            }
            _ => message,
        }
    }

    pub(super) const fn problem(&self, violation: &NameViolation) -> Message {
        let message = Message::new();
        match *violation {
            NameViolation::Empty => message.text("the name is empty"),
            NameViolation::TooLong { len } => {
                message.text("the name has ").number(len).text(" characters")
            }
            NameViolation::BadStart => {
                message.text("the name does not begin with a lower-case letter")
            }
            NameViolation::BadEnd { .. } => {
                message.text("the name does not end in a letter or digit")
            }
            NameViolation::UpperCase { at } => {
                message.text("the name has the upper-case letter ").quoted(self.part(at, 1))
            }
            NameViolation::BadCharacter { at } => {
                message.quoted(self.character(at)).text(" is not allowed in a name")
            }
            NameViolation::DoubledSeparator { .. } => {
                message.text("the name has two separators in a row")
            }
            NameViolation::MissingPrefix => message
                .text("the name does not begin with ")
                .quoted(self.prefix)
                .text(", the prefix of its set"),
            NameViolation::PrefixRepeated => message
                .quoted(self.prefix)
                .text(", the prefix of the set, is put in front of a field's name"),
            NameViolation::CounterWithoutTotal => {
                message.text("the name of a counter does not end in `_total`")
            }
            NameViolation::TotalWithoutCounter { .. } => {
                message.text("`_total` is the suffix of counters")
            }
            NameViolation::TotalRepeated { .. } => message.text("the name ends in `_total` twice"),
            NameViolation::UnitNotInName => {
                let word = match self.unit {
                    Some(unit) => unit_word(unit, self.kind),
                    None => UnitWord::NONE,
                };
                message
                    .text("the name does not end in ")
                    .quoted(word.as_str())
                    .text(", the word of its unit")
            }
            NameViolation::UnitNotDeclared { at, len, unit } => {
                let message = message.text("the name has ").quoted(self.part(at, len));
                message
                    .text(", the word of the unit ")
                    .quoted(unit.ucum)
                    .text(", which is not declared")
            }
            NameViolation::UnitMismatch { at, len, unit } => {
                let message = message.text("the name has ").quoted(self.part(at, len));
                let message = message.text(", the word of the unit ").quoted(unit.ucum);
                let declared = match self.unit {
                    Some(unit) => unit,
                    None => "",
                };
                message.text(", but the unit is ").quoted(declared)
            }
            NameViolation::UnitMisplaced { at, len } => message
                .quoted(self.part(at, len))
                .text(", the word of the unit, does not end the name"),
            NameViolation::UnitRepeated { at, len } => message
                .quoted(self.part(at, len))
                .text(", the word of the unit, stands in the name twice"),
            NameViolation::NonBaseUnit { unit } => {
                message.quoted(unit.ucum).text(" is not a base unit")
            }
            NameViolation::NonBaseWord { at, len, .. } => message
                .quoted(self.part(at, len))
                .text(" is read as a unit that is not a base unit"),
            NameViolation::ReservedSuffix { suffix, .. } => message
                .text("the suffix ")
                .quoted(suffix)
                .text(" is reserved for parts of other metrics"),
            NameViolation::InfoWithoutSuffix
            | NameViolation::InfoRepeated { .. }
            | NameViolation::TargetInfo => message.text(problem_of_info(violation)),
            NameViolation::KindInName { at, len } => {
                message.quoted(self.part(at, len)).text(" is a kind, which is not part of a name")
            }
            NameViolation::Abbreviation { at, len, unit } => {
                message.quoted(self.part(at, len)).text(" abbreviates ").quoted(unit.word)
            }
            NameViolation::AbbreviationWithin { at, len, unit } => message
                .quoted(self.part(at, len))
                .text(" is read as an abbreviation of ")
                .quoted(unit.word),
            NameViolation::SemconvNamespace { len } => message
                .text("names that begin with `")
                .text(self.part(0, len))
                .text(".` belong to OpenTelemetry's semantic conventions"),
            NameViolation::DimensionlessCount => message.text("the unit `1` is for gauges"),
            NameViolation::DimensionlessName => message.text("the unit `1` is for ratios"),
        }
    }

    /// The remedy with the corrected declaration.
    const fn correction(&self, violation: &NameViolation, proposal: &Proposal) -> Message {
        let same_name = text::equal(proposal.name().as_bytes(), self.name.as_bytes());
        match (proposal.unit(), same_name) {
            (Some(unit), true) => declare(unit),
            (Some(unit), false) => {
                let message = self.rename(proposal.name()).text(" with `unit = \"");
                message.text(unit).text("\"`")
            }
            (None, false) => self.rename(proposal.name()),
            (None, true) => remedy(violation),
        }
    }

    /// The remedy with the corrected name, or with the corrected name of the field.
    const fn rename(&self, name: &str) -> Message {
        let of_set = if self.prefix.is_empty() { 0 } else { self.prefix.len() + 1 };
        let begins = of_set == 0
            || (text::starts_with(name.as_bytes(), self.prefix.as_bytes())
                && name.len() > of_set
                && name.as_bytes()[of_set - 1] == b'_');
        if self.of_field && begins {
            return Message::new().text("rename the field to ").quoted(name.split_at(of_set).1);
        }
        Message::new().text("write ").quoted(name)
    }

    /// A part of the name.
    const fn part(&self, at: usize, len: usize) -> &str {
        match core::str::from_utf8(text::slice(self.name.as_bytes(), at, at + len)) {
            Ok(part) => part,
            // Unreachable: words are ASCII.
            Err(_) => "",
        }
    }

    /// The character that begins at a byte of the name.
    const fn character(&self, at: usize) -> &str {
        let mut end = at + 1;
        while end < self.name.len() && !self.name.is_char_boundary(end) {
            end += 1;
        }
        self.part(at, end - at)
    }
}

/// The problem of the name of an info.
const fn problem_of_info(violation: &NameViolation) -> &'static str {
    match violation {
        NameViolation::InfoRepeated { .. } => "the name ends in `_info` twice",
        NameViolation::TargetInfo => "the metric `target_info` has the attributes of the resource",
        _ => "the name of an info does not end in `_info`",
    }
}

/// The remedy if the corrected name is not known.
const fn remedy(violation: &NameViolation) -> Message {
    let message = Message::new();
    match *violation {
        NameViolation::Empty | NameViolation::UpperCase { .. } => {
            message.text("write lower-case words joined by `_`")
        }
        NameViolation::TooLong { .. } => {
            message.text("shorten it to ").number(MAX_NAME_LENGTH).text(" at most")
        }
        NameViolation::BadStart => message.text("put a word in front"),
        NameViolation::BadEnd { .. } => message.text("remove the last separator"),
        NameViolation::BadCharacter { .. } => message.text("use letters, digits, `_` and `.`"),
        NameViolation::DoubledSeparator { .. } => message.text("remove one of them"),
        NameViolation::MissingPrefix => message.text("put it in front"),
        NameViolation::PrefixRepeated => message.text("leave it out of the field's name"),
        NameViolation::CounterWithoutTotal | NameViolation::InfoWithoutSuffix => {
            message.text("append it")
        }
        NameViolation::TotalWithoutCounter { .. } => message.text("remove it"),
        NameViolation::TotalRepeated { .. } | NameViolation::InfoRepeated { .. } => {
            message.text("remove one")
        }
        NameViolation::UnitNotInName => message.text("append it, before `_total` if there is one"),
        NameViolation::UnitNotDeclared { unit, .. } => declare(unit.ucum),
        NameViolation::UnitMismatch { unit, .. } => declare(unit.ucum).text(", or change the name"),
        NameViolation::UnitMisplaced { .. } => {
            message.text("move it to the end, before `_total` if there is one")
        }
        NameViolation::UnitRepeated { .. } => message.text("keep the last one"),
        NameViolation::NonBaseUnit { unit } => {
            let message = message.text("use ").quoted(unit.base_ucum);
            message.text(", ").quoted(unit.base_word).text(" in the name")
        }
        NameViolation::NonBaseWord { base, .. } => {
            message.text("use ").quoted(base).text(" or another word")
        }
        NameViolation::ReservedSuffix { .. } => message.text("rename the metric"),
        NameViolation::TargetInfo => message.text("name what the facts are about"),
        NameViolation::KindInName { .. } => message.text("remove the word"),
        NameViolation::Abbreviation { unit, .. } => message.text("write ").quoted(unit.base_word),
        NameViolation::AbbreviationWithin { .. } => {
            message.text("write it out, or use another word")
        }
        NameViolation::SemconvNamespace { .. } => message.text("choose another namespace"),
        NameViolation::DimensionlessCount => {
            message.text("name what is counted with an annotation such as `{job}`")
        }
        NameViolation::DimensionlessName => message.text("end the name in `_ratio`"),
    }
}

const fn declare(unit: &str) -> Message {
    Message::new().text("write `unit = \"").text(unit).text("\"`")
}
