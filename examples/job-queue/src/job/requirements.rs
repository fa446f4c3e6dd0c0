//! What a job asks of a worker, and what a worker has.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// The most requirements of a job and capabilities of a worker.
const MAX_ENTRIES: usize = 16;

/// The longest key and text, in bytes.
const MAX_BYTES: usize = 64;

/// What a job asks of a worker, by key: a text that has to be equal, a number that has to be
/// reached. A job without requirements can run on any worker with the connector of its service.
///
/// Serialises to the same text for equal requirements, so that they can be a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(try_from = "BTreeMap<String, Trait>")]
pub struct Requirements(BTreeMap<String, Trait>);

/// What a worker has, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "BTreeMap<String, Trait>")]
pub struct Capabilities(BTreeMap<String, Trait>);

/// The value of a requirement or of a capability.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(untagged, expecting = "a text or a whole number from 0")]
pub enum Trait {
    /// A capability meets the requirement if it is at least this number.
    Number(u32),
    /// A capability meets the requirement if it is this text.
    Text(String),
}

/// Why requirements or capabilities are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequirementsError {
    /// There are too many.
    #[error("{given} entries are given, at most {MAX_ENTRIES} are allowed")]
    TooMany {
        /// How many there are.
        given: usize,
    },
    /// A key has the wrong form.
    #[error(
        "`{key}` is not a key: 1 to {MAX_BYTES} letters, digits, `_`, `-` and `.` of ASCII are \
         allowed"
    )]
    Key {
        /// The key.
        key: String,
    },
    /// A text has the wrong form.
    #[error(
        "the text of `{key}` has {given} bytes or control characters: 1 to {MAX_BYTES} bytes \
         without control characters are allowed"
    )]
    Text {
        /// The key.
        key: String,
        /// The length of the text in bytes.
        given: usize,
    },
}

impl Requirements {
    /// The requirements of these entries.
    ///
    /// # Errors
    /// There are more than 16, a key is not an identifier of ASCII, or a text is too long.
    pub fn new(entries: BTreeMap<String, Trait>) -> Result<Self, RequirementsError> {
        check(&entries)?;
        Ok(Self(entries))
    }

    /// The entries by key.
    pub fn entries(&self) -> &BTreeMap<String, Trait> {
        &self.0
    }

    /// Whether any worker with the connector can run the job.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a worker with these capabilities can run the job.
    ///
    /// ```
    /// use job_queue::job::{Capabilities, Requirements};
    ///
    /// let needed: Requirements = serde_json::from_str(r#"{"zone": "eu", "gpus": 2}"#)?;
    /// let has = |text| serde_json::from_str::<Capabilities>(text);
    /// assert!(needed.are_met_by(&has(r#"{"zone": "eu", "gpus": 4, "cpu": "arm"}"#)?));
    /// assert!(!needed.are_met_by(&has(r#"{"zone": "eu", "gpus": 1}"#)?));
    /// assert!(!needed.are_met_by(&has(r#"{"zone": "us", "gpus": 4}"#)?));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn are_met_by(&self, capabilities: &Capabilities) -> bool {
        self.0.iter().all(|(key, needed)| match (needed, capabilities.0.get(key)) {
            (Trait::Number(needed), Some(Trait::Number(has))) => has >= needed,
            (Trait::Text(needed), Some(Trait::Text(has))) => has == needed,
            _ => false,
        })
    }
}

impl Capabilities {
    /// The capabilities of these entries.
    ///
    /// # Errors
    /// As [`Requirements::new`].
    pub fn new(entries: BTreeMap<String, Trait>) -> Result<Self, RequirementsError> {
        check(&entries)?;
        Ok(Self(entries))
    }

    /// The entries by key.
    pub fn entries(&self) -> &BTreeMap<String, Trait> {
        &self.0
    }
}

fn check(entries: &BTreeMap<String, Trait>) -> Result<(), RequirementsError> {
    if entries.len() > MAX_ENTRIES {
        return Err(RequirementsError::TooMany { given: entries.len() });
    }
    for (key, value) in entries {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if key.is_empty() || key.len() > MAX_BYTES || !key.bytes().all(is_allowed) {
            return Err(RequirementsError::Key { key: key.clone() });
        }
        if let Trait::Text(text) = value
            && (text.is_empty() || text.len() > MAX_BYTES || text.chars().any(char::is_control))
        {
            return Err(RequirementsError::Text { key: key.clone(), given: text.len() });
        }
    }
    Ok(())
}

impl TryFrom<BTreeMap<String, Trait>> for Requirements {
    type Error = RequirementsError;

    fn try_from(entries: BTreeMap<String, Trait>) -> Result<Self, Self::Error> {
        Self::new(entries)
    }
}

impl TryFrom<BTreeMap<String, Trait>> for Capabilities {
    type Error = RequirementsError;

    fn try_from(entries: BTreeMap<String, Trait>) -> Result<Self, Self::Error> {
        Self::new(entries)
    }
}

impl fmt::Display for Trait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let error =
            |text: &str| serde_json::from_str::<Requirements>(text).unwrap_err().to_string();
        assert!(error(r#"{"a b": 1}"#).contains("`a b` is not a key"));
        assert!(error(r#"{"a": -1}"#).contains("a text or a whole number from 0"));
        assert!(error(r#"{"a": ""}"#).contains("the text of `a` has 0 bytes"));
        let many: BTreeMap<_, _> = (0..17).map(|n| (format!("k{n}"), Trait::Number(1))).collect();
        assert_eq!(Requirements::new(many), Err(RequirementsError::TooMany { given: 17 }));
    }
}
