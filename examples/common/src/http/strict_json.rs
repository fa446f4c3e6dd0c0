//! The check of JSON beyond its form: it is an object, and an object has each key once.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, Error, MapAccess, SeqAccess, Visitor},
};

/// Checks that the text is one JSON object, and that no object in it has a key twice.
///
/// A struct can also be read from a list of its fields, which no API means to accept.
///
/// Readers of JSON differ in which of two values they take, so that a proxy and a service could
/// read two different requests.
pub(super) fn check(json: &[u8]) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Unambiguous)?;
    deserializer.end()
}

/// Any value without a key that is given twice.
struct Unambiguous;

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if keys.contains(&key) {
                let shown: String = key.chars().take(80).collect();
                return Err(A::Error::custom(format_args!("the key `{shown}` is given twice")));
            }
            keys.insert(key);
            entries.next_value::<Self>()?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_given_twice_is_found_at_any_depth() {
        for json in [
            r#"{"a": 1, "a": 1}"#,
            r#"{"args": {"millis": 1, "millis": 2}}"#,
            r#"{"a": [{"b": {"a": null, "a": true}}]}"#,
            // The same key in another spelling.
            r#"{"a": 1, "\u0061": 2}"#,
        ] {
            let error = check(json.as_bytes()).expect_err(json).to_string();
            assert!(error.contains("is given twice at line 1 column "), "{error}");
        }
    }

    #[test]
    fn other_values_pass() {
        for json in
            ["{}", r#"{"a": {"a": [1, -1, 1.5, "a", null, true, {"a": 1}]}, "b": {"a": {}}}"#]
        {
            check(json.as_bytes()).expect(json);
        }
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        for json in ["1", "[]", r#"["node.hostname", {}]"#, "null"] {
            let error = check(json.as_bytes()).expect_err(json).to_string();
            assert!(error.contains("expected an object"), "{error}");
        }
        check(br#"{"a": 1"#).expect_err("broken off");
        check(b"{} {}").expect_err("two values");
    }
}
