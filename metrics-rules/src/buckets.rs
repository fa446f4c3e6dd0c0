//! The rules for bucket boundaries (B1 to B3).

use crate::{
    message::Message,
    unit::{Unit, parse_unit},
};

/// The largest number of boundaries a histogram may have (rule B2).
pub const MAX_BUCKETS: usize = 100;

/// The default boundaries of a histogram in seconds: 5 ms to 10 min.
pub const SECONDS_LADDER: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];

/// The default boundaries of a histogram in bytes: powers of four from 256 B to 1 GiB.
pub const BYTES_LADDER: &[f64] = &[
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
];

/// The default boundaries of a histogram (rule B1) in the units `s` and `By`. `None` means that the
/// declaration needs boundaries.
pub const fn default_ladder(unit: Option<&str>) -> Option<&'static [f64]> {
    let Some(unit) = unit else { return None };
    match unit.as_bytes() {
        b"s" => Some(SECONDS_LADDER),
        b"By" => Some(BYTES_LADDER),
        _ => None,
    }
}

/// A mistake in a list of boundaries (rules B2 and B3). `index` counts from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketViolation {
    /// The list is empty.
    Empty,
    /// The list has more than [`MAX_BUCKETS`] boundaries.
    TooMany {
        /// The number of boundaries.
        len: usize,
    },
    /// A boundary is infinite or not a number.
    NotFinite {
        /// The boundary at fault.
        index: usize,
    },
    /// A boundary is below the previous boundary.
    NotIncreasing {
        /// The boundary at fault.
        index: usize,
    },
    /// A boundary equals the previous boundary.
    Duplicate {
        /// The second of the two boundaries.
        index: usize,
    },
    /// A boundary of a duration or a size is below zero.
    Negative {
        /// The boundary at fault.
        index: usize,
    },
}

impl BucketViolation {
    /// The mistake in these boundaries and its remedy. The message counts boundaries from 1.
    pub const fn message(&self, boundaries: &[f64]) -> Message {
        let message = Message::new();
        let index = match *self {
            Self::Empty => return message.text("no bucket boundaries; give at least one"),
            Self::TooMany { len } => {
                let message = message.number(len).text(" bucket boundaries; at most ");
                return message.number(MAX_BUCKETS).text(" are allowed");
            }
            Self::NotFinite { index }
            | Self::NotIncreasing { index }
            | Self::Duplicate { index }
            | Self::Negative { index } => index,
        };
        let message = message.text("bucket boundary ").number(index + 1).text(" (");
        let message = message.decimal(boundaries[index]).text(") ");
        match self {
            Self::NotFinite { .. } if boundaries[index] > 0.0 => {
                message.text("is not finite; leave it out, `+Inf` is added by itself")
            }
            Self::NotFinite { .. } => message.text("is not finite; remove it"),
            Self::NotIncreasing { .. } => message
                .text("is below the one before it (")
                .decimal(boundaries[index - 1])
                .text("); sort the boundaries"),
            Self::Duplicate { .. } => message.text("is given twice; remove one of them"),
            Self::Negative { .. } => message.text("of a duration or size is negative; remove it"),
            // Unreachable: these mistakes have no index.
            Self::Empty | Self::TooMany { .. } => message,
        }
    }

    /// The position of the boundary at fault, if one boundary is at fault.
    pub const fn index(&self) -> Option<usize> {
        match *self {
            Self::Empty | Self::TooMany { .. } => None,
            Self::NotFinite { index }
            | Self::NotIncreasing { index }
            | Self::Duplicate { index }
            | Self::Negative { index } => Some(index),
        }
    }

    /// The number of the rule: `B2` or `B3`.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Negative { .. } => "B3",
            _ => "B2",
        }
    }
}

/// Finds the first boundary that breaks rule B2 (finite, strictly increasing, at least one, at most
/// [`MAX_BUCKETS`]) or B3 (not negative if `unit` is a unit of time or size).
///
/// ```
/// use osapi_metrics_rules::{BucketViolation, check_buckets};
///
/// assert_eq!(check_buckets(&[0.1, 0.5, 1.0], Some("s")), None);
/// assert_eq!(
///     check_buckets(&[1.0, 0.5], Some("s")),
///     Some(BucketViolation::NotIncreasing { index: 1 }),
/// );
/// ```
pub const fn check_buckets(boundaries: &[f64], unit: Option<&str>) -> Option<BucketViolation> {
    if boundaries.is_empty() {
        return Some(BucketViolation::Empty);
    }
    let never_negative = is_duration_or_size(unit);
    let mut index = 0;
    while index < boundaries.len() {
        let boundary = boundaries[index];
        if !boundary.is_finite() {
            return Some(BucketViolation::NotFinite { index });
        }
        if never_negative && boundary < 0.0 {
            return Some(BucketViolation::Negative { index });
        }
        if index > 0 && boundary <= boundaries[index - 1] {
            return Some(if boundary < boundaries[index - 1] {
                BucketViolation::NotIncreasing { index }
            } else {
                BucketViolation::Duplicate { index }
            });
        }
        index += 1;
    }
    if boundaries.len() > MAX_BUCKETS {
        return Some(BucketViolation::TooMany { len: boundaries.len() });
    }
    None
}

const fn is_duration_or_size(unit: Option<&str>) -> bool {
    let Some(unit) = unit else { return false };
    match parse_unit(unit) {
        Ok(Unit::Plain(info)) => matches!(info.base_ucum.as_bytes(), b"s" | b"By"),
        _ => false,
    }
}
