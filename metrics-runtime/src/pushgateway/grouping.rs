//! The grouping key as a path.

use std::collections::HashSet;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};

use super::PushgatewayError;

/// The path of a group: `/metrics/job/<job>`, and the further labels.
///
/// A value that is empty or has other characters than letters, digits and `-._~` is in base64, as
/// the gateway reads it: a `/` would end the value, and proxies rewrite `.`, `..` and `%2F`.
///
/// # Errors
///
/// If the job is empty, or a label is not allowed.
pub(super) fn path(job: &str, labels: &[(String, String)]) -> Result<String, PushgatewayError> {
    if job.is_empty() {
        return Err(PushgatewayError::Job);
    }
    let mut path = "/metrics".to_owned();
    push_segment(&mut path, "job", job);
    let mut known = HashSet::new();
    for (label, value) in labels {
        let repeated = (!known.insert(label)).then_some("is given twice");
        if let Some(reason) = problem(label).or(repeated) {
            return Err(PushgatewayError::Label { label: label.clone(), reason });
        }
        push_segment(&mut path, label, value);
    }
    Ok(path)
}

/// The problem with a label of a grouping key.
fn problem(label: &str) -> Option<&'static str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = label.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if !begins || !label.bytes().all(is_part) {
        return Some("is not a label; letters, digits and `_` are allowed, and no digit at first");
    }
    match label {
        "job" => Some("is the job itself, the second argument of `Pushgateway::new`"),
        "le" | "quantile" => Some("is of the points of histograms and summaries"),
        _ if label.starts_with("__") => Some("begins with `__`, which is for Prometheus itself"),
        _ => None,
    }
}

fn push_segment(path: &mut String, label: &str, value: &str) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    path.push('/');
    path.push_str(label);
    match value {
        "" => path.push_str("@base64/="),
        _ if value.bytes().all(is_plain) && ![".", ".."].contains(&value) => {
            path.push('/');
            path.push_str(value);
        }
        _ => {
            path.push_str("@base64/");
            BASE64_URL_SAFE_NO_PAD.encode_string(value, path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(job: &str, labels: &[(&str, &str)]) -> Result<String, String> {
        let owned = |&(label, value): &(&str, &str)| (label.to_owned(), value.to_owned());
        let labels: Vec<_> = labels.iter().map(owned).collect();
        path(job, &labels).map_err(|error| error.to_string())
    }

    /// The examples are those of the gateway's documentation, without its padding.
    #[test]
    fn values_with_other_characters_are_in_base64() {
        for (job, labels, path) in [
            ("some_job", &[][..], "/metrics/job/some_job"),
            (
                "directory_cleaner",
                &[("path", "/var/tmp")],
                "/metrics/job/directory_cleaner/path@base64/L3Zhci90bXA",
            ),
            ("example", &[("first", "")], "/metrics/job/example/first@base64/="),
            (
                "titan",
                &[("name", "Προμηθεύς")],
                "/metrics/job/titan/name@base64/zqDPgc6_zrzOt864zrXPjc-C",
            ),
            ("/", &[("a", "."), ("b", "..")], "/metrics/job@base64/Lw/a@base64/Lg/b@base64/Li4"),
            ("a b", &[("c", "1.2-3_4~")], "/metrics/job@base64/YSBi/c/1.2-3_4~"),
            ("%2F", &[("_c1", "?#")], "/metrics/job@base64/JTJG/_c1@base64/PyM"),
        ] {
            assert_eq!(path_of(job, labels).as_deref(), Ok(path));
        }
    }

    #[test]
    fn what_is_no_grouping_key_is_named() {
        for (job, labels, expected) in [
            ("", &[][..], "the job of a group in a Pushgateway is empty"),
            ("a", &[("", "x")], "`` is not a label"),
            ("a", &[("1a", "x")], "`1a` is not a label"),
            ("a", &[("a-b", "x")], "`a-b` is not a label"),
            ("a", &[("a/b", "x")], "`a/b` is not a label"),
            ("a", &[("a@base64", "x")], "`a@base64` is not a label"),
            ("a", &[("ä", "x")], "`ä` is not a label"),
            ("a", &[("__a", "x")], "`__a` begins with `__`"),
            ("a", &[("job", "x")], "`job` is the job itself"),
            ("a", &[("le", "x")], "`le` is of the points"),
            ("a", &[("b", "1"), ("c", "2"), ("b", "1")], "`b` is given twice"),
        ] {
            let error = path_of(job, labels).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
