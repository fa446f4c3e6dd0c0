//! The context of a task: what a request gives to the handlers.

use std::ops::RangeInclusive;

use osapi_common::json::shown;
use osapi_metrics_rules::{excerpt::Excerpt, similar::nearest};
use serde_json::{Map, Value};

/// A field of the context.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// What its value can be.
    pub value: FieldType,
}

/// What the value of a field can be.
#[derive(Clone, Debug)]
pub enum FieldType {
    /// A whole number in this range.
    Integer(RangeInclusive<i64>),
    /// The path of a file, which its handler opens.
    Path,
    /// `true` or `false`.
    Bool,
}

/// Why a context cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// The context lacks a field.
    #[error("the context lacks `{key}`, {expected}")]
    Missing {
        /// The key.
        key: &'static str,
        /// What its value can be.
        expected: String,
    },
    /// The context has a field that the workflow does not know.
    #[error("the context has no field `{key}`{}", .meant.map(|meant| format!("; `{meant}` is one")).unwrap_or_default())]
    Unknown {
        /// The key, cut to a readable length.
        key: String,
        /// The known key that it looks like.
        meant: Option<&'static str>,
    },
    /// The value of a field cannot be used.
    #[error("`{key}` is {given}, and not {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value for people, cut to a readable length.
        given: String,
        /// What it can be.
        expected: String,
    },
}

impl Field {
    /// Checks that a context has these fields and no others.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check_all(
        fields: &'static [Self],
        context: &Map<String, Value>,
    ) -> Result<(), ContextError> {
        for field in fields {
            field.check(context)?;
        }
        match context.keys().find(|key| fields.iter().all(|field| field.key != key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let known: Vec<&'static str> = fields.iter().map(|field| field.key).collect();
                let meant = nearest(key, known);
                Err(ContextError::Unknown { key: Excerpt::of(key).to_string(), meant })
            }
        }
    }

    fn check(&self, context: &Map<String, Value>) -> Result<(), ContextError> {
        let key = self.key;
        let Some(value) = context.get(key) else {
            return Err(ContextError::Missing { key, expected: self.expected() });
        };
        let fits = match &self.value {
            FieldType::Integer(range) => value.as_i64().is_some_and(|value| range.contains(&value)),
            FieldType::Path => value
                .as_str()
                .is_some_and(|path| !path.is_empty() && path.len() <= 4096 && !path.contains('\0')),
            FieldType::Bool => value.is_boolean(),
        };
        if fits {
            return Ok(());
        }
        Err(ContextError::Value { key, given: shown(value), expected: self.expected() })
    }

    /// What the value can be, in words.
    pub fn expected(&self) -> String {
        match &self.value {
            FieldType::Integer(range) => {
                format!("a whole number from {} to {}", range.start(), range.end())
            }
            FieldType::Path => "the path of a file".to_owned(),
            FieldType::Bool => "true or false".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: &[Field] = &[
        Field { key: "number", value: FieldType::Integer(-10..=10) },
        Field { key: "path", value: FieldType::Path },
    ];

    fn error(context: Value) -> String {
        let Value::Object(context) = context else { panic!("an object") };
        Field::check_all(FIELDS, &context).expect_err("a mistake").to_string()
    }

    #[test]
    fn mistakes_name_what_was_given_and_what_is_allowed() {
        let table = [
            (json!({"number": 1}), "the context lacks `path`, the path of a file"),
            (
                json!({"number": 11, "path": "a"}),
                "`number` is 11, and not a whole number from -10 to 10",
            ),
            (
                json!({"number": 1.5, "path": "a"}),
                "`number` is 1.5, and not a whole number from -10 to 10",
            ),
            (json!({"number": 1, "path": ""}), "`path` is ``, and not the path of a file"),
            (
                json!({"number": "61m", "path": "a"}),
                "`number` is `61m`, and not a whole number from -10 to 10",
            ),
            (
                json!({"number": {"a": "b"}, "path": "a"}),
                "`number` is an object, and not a whole number from -10 to 10",
            ),
            (
                json!({"number": 1, "path": "a", "nummber": 1}),
                "the context has no field `nummber`; `number` is one",
            ),
            (json!({"number": 1, "path": "a", "zz": 1}), "the context has no field `zz`"),
        ];
        for (context, expected) in table {
            assert_eq!(error(context), expected);
        }
    }

    #[test]
    fn what_a_stranger_gives_is_cut() {
        let message = error(json!({"number": "x".repeat(100_000), "path": "a"}));
        assert!(message.len() < 300, "{}", message.len());
        let message = error(json!({"number": 1, "path": "a", "k".repeat(100_000): 1}));
        assert!(message.len() < 300, "{}", message.len());
    }

    #[test]
    fn a_whole_context_passes() {
        let Value::Object(context) = json!({"number": -10, "path": "README.md"}) else {
            panic!("an object")
        };
        assert_eq!(Field::check_all(FIELDS, &context), Ok(()));
    }
}
