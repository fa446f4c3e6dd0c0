use std::{collections::BTreeSet, str::FromStr};

use regex::Regex;

/// What is right beside the catalogues.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckOptions {
    /// The names of samples that other programs export.
    pub allowed: Vec<NamePattern>,
    /// Labels that Prometheus adds to every series of a target, beside `job` and `instance`.
    pub target_labels: BTreeSet<String>,
}

/// A regular expression that matches whole names of samples, as matchers of PromQL do.
///
/// ```
/// use osapi_metrics_artefacts::check::NamePattern;
///
/// let pattern: NamePattern = "node_.*".parse().unwrap();
/// assert!(pattern.matches("node_load1"));
/// assert!(!pattern.matches("my_node_load1"));
/// assert!("(".parse::<NamePattern>().is_err());
/// ```
#[derive(Clone, Debug)]
pub struct NamePattern(Regex);

/// A text that is not a regular expression.
#[derive(Debug, thiserror::Error)]
#[error("it is not a regular expression: {0}")]
pub struct PatternError(regex::Error);

impl NamePattern {
    /// Whether the pattern matches the whole name.
    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

impl FromStr for NamePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Regex::new(&format!("^(?:{text})$")).map(Self).map_err(PatternError)
    }
}

impl CheckOptions {
    /// Allows names of samples.
    #[must_use]
    pub fn allow(mut self, names: impl IntoIterator<Item = NamePattern>) -> Self {
        self.allowed.extend(names);
        self
    }

    /// Adds labels that every series of a target has.
    #[must_use]
    pub fn with_target_labels(mut self, labels: impl IntoIterator<Item = String>) -> Self {
        self.target_labels.extend(labels);
        self
    }
}
