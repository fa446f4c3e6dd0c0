//! One tree for the three formats, so that documents and errors are equal in each format.

use std::fmt;

use osapi_metrics_rules::excerpt::Excerpt;
use serde::de::{
    self, Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// The key under which the `toml` crate passes dates and times to serde.
const TOML_DATETIME: &str = "$__toml_private_datetime";

/// Any value of a YAML, TOML or JSON document.
///
/// Not `Debug`: a value may hold a secret, and only the reader of a key knows whether it does.
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    /// In the order of the document. Repeated keys are kept, so that the reader can report them.
    Table(Vec<(String, Value)>),
    /// A value that only one of the formats has, by its name: no key allows such a value.
    Foreign(&'static str),
}

impl Value {
    /// The value as a message shows it.
    pub(super) fn shown(&self) -> String {
        let text = match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(value) => return shown(value),
            Self::List(values) => {
                // More values than a message has room for are not written out.
                let values: Vec<_> = values.iter().take(80).map(Self::shown).collect();
                format!("[{}]", values.join(", "))
            }
            Self::Table(_) => "a table".to_owned(),
            Self::Foreign(kind) => (*kind).to_owned(),
        };
        Excerpt::of(&text).to_string()
    }
}

/// A text as a message shows it: quoted, with control characters escaped, and not longer than a
/// line.
pub(super) fn shown(text: &str) -> String {
    format!("{:?}", Excerpt::of(text))
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    /// YAML's empty document.
    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        Ok(i128::try_from(value).map_or(Value::Float(value as f64), Value::Integer))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut table = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Value, Value>()? {
            match key {
                Value::Text(key) if key == TOML_DATETIME => {
                    return Ok(Value::Foreign("a date or time"));
                }
                Value::Text(key) => table.push((key, value)),
                // YAML allows any value as a key; the tables of the configuration do not.
                key => {
                    table.push((key.shown(), Value::Foreign("the value of a key that is no text")));
                }
            }
        }
        Ok(Value::Table(table))
    }

    /// YAML's tagged values arrive as variants of an enum.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_tag, content) = tagged.variant::<Value>()?;
        content.newtype_variant::<Value>()?;
        Ok(Value::Foreign("a tagged value"))
    }
}
