//! Names of metrics with the wildcards of OpenTelemetry's views.

use super::error::InvalidValue;

/// The longest name of an instrument that OpenTelemetry allows.
const MAX_LENGTH: usize = 255;

/// Checks a pattern: a name, in which `*` stands for any characters and `?` for one.
pub(super) fn check(text: &str) -> Result<(), InvalidValue> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/*?".contains(&byte);
    if (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed) {
        return Ok(());
    }
    Err("the name of a metric, in which `*` stands for any characters and `?` for one: 1 to 255 \
         letters, digits, `_`, `.`, `-`, `/`, `*` and `?`, such as `osapi_job_*`"
        .into())
}

/// Whether the pattern matches a name, or each name that another pattern matches.
///
/// Patterns with other orders of neighbouring wildcards, such as `*?` and `?*`, are not recognised
/// as equal.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    // Behind the last `*`, and the end of the characters that it stands for.
    let mut last_star = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                last_star = Some((p, n));
            }
            // In another pattern, `*` can stand for several characters, or for none.
            Some(b'?') if name[n] != b'*' => (p, n) = (p + 1, n + 1),
            Some(byte) if *byte == name[n] && *byte != b'?' => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((behind, end)) = &mut last_star else { return false };
                *end += 1;
                (p, n) = (*behind, *end);
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{check, matches};

    #[test]
    fn wildcards_stand_for_characters() {
        for (pattern, name, is_match) in [
            ("job", "job", true),
            ("job", "jobs", false),
            ("jobs", "job", false),
            ("Job", "job", false),
            ("*", "", true),
            ("*", "job", true),
            ("job_*", "job_", true),
            ("job_*", "job_wait_seconds", true),
            ("job_*", "osapi_job_wait", false),
            ("*_total", "job_total_total", true),
            ("*_total", "job_total_", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("job.?", "job.a", true),
            ("job.?", "job.", false),
            ("job.?", "job.ab", false),
            ("?*", "", false),
            ("?*", "a", true),
            ("**", "a", true),
            ("job.wait", "job_wait", false),
        ] {
            assert_eq!(matches(pattern, name), is_match, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_can_match_all_that_another_one_matches() {
        for (pattern, other, is_match) in [
            ("job_*", "job_*", true),
            ("*", "job_*", true),
            ("job_*", "job_wait_*", true),
            ("job_*", "job_?", true),
            ("job_?", "job_?", true),
            ("job_?", "job_*", false),
            ("job_wait_*", "job_*", false),
            ("*_total", "job_*_total", true),
            ("job_?*", "job_*", false),
            ("job_a", "job_?", false),
        ] {
            assert_eq!(matches(pattern, other), is_match, "{pattern} {other}");
        }
    }

    #[test]
    fn patterns_have_the_characters_of_names() {
        for text in ["job", "*", "?", "http.server.*", "a/b-c_d", "7", &"a".repeat(255)] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in ["", " ", "job *", "job_[ab]", "job,wait", "a=b", "ä*", &"a".repeat(256)] {
            assert!(check(text).is_err(), "{text}");
        }
    }

    /// What the pattern means, in a form that is slow and short.
    fn reference(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern, name) {
            ([], _) => name.is_empty(),
            ([b'*', rest @ ..], _) => (0..=name.len()).any(|taken| reference(rest, &name[taken..])),
            ([b'?', rest @ ..], [_, left @ ..]) => reference(rest, left),
            ([byte, rest @ ..], [first, left @ ..]) => byte == first && reference(rest, left),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_matches_as_the_reference_does(pattern in "[ab*?]{0,8}", name in "[ab]{0,8}") {
            let expected = reference(pattern.as_bytes(), name.as_bytes());
            prop_assert_eq!(matches(&pattern, &name), expected);
        }

        /// A pattern that matches another one takes all of its names.
        #[test]
        fn names_of_a_pattern_that_is_matched_are_matched(
            pattern in "[ab*?]{0,6}",
            other in "[ab*?]{0,6}",
            name in "[ab]{0,6}",
        ) {
            if matches(&pattern, &other) && matches(&other, &name) {
                prop_assert!(matches(&pattern, &name), "{} {} {}", pattern, other, name);
            }
        }
    }
}
