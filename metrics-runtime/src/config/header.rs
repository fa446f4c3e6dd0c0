//! Headers: the names and values that HTTP allows, and the variables that a document may use in
//! values.

use super::{Environment, Secret, error::InvalidValue, list};

/// Reads a header's name, an RFC 9110 token. Names do not depend on case, and are kept in lower
/// case.
pub(super) fn name(text: &str) -> Result<String, InvalidValue> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !text.is_empty() && text.bytes().all(token) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(InvalidValue::unshown(
            "a header name of letters, digits and `-`, such as `authorization`",
        ))
    }
}

/// Checks a header's value.
pub(super) fn value(text: &str) -> Result<Secret, InvalidValue> {
    if text.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)) {
        Ok(Secret::from(text))
    } else {
        Err(InvalidValue::unshown("a header value of printable ASCII characters on one line"))
    }
}

/// Reads a list of headers.
pub(super) fn list(text: &str) -> Result<Vec<(String, Secret)>, InvalidValue> {
    let invalid = InvalidValue::unshown("a comma-separated list of `name=value`, percent-encoded");
    let pairs = list::pairs(text).ok_or(invalid)?;
    pairs.into_iter().map(|(key, text)| Ok((name(&key)?, value(&text)?))).collect()
}

/// The reason why a value with `${VARIABLE}` in it has no expansion.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ExpansionError {
    /// The variable is not set, is empty, or is not UTF-8.
    Unset(String),
    /// The text between `${` and `}` is not the name of a variable.
    Malformed,
    /// The variables make a value of more than [`MAX_EXPANDED`] bytes.
    TooLong,
}

/// More than servers accept: the headers of a request are usually limited to 8 to 64 KiB.
const MAX_EXPANDED: usize = 64 * 1024;

/// Replaces each `${VARIABLE}` by the variable's value, without expanding the value again. `$${`
/// stands for a literal `${`.
pub(super) fn expand(text: &str, environment: &Environment) -> Result<String, ExpansionError> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            expanded += before;
            expanded += "${";
            rest = after;
            continue;
        }
        let (variable, after) = after.split_once('}').ok_or(ExpansionError::Malformed)?;
        if !is_variable(variable) {
            return Err(ExpansionError::Malformed);
        }
        let value = environment.get(variable).and_then(|value| value.into_string().ok());
        expanded += before;
        expanded += &value.ok_or_else(|| ExpansionError::Unset(variable.to_owned()))?;
        if expanded.len() > MAX_EXPANDED {
            return Err(ExpansionError::TooLong);
        }
        rest = after;
    }
    expanded += rest;
    Ok(expanded)
}

fn is_variable(text: &str) -> bool {
    let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.chars().all(word) && text.starts_with(|first: char| !first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tokens() {
        assert_eq!(name("X-Api-Key").as_deref(), Ok("x-api-key"));
        for text in ["", "a b", "a:b", "ä", "a\n"] {
            assert!(name(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn values_stay_on_one_line() {
        assert_eq!(value("Bearer a\tb~").unwrap().expose(), "Bearer a\tb~");
        for text in ["a\nb", "a\r", "\0", "ä"] {
            assert_eq!(value(text).map_err(|invalid| invalid.secret), Err(true), "{text:?}");
        }
    }

    #[test]
    fn variables_are_expanded_once() {
        let environment =
            Environment::from_iter([("TOKEN", "6f1c"), ("NESTED", "${TOKEN}"), ("EMPTY", "")]);
        let unset = |name: &str| Err(ExpansionError::Unset(name.to_owned()));
        for (text, expanded) in [
            ("plain $5 {x}", Ok("plain $5 {x}".to_owned())),
            ("${TOKEN}", Ok("6f1c".to_owned())),
            ("Bearer ${TOKEN}, ${TOKEN}!", Ok("Bearer 6f1c, 6f1c!".to_owned())),
            ("${NESTED}", Ok("${TOKEN}".to_owned())),
            ("$${TOKEN}", Ok("${TOKEN}".to_owned())),
            ("${MISSING}", unset("MISSING")),
            ("${EMPTY}", unset("EMPTY")),
            ("${TOKEN", Err(ExpansionError::Malformed)),
            ("${}", Err(ExpansionError::Malformed)),
            ("${9A}", Err(ExpansionError::Malformed)),
            ("${A:-b}", Err(ExpansionError::Malformed)),
        ] {
            assert_eq!(expand(text, &environment), expanded, "{text}");
        }
    }

    #[test]
    fn variables_do_not_multiply() {
        let environment = Environment::from_iter([("LONG", "x".repeat(1024).as_str())]);
        let longest = expand(&"${LONG}".repeat(64), &environment).map(|text| text.len());
        assert_eq!(longest, Ok(MAX_EXPANDED));
        for references in [65, 100_000] {
            let refused = expand(&"${LONG}".repeat(references), &environment);
            assert_eq!(refused, Err(ExpansionError::TooLong));
        }
    }
}
