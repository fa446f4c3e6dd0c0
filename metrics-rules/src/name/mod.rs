//! The rules for names (N1 to N8, N10) and for a unit beside a name (U2).

mod check;
mod explain;
mod grammar;
mod proposal;
mod suffix;
mod unit;
mod words;

use crate::UnitInfo;

pub use check::{NameMistakes, NameRules, PLAIN_PREFIX, Place, explain_prefix, is_plain_prefix};
pub use explain::DeclaredName;
pub use grammar::{MAX_NAME_LENGTH, check_grammar, check_prefix, check_semconv};
pub(crate) use proposal::{CAPACITY, normalize};
pub use proposal::{Proposal, propose};
pub use suffix::check_suffix;
pub use unit::{check_base_unit, check_unit_for_kind, check_unit_in_name};
pub use words::check_words;

/// What is wrong with a name. `at` and `len` are bytes of the name as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameViolation {
    /// N1: the name is empty.
    Empty,
    /// N1: the name has more than [`MAX_NAME_LENGTH`] characters.
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// N1: the first character is no letter.
    BadStart,
    /// N1: the last character is a separator.
    BadEnd {
        /// Where it stands.
        at: usize,
    },
    /// N1: an upper-case letter.
    UpperCase {
        /// Where it stands.
        at: usize,
    },
    /// N1: a character that is no letter, digit, `_` or `.`.
    BadCharacter {
        /// Where it stands.
        at: usize,
    },
    /// N1: two separators in a row.
    DoubledSeparator {
        /// Where the second one stands.
        at: usize,
    },
    /// N2: the name does not begin with the prefix and a separator.
    MissingPrefix,
    /// N2: a field's name begins with the prefix, which is put in front of it.
    PrefixRepeated,
    /// N3: a counter without `_total` or `.total` at its end.
    CounterWithoutTotal,
    /// N3: `_total` or `.total` at the end of something else than a counter.
    TotalWithoutCounter {
        /// Where the suffix begins, with its separator.
        at: usize,
    },
    /// N3: `_total` or `.total` at the end of a counter, and in front of it once more.
    TotalRepeated {
        /// Where the last one begins, with its separator.
        at: usize,
    },
    /// N4: the name is in underscore style and does not end in the word of its unit.
    UnitNotInName,
    /// N4: a unit's word, but no unit is declared.
    UnitNotDeclared {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit that the word stands for.
        unit: &'static UnitInfo,
    },
    /// N4: the word of another unit than the declared one.
    UnitMismatch {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit that the word stands for.
        unit: &'static UnitInfo,
    },
    /// N4: the word of the declared unit stands elsewhere than at the end.
    UnitMisplaced {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
    },
    /// N4: the word of the declared unit stands at the end and once more.
    UnitRepeated {
        /// Where the surplus word begins.
        at: usize,
        /// Its length.
        len: usize,
    },
    /// N5: a unit that is not the base unit of its quantity.
    NonBaseUnit {
        /// The unit, with its base unit.
        unit: &'static UnitInfo,
    },
    /// N5: a word that is read as a unit, and as one that is not a base unit.
    NonBaseWord {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The word of the base unit.
        base: &'static str,
    },
    /// N6: a suffix that the formats give to samples of other metrics.
    ReservedSuffix {
        /// Where the suffix begins, with its separator.
        at: usize,
        /// The suffix, written with `_`.
        suffix: &'static str,
    },
    /// N7: the kind of an instrument as a word of the name.
    KindInName {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
    },
    /// N8: an abbreviated unit as a word of the name.
    Abbreviation {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit that was meant.
        unit: &'static UnitInfo,
    },
    /// N8: a word that is read as an abbreviated unit, elsewhere than in the unit's place.
    AbbreviationWithin {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit that it is read as.
        unit: &'static UnitInfo,
    },
    /// N10: a namespace that OpenTelemetry's semantic conventions own.
    SemconvNamespace {
        /// The length of the namespace, without its dot.
        len: usize,
    },
    /// U2: the unit `1` on a kind other than a gauge.
    DimensionlessCount,
    /// U2: the unit `1` on a gauge whose name ends in neither `_ratio` nor `.utilization`.
    DimensionlessName,
}

impl NameViolation {
    /// The number of the rule, `N1` to `N10` or `U2`.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Empty
            | Self::TooLong { .. }
            | Self::BadStart
            | Self::BadEnd { .. }
            | Self::UpperCase { .. }
            | Self::BadCharacter { .. }
            | Self::DoubledSeparator { .. } => "N1",
            Self::MissingPrefix | Self::PrefixRepeated => "N2",
            Self::CounterWithoutTotal
            | Self::TotalWithoutCounter { .. }
            | Self::TotalRepeated { .. } => "N3",
            Self::UnitNotInName
            | Self::UnitNotDeclared { .. }
            | Self::UnitMismatch { .. }
            | Self::UnitMisplaced { .. }
            | Self::UnitRepeated { .. } => "N4",
            Self::NonBaseUnit { .. } | Self::NonBaseWord { .. } => "N5",
            Self::ReservedSuffix { .. } => "N6",
            Self::KindInName { .. } => "N7",
            Self::Abbreviation { .. } | Self::AbbreviationWithin { .. } => "N8",
            Self::SemconvNamespace { .. } => "N10",
            Self::DimensionlessCount | Self::DimensionlessName => "U2",
        }
    }
}
