//! The containers that a service wants to observe.

use serde_json::json;

use super::DockerError;

/// What the engine leaves out of the list of containers.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    pub(super) labels: Vec<String>,
    pub(super) names: Vec<String>,
}

impl Filters {
    pub(super) fn check(&self) -> Result<(), DockerError> {
        let has_no_key = |label: &&String| label.is_empty() || label.starts_with('=');
        if let Some(label) = self.labels.iter().find(has_no_key) {
            return Err(DockerError::Label { label: label.clone() });
        }
        if self.names.iter().any(String::is_empty) {
            return Err(DockerError::EmptyName);
        }
        Ok(())
    }

    /// The request for the list of containers that run.
    pub(super) fn path(&self) -> String {
        // Without the version of an API, the engine answers in its own: a version in the path would
        // be too new for some engines and too old for others.
        const CONTAINERS: &str = "/containers/json";
        let mut filters = serde_json::Map::new();
        for (key, values) in [("label", &self.labels), ("name", &self.names)] {
            if !values.is_empty() {
                filters.insert(key.to_owned(), json!(values));
            }
        }
        if filters.is_empty() {
            return CONTAINERS.to_owned();
        }
        let filters = serde_json::Value::Object(filters).to_string();
        format!("{CONTAINERS}?filters={}", percent_encoded(&filters))
    }
}

/// A text as the value of a query, with all but the characters that every part of an address allows
/// as `%` and digits.
pub(super) fn percent_encoded(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte.into());
            }
            _ => {
                encoded.push('%');
                encoded.push(DIGITS[usize::from(byte >> 4)].into());
                encoded.push(DIGITS[usize::from(byte & 15)].into());
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_part_of_the_path() {
        assert_eq!(Filters::default().path(), "/containers/json");
        let filters = Filters {
            labels: vec!["team=ä".to_owned(), "b\"".to_owned()],
            names: vec!["^web-".to_owned()],
        };
        // {"label":["team=ä","b\""],"name":["^web-"]}
        let expected = "/containers/json?filters=%7B%22label%22%3A%5B%22team%3D%C3%A4%22%2C%22b\
                        %5C%22%22%5D%2C%22name%22%3A%5B%22%5Eweb-%22%5D%7D";
        assert_eq!(filters.path(), expected);
    }

    #[test]
    fn filters_without_content_are_refused() {
        let refused = |labels: &[&str], names: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let filters = Filters { labels: owned(labels), names: owned(names) };
            filters.check().map_err(|error| error.to_string()).err()
        };
        assert_eq!(refused(&["team", "team=", "team=shop"], &["web"]), None);
        let message = "`=shop` is no label of a container; write `key` or `key=value`";
        assert_eq!(refused(&["=shop"], &[]).as_deref(), Some(message));
        assert!(refused(&[""], &[]).is_some());
        assert!(refused(&[], &["web", ""]).is_some());
    }
}
