//! The output of an operation.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// An operation's result: JSON, encoded once, cheap to clone.
#[derive(Clone, Debug)]
pub struct Output(Arc<RawValue>);

impl Output {
    /// Encodes `value`.
    ///
    /// # Errors
    /// `value` has no JSON form, for example a map whose keys are not strings.
    pub fn json(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        to_raw_value(value).map(|raw| Self(raw.into()))
    }

    /// The JSON text as it was encoded.
    pub(crate) fn encoded(&self) -> &RawValue {
        &self.0
    }

    /// An output that was encoded elsewhere.
    pub(crate) fn from_encoded(json: Box<RawValue>) -> Self {
        Self(json.into())
    }

    /// The length of the JSON text in bytes.
    #[expect(clippy::len_without_is_empty, reason = "JSON text is never empty")]
    pub fn len(&self) -> usize {
        self.0.get().len()
    }
}

impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().serialize(serializer)
    }
}
