//! Typed reads from the tables of a document. Each knows the full key, so that a message can name it.

use std::collections::BTreeMap;

use super::{
    error::{ConfigError, Problems, Refused},
    tree::Value,
};
use osapi_metrics_rules::similar::nearest;

/// One table of a document.
///
/// A read that fails is noted in the problems and answers `None`, as an absent key and `null` do: the default stays,
/// and reading goes on to find what else is wrong. Keys that nobody asked for are noted when the section goes out of
/// scope, so that no reader can forget to look for them.
pub(super) struct Section<'a> {
    path: String,
    entries: Vec<(String, Value)>,
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    /// The table under `key` at the top of a document. The other keys there belong to the application, unless this
    /// one is absent and another looks like it.
    pub(super) fn at_top(document: Value, key: &'static str, problems: &'a Problems) -> Self {
        let mut top = Self::new(String::new(), Vec::new(), problems);
        match document {
            Value::Table(entries) => top.entries = entries,
            Value::Null => {}
            _ => problems.invalid(key, String::new(), Refused::unshown("a document with keys")),
        }
        let section = top.section(key);
        // Only a key that was probably meant to be this one is a mistake.
        let absent = section.entries.is_empty();
        top.entries.retain(|(name, _)| absent && nearest(name, [key]).is_some());
        section
    }

    pub(super) fn new(path: String, entries: Vec<(String, Value)>, problems: &'a Problems) -> Self {
        Self { path, entries, known: Vec::new(), problems }
    }

    /// The table under `key`, empty if there is none.
    pub(super) fn section(&mut self, key: &'static str) -> Self {
        let entries = self.table(key, "a table of keys and values".into());
        Self::new(self.full(key), entries.unwrap_or_default(), self.problems)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        match self.take(key)? {
            Value::Bool(value) => Some(value),
            other => {
                self.refuse(key, &other, "`true` or `false`".into());
                None
            }
        }
    }

    /// A whole number that `parse` accepts.
    pub(super) fn integer<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(i128) -> Result<T, Refused>,
    ) -> Option<T> {
        let value = self.take(key)?;
        // No key takes a negative number, so that the answer to one says what is expected.
        let number = if let Value::Integer(number) = value { number } else { -1 };
        parse(number).map_err(|refused| self.refuse(key, &value, refused)).ok()
    }

    /// A text that `parse` accepts.
    pub(super) fn text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Refused>,
    ) -> Option<T> {
        let value = self.take(key)?;
        // No key takes an empty text, so that the answer to one says what is expected.
        let text = if let Value::Text(text) = &value { text } else { "" };
        parse(text).map_err(|refused| self.refuse(key, &value, refused)).ok()
    }

    /// The table under `key` with keys of the user's choice, each value read by `parse`.
    ///
    /// Tables in it are the namespaces of dotted keys, which is how TOML reads a dotted key without quotes.
    pub(super) fn dotted<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Refused>,
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
                value => match parse(&value) {
                    Ok(_) if values.contains_key(&name) => self.repeated(&format!("{key}.{name}")),
                    Ok(parsed) => {
                        values.insert(name, parsed);
                    }
                    Err(refused) => self.refuse(&format!("{key}.{name}"), &value, refused),
                },
            }
        }
        values
    }

    /// The entries of the table under `key`.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        expected: Refused,
    ) -> Option<Vec<(String, Value)>> {
        match self.take(key)? {
            Value::Table(entries) => Some(entries),
            other => {
                self.refuse(key, &other, expected);
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

    /// Notes that the value of `key` is not allowed.
    pub(super) fn refuse(&self, key: &str, value: &Value, refused: Refused) {
        self.problems.invalid(self.full(key), value.shown(), refused);
    }

    pub(super) fn repeated(&self, key: &str) {
        let key = self.full(key);
        self.problems.add(|origin| ConfigError::RepeatedKey { key, origin });
    }

    /// The key from the top of the document.
    pub(super) fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for (key, _) in std::mem::take(&mut self.entries) {
            let nearest = nearest(&key, self.known.iter().copied());
            let key = self.full(&key);
            let known = self.known.clone();
            self.problems.add(|origin| ConfigError::UnknownKey { key, origin, nearest, known });
        }
    }
}
