//! Checks that the arguments of several operations share.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// Reads a whole number from `MIN` to `MAX`, both included.
///
/// Written for `#[serde(deserialize_with = "whole_number::<_, 1, 500>")]`.
pub(super) fn whole_number<'de, D, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<u64, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_u64(WholeNumber::<MIN, MAX>)
}

struct WholeNumber<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Visitor<'_> for WholeNumber<MIN, MAX> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if (MIN..=MAX).contains(&number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        // serde_json calls this for negative numbers only.
        Err(E::invalid_value(Unexpected::Signed(number), &self))
    }
}

/// Reads a text for which `is_valid` returns true; `expected` completes "expected …" in the error.
pub(super) fn text<'de, D>(
    deserializer: D,
    expected: &'static str,
    is_valid: fn(&str) -> bool,
) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_string(Text { expected, is_valid })
}

struct Text {
    expected: &'static str,
    is_valid: fn(&str) -> bool,
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if (self.is_valid)(text) {
            Ok(text.to_owned())
        } else {
            Err(E::invalid_value(Unexpected::Str(text), &self))
        }
    }
}
