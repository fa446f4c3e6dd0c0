//! One table of the file: reads its values, and notes every mistake.

use std::{cell::RefCell, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use osapi_metrics_rules::{excerpt::Excerpt, similar::nearest};
use toml::{Table as Toml, Value};

use super::error::{ConfigMistake, Mistakes};

/// A table, which may be missing: then every key has its default.
pub(super) struct Table<'a> {
    keys: Option<&'a Toml>,
    /// The key of the table, with a dot behind it.
    path: String,
    known: RefCell<Vec<&'static str>>,
    mistakes: &'a Mistakes,
}

impl<'a> Table<'a> {
    /// The whole file.
    pub(super) fn root(table: &'a Toml, mistakes: &'a Mistakes) -> Self {
        Self { keys: Some(table), path: String::new(), known: RefCell::default(), mistakes }
    }

    /// A table in this one.
    pub(super) fn table(&self, key: &'static str) -> Table<'a> {
        let table = match self.get(key) {
            None => None,
            Some(Value::Table(table)) => Some(table),
            Some(other) => {
                self.wrong(key, other, &"a table of keys");
                None
            }
        };
        Table {
            keys: table,
            path: format!("{}{key}.", self.path),
            known: RefCell::default(),
            mistakes: self.mistakes,
        }
    }

    /// A whole number.
    pub(super) fn integer<T: TryFrom<i64> + Copy + Display + PartialOrd>(
        &self,
        key: &'static str,
        range: RangeInclusive<T>,
        default: T,
    ) -> T {
        let Some(value) = self.get(key) else { return default };
        let number = value.as_integer().and_then(|number| T::try_from(number).ok());
        match number.filter(|number| range.contains(number)) {
            Some(number) => number,
            None => {
                let (least, most) = (range.start(), range.end());
                self.wrong(key, value, &format_args!("a whole number from {least} to {most}"));
                default
            }
        }
    }

    /// One of several whole numbers.
    pub(super) fn choice<T: TryFrom<i64> + Copy + PartialEq>(
        &self,
        key: &'static str,
        choices: &[T],
        expected: &str,
        default: T,
    ) -> T {
        let Some(value) = self.get(key) else { return default };
        let number = value.as_integer().and_then(|number| T::try_from(number).ok());
        number.filter(|number| choices.contains(number)).unwrap_or_else(|| {
            self.wrong(key, value, &expected);
            default
        })
    }

    /// A duration, such as `"250ms"`.
    pub(super) fn duration(
        &self,
        key: &'static str,
        range: RangeInclusive<Duration>,
        default: Duration,
    ) -> Duration {
        let Some(value) = self.get(key) else { return default };
        let duration = value.as_str().and_then(|text| humantime::parse_duration(text).ok());
        match duration.filter(|duration| range.contains(duration)) {
            Some(duration) => duration,
            None => {
                let least = humantime::format_duration(*range.start());
                let most = humantime::format_duration(*range.end());
                let expected = format_args!("a duration from {least} to {most}, such as \"5s\"");
                self.wrong(key, value, &expected);
                default
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.get(key) else { return default };
        value.as_bool().unwrap_or_else(|| {
            self.wrong(key, value, &"true or false");
            default
        })
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        let value = self.get(key)?;
        let text = value.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.wrong(key, value, &"a text");
        }
        text
    }

    /// A text that is parsed.
    pub(super) fn parsed<T: FromStr>(&self, key: &'static str, expected: &str, default: T) -> T {
        let Some(value) = self.get(key) else { return default };
        match value.as_str().and_then(|text| text.parse().ok()) {
            Some(value) => value,
            None => {
                self.wrong(key, value, &expected);
                default
            }
        }
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&'static str, T)],
        default: T,
    ) -> T {
        let Some(value) = self.get(key) else { return default };
        let known = words.iter().find(|(word, _)| value.as_str() == Some(word));
        match known {
            Some((_, value)) => *value,
            None => {
                let words: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                self.wrong(key, value, &format_args!("one of {}", words.join(", ")));
                default
            }
        }
    }

    /// Notes that a value is not what is expected.
    pub(super) fn wrong(&self, key: &str, value: &Value, expected: &dyn Display) {
        self.note(key, || {
            // Its URL may have a password.
            if format!("{}{key}", self.path) == "database.url"
                || format!("{}{key}", self.path) == "database"
            {
                return format!("its value, which is not shown, is not {expected}");
            }
            format!("{} is not {expected}", Excerpt::of(&value.to_string()))
        });
    }

    fn note(&self, key: &str, problem: impl FnOnce() -> String) {
        self.mistakes.add(|| {
            let key = format!("{}{}", self.path, Excerpt::of(key));
            ConfigMistake { key, problem: problem() }
        });
    }

    fn get(&self, key: &'static str) -> Option<&'a Value> {
        self.known.borrow_mut().push(key);
        self.keys?.get(key)
    }

    /// Notes the keys that nothing has asked for.
    pub(super) fn finish(self) {
        let known = self.known.take();
        for key in self.keys.into_iter().flat_map(Toml::keys) {
            if known.contains(&key.as_str()) {
                continue;
            }
            self.note(key, || match nearest(key, known.iter().copied()) {
                Some(meant) => format!("is not a key here; `{meant}` is"),
                None => format!("is not a key here; {} are", known.join(", ")),
            });
        }
    }
}
