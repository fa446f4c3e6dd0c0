use std::{borrow::Cow, str::FromStr};

/// A line of an exposition that says something.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// The line, counted from 1.
    pub line: usize,
    /// What the line says.
    pub content: Content<'a>,
}

/// What a line of an exposition says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'a> {
    /// `# TYPE family type`
    Type {
        /// The family. In `OpenMetrics` a counter has no `_total` here.
        family: Cow<'a, str>,
        /// The type.
        kind: FamilyType,
    },
    /// `# HELP family text`
    Help {
        /// The family.
        family: Cow<'a, str>,
        /// The description.
        text: Cow<'a, str>,
    },
    /// `# UNIT family unit`
    Unit {
        /// The family.
        family: Cow<'a, str>,
        /// The unit.
        unit: Cow<'a, str>,
    },
    /// A sample.
    Sample(Sample<'a>),
}

/// Keys and values in the order in which they are written.
pub type Labels<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// A sample: `name{labels} value timestamp # {labels} value timestamp`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample<'a> {
    /// The name with its suffix, as in `wait_seconds_count`.
    pub name: Cow<'a, str>,
    /// The labels. No key stands twice.
    pub labels: Labels<'a>,
    /// The value.
    pub value: f64,
    /// The time in seconds since 1970.
    pub timestamp: Option<f64>,
    /// The exemplar.
    pub exemplar: Option<Box<Exemplar<'a>>>,
}

/// An example of a value that a sample counts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exemplar<'a> {
    /// The labels.
    pub labels: Labels<'a>,
    /// The value.
    pub value: f64,
    /// The time in seconds since 1970.
    pub timestamp: Option<f64>,
}

/// The type of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyType {
    /// A sum that only grows.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Buckets, a number and a sum.
    Histogram,
    /// Buckets whose counts go up and down.
    GaugeHistogram,
    /// Quantiles, a number and a sum.
    Summary,
    /// Labels that inform, and the value 1.
    Info,
    /// A value for each of several states.
    StateSet,
    /// `unknown` or `untyped`.
    Unknown,
}

impl FamilyType {
    const NAMES: [(&'static str, Self); 9] = [
        ("counter", Self::Counter),
        ("gauge", Self::Gauge),
        ("histogram", Self::Histogram),
        ("gaugehistogram", Self::GaugeHistogram),
        ("summary", Self::Summary),
        ("info", Self::Info),
        ("stateset", Self::StateSet),
        ("unknown", Self::Unknown),
        ("untyped", Self::Unknown),
    ];

    /// The word behind `# TYPE family`.
    pub fn as_str(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, kind)| *kind == self);
        found.map_or("unknown", |(name, _)| name)
    }
}

/// Reads the word behind `# TYPE family`.
impl FromStr for FamilyType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::NAMES.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind).ok_or(())
    }
}
