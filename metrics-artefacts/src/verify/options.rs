use std::{collections::BTreeSet, fmt, str::FromStr, time::Duration};

use crate::{bearer::BearerToken, name_pattern::NamePattern};

/// What is asked, and what has to be true.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The share of declared metrics that have to be recorded.
    pub coverage: Option<Percent>,
    /// The share of closed values that have to be recorded.
    pub value_coverage: Option<Percent>,
    /// Names of families that are right without a declaration.
    pub allowed: Vec<NamePattern>,
    /// Names of metrics that the coverage leaves out.
    pub excluded: Vec<NamePattern>,
    /// Labels that Prometheus adds to every series of a target, beside `job` and `instance`.
    pub target_labels: BTreeSet<String>,
    /// Labels that a runtime gives every series, in a scrape and in a Prometheus.
    pub constant_labels: BTreeSet<String>,
    /// How far back a Prometheus is asked.
    pub since: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// The token that endpoints ask for. It is not sent to a Prometheus.
    pub token: Option<BearerToken>,
}

/// Where running programs are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The address of an exposition.
    Endpoint(String),
    /// The address below which a Prometheus has `/api/v1`.
    Prometheus(String),
}

/// A share of a hundred.
///
/// ```
/// use osapi_metrics_artefacts::verify::Percent;
///
/// assert_eq!("97.5".parse::<Percent>().unwrap().as_f64(), 97.5);
/// assert!("101".parse::<Percent>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(f64);

/// A text that is not a share of a hundred.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number from 0 to 100")]
pub struct PercentError(String);

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            coverage: None,
            value_coverage: None,
            allowed: Vec::new(),
            excluded: Vec::new(),
            target_labels: BTreeSet::new(),
            constant_labels: BTreeSet::new(),
            since: Duration::from_secs(60 * 60),
            timeout: Duration::from_secs(30),
            token: None,
        }
    }
}

impl Percent {
    /// The number, from 0 to 100.
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let number = text.parse().ok().filter(|number| (0.0..=100.0).contains(number));
        number.map(Self).ok_or_else(|| PercentError(text.to_owned()))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}
