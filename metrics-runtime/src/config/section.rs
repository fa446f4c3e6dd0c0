//! Typed reads from the tables of a document. Each read knows the full key, so that a message can
//! name it.

use std::collections::BTreeMap;

use super::{
    error::{ConfigError, ErrorCollector, InvalidValue},
    merge,
    tree::Value,
};
use osapi_metrics_rules::similar::nearest;

/// One table of a document.
///
/// A read that fails adds an error and returns `None`, as a read of an absent key or of `null`
/// does: the default stays, and reading goes on to find further mistakes. Keys that were not read
/// are added as errors when the section is dropped, so that no reader can forget to check for them.
pub(super) struct Section<'a> {
    path: String,
    entries: Vec<(String, Value)>,
    known: Vec<&'static str>,
    errors: &'a ErrorCollector,
}

impl<'a> Section<'a> {
    /// The table under `key` at the top of a document. All other keys at the top belong to the
    /// application, unless `key` is absent and another key is similar to it.
    pub(super) fn at_top(document: Value, key: &'static str, errors: &'a ErrorCollector) -> Self {
        let mut top = Self::new(String::new(), Vec::new(), errors);
        match document {
            Value::Table(entries) => top.entries = entries,
            Value::Null => {}
            _ => errors.invalid(key, String::new(), InvalidValue::unshown("a document with keys")),
        }
        let section = top.section(key);
        // Only a key that was probably meant to be `key` is a mistake.
        let absent = section.entries.is_empty();
        top.entries.retain(|(name, _)| absent && nearest(name, [key]).is_some());
        section
    }

    pub(super) fn new(
        path: String,
        entries: Vec<(String, Value)>,
        errors: &'a ErrorCollector,
    ) -> Self {
        Self { path, entries, known: Vec::new(), errors }
    }

    /// The table under `key`; empty if there is no table.
    pub(super) fn section(&mut self, key: &'static str) -> Self {
        let entries = self.table(key, "a table of keys and values".into());
        Self::new(self.full(key), entries.unwrap_or_default(), self.errors)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        match self.take(key)? {
            Value::Bool(value) => Some(value),
            other => {
                self.reject(key, &other, "`true` or `false`".into());
                None
            }
        }
    }

    /// A whole number that `parse` accepts.
    pub(super) fn integer<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(i128) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let value = self.take(key)?;
        // No key allows a negative number, so the error for -1 names the allowed values.
        let number = if let Value::Integer(number) = value { number } else { -1 };
        parse(number).map_err(|invalid| self.reject(key, &value, invalid)).ok()
    }

    /// A text that `parse` accepts.
    pub(super) fn text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let value = self.take(key)?;
        // No key allows an empty text, so the error for "" names the allowed values.
        let text = if let Value::Text(text) = &value { text } else { "" };
        parse(text).map_err(|invalid| self.reject(key, &value, invalid)).ok()
    }

    /// A text that `parse` accepts. A key that is absent is an error.
    pub(super) fn required_text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let value = self.take(key).unwrap_or(Value::Null);
        let text = if let Value::Text(text) = &value { text } else { "" };
        parse(text).map_err(|invalid| self.reject(key, &value, invalid)).ok()
    }

    /// The table under `key` with keys of the user's choice, each value read by `parse`.
    ///
    /// Nested tables are namespaces of dotted keys: TOML reads a dotted key without quotes as
    /// nested tables.
    pub(super) fn dotted<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, InvalidValue>,
    ) -> BTreeMap<String, T> {
        let mut values = BTreeMap::new();
        let mut pending = self.table(key, "a table of names and values".into()).unwrap_or_default();
        pending.reverse();
        while let Some((name, value)) = pending.pop() {
            match value {
                Value::Table(inner) => {
                    let inner = inner.into_iter().rev();
                    pending.extend(inner.map(|(key, value)| (format!("{name}.{key}"), value)));
                }
                // OpenTelemetry has no attribute, and no metric, without a name.
                value if name.is_empty() => {
                    self.reject(
                        key,
                        &value,
                        "a table of names, which are not empty, and values".into(),
                    );
                }
                value => match parse(&value) {
                    Ok(_) if values.contains_key(&name) => self.repeated(&format!("{key}.{name}")),
                    Ok(parsed) => {
                        values.insert(name, parsed);
                    }
                    Err(invalid) => self.reject(&format!("{key}.{name}"), &value, invalid),
                },
            }
        }
        values
    }

    /// The entries of the table under `key`.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        expected: InvalidValue,
    ) -> Option<Vec<(String, Value)>> {
        match self.take(key)? {
            Value::Table(entries) => Some(entries),
            other => {
                self.reject(key, &other, expected);
                None
            }
        }
    }

    /// The list under `key`.
    pub(super) fn list(&mut self, key: &'static str, expected: InvalidValue) -> Option<Vec<Value>> {
        match self.take(key)? {
            Value::List(values) => Some(values),
            other => {
                self.reject(key, &other, expected);
                None
            }
        }
    }

    /// Takes the value of `key` out of the section; `null` counts as absent.
    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        let mut values = self.entries.extract_if(.., |(name, _)| name == key);
        let (_, value) = values.next()?;
        if values.count() > 0 {
            self.repeated(key);
        }
        (!matches!(value, Value::Null)).then_some(value)
    }

    /// Adds an error: the value of `key` is not allowed.
    pub(super) fn reject(&self, key: &str, value: &Value, invalid: InvalidValue) {
        self.errors.invalid(self.full(key), value.shown(), invalid);
    }

    pub(super) fn repeated(&self, key: &str) {
        let key = self.full(key);
        self.errors.add(|origin| ConfigError::RepeatedKey { key, origin });
    }

    /// The key of the section itself, from the top of the document.
    pub(super) fn name(&self) -> &str {
        &self.path
    }

    /// The key from the top of the document.
    pub(super) fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for (key, value) in std::mem::take(&mut self.entries) {
            if matches!(value, Value::Foreign(merge::MALFORMED)) {
                self.reject(&key, &value, merge::EXPECTED.into());
                continue;
            }
            self.errors.add(|origin| ConfigError::UnknownKey {
                nearest: nearest(&key, self.known.iter().copied()),
                key: self.full(&key),
                origin,
                known: self.known.clone(),
            });
        }
    }
}
