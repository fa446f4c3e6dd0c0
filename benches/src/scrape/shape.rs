use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The series that a scrape shows, which are equal for every library: families of equal size, whose
/// series have the labels `region` and `item`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Shape {
    pub(crate) kind: FamilyKind,
    pub(crate) series_per_family: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum FamilyKind {
    Counters,
    /// With the 12 boundaries of [`BOUNDARIES`].
    Histograms,
}

/// The first 12 boundaries of the default ladder for seconds.
pub(crate) const BOUNDARIES: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The value that each touch records in each series of a histogram.
pub(crate) const OBSERVED: f64 = 0.2;

/// The buckets including `+Inf`, the sum and the count.
const SAMPLES_PER_HISTOGRAM: usize = BOUNDARIES.len() + 3;

pub(crate) const REGIONS: [&str; 10] =
    ["ams", "bru", "cph", "dub", "edi", "fra", "gva", "hel", "ist", "lon"];

static ITEMS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..100).map(|item| format!("item-{item:04}")).collect());

impl Shape {
    /// Families of counters with this number of samples, or families of histograms with about this
    /// number.
    pub(crate) fn with_samples(kind: FamilyKind, samples: usize) -> Self {
        let series = match kind {
            FamilyKind::Counters => samples,
            FamilyKind::Histograms => samples.div_ceil(SAMPLES_PER_HISTOGRAM),
        };
        Self { kind, series_per_family: series.div_ceil(kind.families()) }
    }

    pub(crate) fn series(self) -> usize {
        self.kind.families() * self.series_per_family
    }

    pub(crate) fn samples(self) -> usize {
        match self.kind {
            FamilyKind::Counters => self.series(),
            FamilyKind::Histograms => self.series() * SAMPLES_PER_HISTOGRAM,
        }
    }

    /// The labels of each series of a family: an index into [`REGIONS`], and an item.
    pub(crate) fn labels(self) -> impl Iterator<Item = (usize, &'static str)> {
        let region = |series: usize| series % REGIONS.len();
        let item = |series: usize| ITEMS[series / REGIONS.len()].as_str();
        (0..self.series_per_family).map(move |series| (region(series), item(series)))
    }
}

impl FamilyKind {
    /// The number of families.
    pub(crate) fn families(self) -> usize {
        match self {
            Self::Counters => 100,
            Self::Histograms => 10,
        }
    }

    /// The names of the families, for libraries that accept any name.
    pub(crate) fn names(self) -> impl Iterator<Item = String> {
        (0..self.families()).map(move |number| match self {
            Self::Counters => format!("{}{number:02}_total", self.prefix()),
            Self::Histograms => format!("{}{number:02}_seconds", self.prefix()),
        })
    }

    /// The prefix of the names of all families.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Counters => "bench_c",
            Self::Histograms => "bench_h",
        }
    }
}
