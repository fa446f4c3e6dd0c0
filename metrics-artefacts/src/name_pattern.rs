//! Names of metrics that a person allows or leaves out.

use std::str::FromStr;

use regex::Regex;

/// A regular expression that matches whole names, as matchers of `PromQL` do.
///
/// ```
/// use osapi_metrics_artefacts::name_pattern::NamePattern;
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
