//! Typed reads from the tables of a document. Each read knows the full key, so that a message can
//! name it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use osapi_metrics_rules::similar::nearest;

use super::{
    error::{ConfigError, ErrorCollector, InvalidValue},
    merge, referenced_file,
    text::not_empty,
    tree::Value,
};

/// The allowed values of a key for a section.
const TABLE: &str = "a table of keys and values";

/// One table of a document.
///
/// A read that fails adds an error and returns `None`, as a read of an absent key or of `null`
/// does: the default stays, and reading goes on to find further mistakes. Keys that were not read
/// are added as errors when the section is dropped, so that no reader can forget to check for them.
pub(super) struct Section<'a> {
    path: String,
    entries: Vec<(String, Value)>,
    known: Vec<&'static str>,
    unsupported: &'static [&'static str],
    errors: &'a ErrorCollector,
}

impl<'a> Section<'a> {
    /// The table under `key` at the top of a document. All other keys at the top belong to the
    /// application, unless `key` is absent and another key is similar to it.
    pub(super) fn at_top(document: Value, key: &'static str, errors: &'a ErrorCollector) -> Self {
        let (mut top, _) = Self::shared(document, &[key], &[], errors);
        top.section(key)
    }

    /// The keys `own` at the top of a document, and which of the keys `others` it has. A key that
    /// is neither belongs to somebody else, unless it is similar to one of these that is absent:
    /// then it was probably meant to be that one, and is a mistake.
    pub(super) fn shared(
        document: Value,
        own: &[&'static str],
        others: &[&'static str],
        errors: &'a ErrorCollector,
    ) -> (Self, Vec<&'static str>) {
        let mut top = Self::new(String::new(), Vec::new(), errors);
        match document {
            Value::Table(entries) => top.entries = entries,
            Value::Null => {}
            _ => {
                errors.invalid(
                    own[0],
                    String::new(),
                    InvalidValue::unshown("a document with keys"),
                );
            }
        }
        let is_absent = |key: &&'static str| match top.entries.iter().find(|(name, _)| name == key)
        {
            Some((_, Value::Table(entries))) => entries.is_empty(),
            Some((_, value)) => matches!(value, Value::Null),
            None => true,
        };
        let (absent, present): (Vec<_>, Vec<_>) =
            own.iter().chain(others).partition(|k| is_absent(k));
        top.entries.retain(|(name, _)| {
            let is_own = own.contains(&name.as_str());
            let is_other = others.contains(&name.as_str());
            is_own || !is_other && nearest(name, absent.iter().copied()).is_some()
        });
        (top, present.into_iter().filter(|key| others.contains(key)).collect())
    }

    pub(super) fn new(
        path: String,
        entries: Vec<(String, Value)>,
        errors: &'a ErrorCollector,
    ) -> Self {
        Self { path, entries, known: Vec::new(), unsupported: &[], errors }
    }

    /// The section, whose format has further keys, which the runtime does not support.
    pub(super) fn without(mut self, unsupported: &'static [&'static str]) -> Self {
        self.unsupported = unsupported;
        self
    }

    /// The table under `key`; empty if there is no table.
    pub(super) fn section(&mut self, key: &'static str) -> Self {
        let section = self.present_section(key);
        section.unwrap_or_else(|| Self::new(self.full(key), Vec::new(), self.errors))
    }

    /// The table under `key`, if there is one.
    pub(super) fn present_section(&mut self, key: &'static str) -> Option<Self> {
        let entries = self.table(key, TABLE.into())?;
        Some(Self::new(self.full(key), entries, self.errors))
    }

    /// The table under `key`, which the section must have.
    pub(super) fn required_section(
        &mut self,
        key: &'static str,
        expected: InvalidValue,
    ) -> Option<Self> {
        if !self.has(key) {
            self.known.push(key);
            self.entries.retain(|(name, _)| name != key);
            self.reject(key, &Value::Null, expected);
            return None;
        }
        let entries = self.table(key, expected)?;
        Some(Self::new(self.full(key), entries, self.errors))
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
        parsed(&value, parse).map_err(|invalid| self.reject(key, &value, invalid)).ok()
    }

    /// A text that `parse` accepts. A key that is absent is an error.
    pub(super) fn required_text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let value = self.take(key).unwrap_or(Value::Null);
        parsed(&value, parse).map_err(|invalid| self.reject(key, &value, invalid)).ok()
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

    /// The tables in the list under `key`, each with its position in its path.
    pub(super) fn tables(&mut self, key: &'static str, expected: InvalidValue) -> Vec<Self> {
        let values = self.list(key, expected).unwrap_or_default().into_iter().enumerate();
        let tables = values.filter_map(|(nth, value)| {
            let place = format!("{key}[{nth}]");
            match value {
                Value::Table(entries) => Some(Self::new(self.full(&place), entries, self.errors)),
                other => {
                    self.reject(&place, &other, TABLE.into());
                    None
                }
            }
        });
        tables.collect()
    }

    /// The only table of the section, whose key is one of `keys`. The table of a key without a
    /// value is empty.
    pub(super) fn only_table(
        &mut self,
        keys: &[&'static str],
        expected: &'static str,
    ) -> Option<(&'static str, Self)> {
        self.known.extend(keys);
        let known = |name: &str| keys.iter().copied().find(|key| *key == name);
        let mut chosen = self.entries.extract_if(.., |(name, _)| known(name).is_some());
        let (first, further) = (chosen.next(), chosen.count());
        match first.and_then(|(name, value)| Some((known(&name)?, value))) {
            Some((key, Value::Table(entries))) if further == 0 => {
                Some((key, Self::new(self.full(key), entries, self.errors)))
            }
            Some((key, Value::Null)) if further == 0 => {
                Some((key, Self::new(self.full(key), Vec::new(), self.errors)))
            }
            Some((key, value)) if further == 0 => {
                self.reject(key, &value, TABLE.into());
                None
            }
            // The other keys are reported when the section is dropped.
            None if !self.entries.is_empty() => None,
            _ => {
                self.reject_itself(expected);
                None
            }
        }
    }

    /// The path of a file that can be read; a relative one starts from `folder`.
    pub(super) fn file(&mut self, key: &'static str, folder: &Path) -> Option<PathBuf> {
        let path = self.path(key, folder)?;
        match referenced_file::check_readable(&path) {
            Ok(()) => Some(path),
            Err(cause) => {
                self.errors.unreadable(self.full(key), path, cause);
                None
            }
        }
    }

    /// The path of a file; a relative one starts from `folder`.
    pub(super) fn path(&mut self, key: &'static str, folder: &Path) -> Option<PathBuf> {
        let path =
            self.text(key, |text| not_empty(text).map_err(|_| "the path of a file".into()))?;
        Some(folder.join(path))
    }

    /// Refuses every key, also one without a value.
    pub(super) fn refuse_all(mut self) {
        for (key, _) in std::mem::take(&mut self.entries) {
            let known = Vec::new();
            self.errors.add(self.full(&key), |key, origin| ConfigError::UnsupportedKey {
                key,
                origin,
                known,
            });
        }
    }

    /// Adds an error: the table itself is not allowed.
    pub(super) fn reject_itself(&self, expected: &'static str) {
        self.errors.invalid(self.path.clone(), "a table".to_owned(), expected.into());
    }

    /// Leaves out what was not read, without a mistake.
    pub(super) fn skip(mut self) {
        self.entries.clear();
    }

    /// Whether the section has a value under `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, value)| name == key && !matches!(value, Value::Null))
    }

    /// The value of `key`, which `parse` reads.
    pub(super) fn value<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&Value) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let value = self.take(key)?;
        parse(&value).map_err(|invalid| self.reject(key, &value, invalid)).ok()
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
        self.errors.add(self.full(key), |key, origin| ConfigError::RepeatedKey { key, origin });
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

fn parsed<T>(
    value: &Value,
    parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> Result<T, InvalidValue> {
    match value {
        Value::Text(text) => parse(text),
        // Few keys allow an empty text, so that mostly the error for "" names the allowed values.
        _ => Err(parse("").err().unwrap_or(InvalidValue::unshown("a text"))),
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for (key, value) in std::mem::take(&mut self.entries) {
            if matches!(value, Value::Foreign(merge::MALFORMED)) {
                self.reject(&key, &value, merge::EXPECTED.into());
                continue;
            }
            if self.unsupported.contains(&key.as_str()) {
                if !matches!(value, Value::Null) {
                    let known = self.known.clone();
                    self.errors.add(self.full(&key), |key, origin| ConfigError::UnsupportedKey {
                        key,
                        origin,
                        known,
                    });
                }
                continue;
            }
            self.errors.add(self.full(&key), |full, origin| ConfigError::UnknownKey {
                nearest: nearest(&key, self.known.iter().copied()),
                key: full,
                origin,
                known: self.known.clone(),
            });
        }
    }
}
