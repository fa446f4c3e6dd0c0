use crate::unit::UnitInfo;

/// A mistake in a name. `at` and `len` are bytes of the declared name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameViolation {
    /// N1: the name is empty.
    Empty,
    /// N1: the name has more than [`MAX_NAME_LENGTH`](crate::MAX_NAME_LENGTH) characters.
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// N1: the first character is not a letter.
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
    /// N1: a character that is not a letter, a digit, `_` or `.`.
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
    /// N2: the name of a field begins with the prefix, which the set adds in front of the name.
    PrefixRepeated,
    /// N3: a counter without `_total` or `.total` at its end.
    CounterWithoutTotal,
    /// N3: `_total` or `.total` at the end of the name of an instrument other than a counter.
    TotalWithoutCounter {
        /// Where the suffix begins, with its separator.
        at: usize,
    },
    /// N3: `_total` or `.total` twice at the end of the name of a counter.
    TotalRepeated {
        /// Where the last suffix begins, with its separator.
        at: usize,
    },
    /// N4: the name is in underscore style and does not end in the word of its unit.
    UnitNotInName,
    /// N4: the word of a unit, but no unit is declared.
    UnitNotDeclared {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit that the word stands for.
        unit: &'static UnitInfo,
    },
    /// N4: the word of a unit other than the declared unit.
    UnitMismatch {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit that the word stands for.
        unit: &'static UnitInfo,
    },
    /// N4: the word of the declared unit does not stand at the end.
    UnitMisplaced {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
    },
    /// N4: the word of the declared unit stands at the end and at another place.
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
    /// N5: a word that the linter of Prometheus reads as a unit other than a base unit.
    NonBaseWord {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The word of the base unit.
        base: &'static str,
    },
    /// N6: a suffix that the exposition formats use for the samples of other metrics.
    ReservedSuffix {
        /// Where the suffix begins, with its separator.
        at: usize,
        /// The suffix, written with `_`.
        suffix: &'static str,
    },
    /// N6: an info without `_info` or `.info` at its end.
    InfoWithoutSuffix,
    /// N6: `_info` or `.info` twice at the end of the name of an info.
    InfoRepeated {
        /// Where the last suffix begins, with its separator.
        at: usize,
    },
    /// N6: the name `target_info` or `target.info`, which is the metric with the attributes of the
    /// resource.
    TargetInfo,
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
    /// N8: a word that the linter of Prometheus reads as an abbreviated unit, not at the place of
    /// the unit.
    AbbreviationWithin {
        /// Where the word begins.
        at: usize,
        /// Its length.
        len: usize,
        /// The unit of the abbreviation.
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
            Self::ReservedSuffix { .. }
            | Self::InfoWithoutSuffix
            | Self::InfoRepeated { .. }
            | Self::TargetInfo => "N6",
            Self::KindInName { .. } => "N7",
            Self::Abbreviation { .. } | Self::AbbreviationWithin { .. } => "N8",
            Self::SemconvNamespace { .. } => "N10",
            Self::DimensionlessCount | Self::DimensionlessName => "U2",
        }
    }
}
