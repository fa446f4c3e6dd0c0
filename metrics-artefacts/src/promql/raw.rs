use std::borrow::Cow;

use super::tracker::{Region, Tracker};

/// The query with its raw strings, as in `` `\d+` ``, in double quotes. The parser reads escapes in
/// raw strings too, and Prometheus does not.
pub(super) fn without_raw_strings(text: &str) -> Cow<'_, str> {
    if !text.contains('`') {
        return Cow::Borrowed(text);
    }
    let mut quoted = String::with_capacity(text.len() + 16);
    let mut tracker = Tracker::new();
    let mut is_raw = false;
    for character in text.chars() {
        let region = tracker.region();
        // Brackets that do not fit are refused before.
        let _ = tracker.pass(character);
        match character {
            '`' if is_raw || region == Region::Code => {
                is_raw = !is_raw;
                quoted.push('"');
            }
            '"' | '\\' if is_raw => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' if is_raw => quoted.push_str("\\n"),
            _ => quoted.push(character),
        }
    }
    Cow::Owned(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_strings_are_written_with_escapes() {
        for (text, expected) in [
            ("x{a=\"`\", b='`'} # `", "x{a=\"`\", b='`'} # `"),
            ("x{a=~`\\d+\"\n`, b=`c`}", "x{a=~\"\\\\d+\\\"\\n\", b=\"c\"}"),
        ] {
            assert_eq!(without_raw_strings(text), expected);
        }
    }
}
