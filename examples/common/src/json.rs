//! JSON that has one meaning: it is one object, and an object has each key once.

use std::{collections::HashSet, fmt};

use osapi_metrics_rules::excerpt::Excerpt;
use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

/// How the keys begin that `serde_json` has for itself: a [`Value`] reads the text behind
/// `$serde_json::private::RawValue` as JSON, and is not limited in its depth that way.
const RESERVED: &str = "$serde_json::private::";

/// Reads a text that is one JSON object, in which no object has a key twice.
///
/// A struct can also be read from a list of its fields, which no API means to accept. Readers of
/// JSON differ in which of two values they take, so that a proxy and a service could read two
/// different requests. Neither has an object a key that would be read as something else.
///
/// ```
/// use serde_json::{Map, Value};
///
/// let read = osapi_common::json::read::<Map<String, Value>>;
/// assert_eq!(read(br#"{"number": 3}"#)?["number"], 3);
/// let error = read(br#"{"number": 3, "number": 4}"#).unwrap_err().to_string();
/// assert_eq!(error, "the key `number` is given twice at line 1 column 22");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// The text is not one such object, or has no `T`.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    // First, because a value that contains itself as a text can be too deep for the stack.
    check(json)?;
    serde_json::from_slice(json)
}

/// A value that somebody gave, for a message: a text in backquotes instead of quotes, which an
/// answer in JSON would escape, and a list or an object without what is in it.
///
/// ```
/// use osapi_common::json::shown;
/// use serde_json::json;
///
/// assert_eq!(shown(&json!("61m")), "`61m`");
/// assert_eq!(shown(&json!(-1.5)), "-1.5");
/// assert_eq!(shown(&json!(["a"])), "a list");
/// ```
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{}`", Excerpt::of(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The message of the JSON parser, with a text that it repeats between backticks: in an answer in
/// JSON, its quotes would be escaped again.
///
/// ```
/// use osapi_common::json::plain_cause;
///
/// let error = serde_json::from_str::<u32>(r#""61m""#).unwrap_err();
/// assert!(plain_cause(&error).starts_with("invalid type: string `61m`, expected u32"));
/// ```
pub fn plain_cause(error: &serde_json::Error) -> String {
    const BEGIN: &str = "string \"";
    let message = error.to_string();
    let Some(begin) = message.find(BEGIN) else { return message };
    let literal = &message[begin + BEGIN.len() - 1..];
    // The text is written as Rust writes it, which ends at the first quote without a backslash.
    let mut is_escaped = false;
    let end = literal.char_indices().skip(1).find(|&(_, character)| {
        let is_end = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_end
    });
    let Some((end, _)) = end else { return message };
    let (literal, rest) = literal.split_at(end + 1);
    let inner = &literal[1..end];
    let text = serde_json::from_str(literal).unwrap_or_else(|_| inner.to_owned());
    format!("{}string `{text}`{rest}", &message[..begin])
}

fn check(json: &[u8]) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Unambiguous)?;
    deserializer.end()
}

/// Any value without a key that is given twice or reserved.
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
            let problem = if keys.contains(&key) {
                "given twice"
            } else if key.starts_with(RESERVED) {
                "reserved"
            } else {
                ""
            };
            if !problem.is_empty() {
                let key = Excerpt::of(&key);
                return Err(A::Error::custom(format_args!("the key `{key}` is {problem}")));
            }
            keys.insert(key);
            entries.next_value::<Self>()?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

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
    fn a_key_that_would_be_read_as_something_else_is_refused() {
        const RAW: &str = "$serde_json::private::RawValue";
        for json in [
            format!(r#"{{"args": {{"millis": {{"{RAW}": "3"}}}}}}"#),
            format!(r#"{{"args": [{{"a": 1, "{RAW}": "3"}}]}}"#),
            format!(r#"{{"{RAW}": "{{\"a\": 1, \"a\": 2}}"}}"#),
            r#"{"a": {"$serde_json::private::Number": "3"}}"#.to_owned(),
            r#"{"a": {"\u0024serde_json::private::RawValue": "3"}}"#.to_owned(),
        ] {
            let error = read::<Map<String, Value>>(json.as_bytes()).expect_err(&json).to_string();
            assert!(error.contains("` is reserved at line 1 column "), "{error}");
        }
        // Each text is as deep as JSON may be, and the value of all would be deeper than the stack.
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(120), "]".repeat(120));
        let mut list = nested("");
        for _ in 0..12 {
            list = nested(&json!({ RAW: list }).to_string());
        }
        let json = format!(r#"{{"a": {list}}}"#);
        let error = read::<Map<String, Value>>(json.as_bytes()).expect_err("reserved").to_string();
        assert!(error.contains("` is reserved at "), "{error}");
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

    #[test]
    fn any_text_is_shown_plainly() {
        for (text, shown) in [
            (r#""61m""#, "string `61m`, expected"),
            (r#""a \"b\" c""#, "string `a \"b\" c`, expected"),
            (r#""back\\""#, "string `back\\`, expected"),
            (r#""""#, "string ``, expected"),
            (r#""\u00e9""#, "string `\u{e9}`, expected"),
            ("true", "invalid type: boolean `true`, expected"),
        ] {
            let error = serde_json::from_str::<u32>(text).unwrap_err();
            let plain = plain_cause(&error);
            assert!(plain.contains(shown), "{text}: {plain}");
        }
    }
}
