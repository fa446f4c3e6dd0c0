//! Environment variables in the values of a declarative configuration.
//!
//! Only values are substituted, once: neither keys, nor what a variable holds. The type of a plain
//! value is what YAML reads from the substituted text; a value in quotes stays a text.

use std::cell::Cell;

use crate::{
    config::{
        Environment,
        error::{ErrorCollector, InvalidValue},
        file::yaml_value,
        tree::{Value, shown},
        yaml,
    },
    regular_file::MAX_BYTES,
};

/// The document with all references replaced.
pub(super) fn substitute(
    document: Value,
    environment: &Environment,
    errors: &ErrorCollector,
) -> Value {
    Substitution { environment, errors, left: Cell::new(Some(MAX_BYTES)) }.value(document, "")
}

struct Substitution<'a> {
    environment: &'a Environment,
    errors: &'a ErrorCollector,
    /// The bytes that variables may still bring in. `None` once they were too many.
    left: Cell<Option<u64>>,
}

impl Substitution<'_> {
    fn value(&self, value: Value, place: &str) -> Value {
        match value {
            Value::Table(entries) => {
                let replaced = entries.into_iter().map(|(key, value)| {
                    let place =
                        if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                    let value = self.value(value, &place);
                    (key, value)
                });
                Value::Table(replaced.collect())
            }
            Value::List(values) => {
                let values = values.into_iter().enumerate();
                let replaced =
                    values.map(|(nth, value)| self.value(value, &format!("{place}[{nth}]")));
                Value::List(replaced.collect())
            }
            Value::Text(text) => match yaml::unmarked(&text) {
                Some(plain) => typed(self.text(plain, place)),
                None => Value::Text(self.text(&text, place)),
            },
            other => other,
        }
    }

    /// The text with its references replaced. `$$` stands for a `$` that begins no reference.
    fn text(&self, text: &str, place: &str) -> String {
        let parts = text.split("$$").map(|part| self.part(part, place));
        parts.collect::<Vec<_>>().join("$")
    }

    /// A text without `$$`.
    fn part(&self, text: &str, place: &str) -> String {
        let mut replaced = String::new();
        let mut rest = text;
        while self.left.get().is_some()
            && let Some((before, after)) = rest.split_once("${")
        {
            let Some((reference, after)) = after.split_once('}') else { break };
            replaced += before;
            match Reference::parse(reference).map(|reference| reference.value(self.environment)) {
                Some(Ok(value)) => replaced += self.limited(&value, reference, place),
                Some(Err(invalid)) => self.reject(reference, place, invalid),
                None => self.reject(reference, place, EXPECTED.into()),
            }
            rest = after;
        }
        replaced += rest;
        replaced
    }

    /// The value, or nothing if the variables of the document have more bytes than a file may have:
    /// a short reference can stand for a long text, and there can be many of them.
    fn limited<'v>(&self, value: &'v str, reference: &str, place: &str) -> &'v str {
        self.left.set(self.left.get().and_then(|left| left.checked_sub(value.len() as u64)));
        if self.left.get().is_some() {
            return value;
        }
        self.reject(reference, place, "variables with at most 1 MiB in all of the file".into());
        ""
    }

    /// A default may be a secret, so the message shows the reference up to its default.
    fn reject(&self, reference: &str, place: &str, invalid: InvalidValue) {
        let name = reference.split(":-").next().unwrap_or_default();
        let rest = if name.len() < reference.len() { ":-…" } else { "" };
        self.errors.invalid(place, shown(&format!("${{{name}{rest}}}")), invalid);
    }
}

const EXPECTED: &str = "`${VARIABLE}`, `${env:VARIABLE}` or `${VARIABLE:-default}` with a name of letters, digits and `_`; `$$` stands for `$`";

/// The text between `${` and `}`.
struct Reference<'a> {
    variable: &'a str,
    default: &'a str,
}

impl<'a> Reference<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix("env:").unwrap_or(text);
        let (variable, default) = text.split_once(":-").unwrap_or((text, ""));
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_name = variable.bytes().all(is_word)
            && variable.starts_with(|first: char| !first.is_ascii_digit());
        (is_name && !default.contains('\n')).then_some(Self { variable, default })
    }

    /// The value of the variable, or the default if the variable is not set or empty.
    fn value(&self, environment: &Environment) -> Result<String, InvalidValue> {
        match environment.get(self.variable).map(std::ffi::OsString::into_string) {
            Some(Ok(value)) => Ok(value),
            Some(Err(_)) => Err("a variable whose value is a text in UTF-8".into()),
            None => Ok(self.default.to_owned()),
        }
    }
}

/// The value that YAML reads from a plain text. Only words can be something else than texts, so no
/// variable can bring in the structure of YAML.
fn typed(text: String) -> Value {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._~".contains(&byte);
    if !text.bytes().all(is_word) {
        return Value::Text(text);
    }
    match yaml_value(&text) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_))) => value,
        _ => Value::Text(text),
    }
}
