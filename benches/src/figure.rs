//! Figures as the program prints them, writes them as JSON, and receives them from child processes.

use serde::{Deserialize, Serialize};

/// One figure of one library.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Measurement {
    pub(crate) case: String,
    pub(crate) library: String,
    pub(crate) threads: usize,
    #[serde(flatten)]
    pub(crate) figure: Figure,
}

/// The kinds of figures. Their fields carry the unit.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Figure {
    /// The time of one operation.
    Operation { ns_min: f64, ns_median: f64 },
    /// The time of one scrape, its size and its number of samples.
    Scrape { ms_min: f64, ms_median: f64, bytes: u64, samples: u64 },
    /// The time of one scrape beside threads that have recorded, and resident memory.
    Beside { ms_min: f64, ms_median: f64, resident_bytes: u64 },
    /// The time to compile a crate, the size of the file that the compiler writes, and the
    /// compiler's instructions if they were counted.
    Compile {
        s_min: f64,
        s_median: f64,
        bytes: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instructions: Option<f64>,
    },
    /// The time of a start.
    Start { ms_min: f64, ms_median: f64 },
    /// Resident memory, or the size of a file.
    Size { bytes: u64 },
    /// Instructions of one operation.
    Instructions { instructions: f64 },
}

/// The smallest and the middle value of several values.
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) median: f64,
}

impl Measurement {
    pub(crate) fn new(case: &str, library: &str, threads: usize, figure: Figure) -> Self {
        Self { case: case.to_owned(), library: library.to_owned(), threads, figure }
    }
}

impl Figure {
    /// The value that comparisons use: the median, or the only value. Its unit is the unit of the
    /// field.
    pub(crate) fn typical(self) -> f64 {
        match self {
            Self::Operation { ns_median, .. } => ns_median,
            Self::Compile { s_median, .. } => s_median,
            Self::Scrape { ms_median, .. }
            | Self::Beside { ms_median, .. }
            | Self::Start { ms_median, .. } => ms_median,
            Self::Size { bytes } => bytes as f64,
            Self::Instructions { instructions } => instructions,
        }
    }

    /// The smallest value.
    pub(crate) fn least(self) -> f64 {
        match self {
            Self::Operation { ns_min, .. } => ns_min,
            Self::Compile { s_min, .. } => s_min,
            Self::Scrape { ms_min, .. }
            | Self::Beside { ms_min, .. }
            | Self::Start { ms_min, .. } => ms_min,
            Self::Size { bytes } => bytes as f64,
            Self::Instructions { instructions } => instructions,
        }
    }
}

impl Spread {
    /// The spread of the values of several runs. Without values both fields are not a number.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
        } else {
            at(middle)
        };
        Self { min: at(0), median }
    }
}
