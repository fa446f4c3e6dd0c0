/// The texts that a regular expression has as alternatives, if it has only such.
///
/// A regular expression of PromQL matches whole values, so `a|b` matches `a` and `b`.
pub(crate) fn literal_alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut inner = pattern;
    inner = inner.strip_prefix('^').unwrap_or(inner);
    inner = inner.strip_suffix('$').filter(|rest| !rest.ends_with('\\')).unwrap_or(inner);
    if let Some(group) = inner.strip_prefix("(?:").or_else(|| inner.strip_prefix('(')) {
        inner = group.strip_suffix(')').filter(|rest| !rest.ends_with('\\'))?;
    }
    let mut alternatives = vec![String::new()];
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '|' => {
                alternatives.push(String::new());
                continue;
            }
            // A backslash before a letter or a digit is a class.
            '\\' => characters.next().filter(|escaped| !escaped.is_ascii_alphanumeric())?,
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            _ => character,
        };
        alternatives.last_mut()?.push(literal);
    }
    Some(alternatives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_literal_or_not_known() {
        for (pattern, expected) in [
            ("ok", Some(vec!["ok"])),
            ("ok|failed", Some(vec!["ok", "failed"])),
            ("(ok|failed)", Some(vec!["ok", "failed"])),
            ("^(?:ok|failed)$", Some(vec!["ok", "failed"])),
            ("5\\.0|a\\|b", Some(vec!["5.0", "a|b"])),
            ("", Some(vec![""])),
            ("ok|", Some(vec!["ok", ""])),
            ("5..", None),
            ("(a)|(b)", None),
            ("\\d", None),
            ("a(b", None),
            ("(a", None),
        ] {
            let expected = expected.map(|texts| texts.into_iter().map(str::to_owned).collect());
            assert_eq!(literal_alternatives(pattern), expected, "{pattern}");
        }
    }
}
