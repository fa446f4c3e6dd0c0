use std::borrow::Cow;

/// The label key that a scrape shows for the key of an attribute: letters, digits and single `_`,
/// not beginning with a digit.
pub(crate) fn sanitize(key: &str) -> Cow<'_, str> {
    let is_clean = !key.is_empty()
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && !key.contains("__")
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_clean {
        return Cow::Borrowed(key);
    }
    let mut clean = String::with_capacity(key.len() + 1);
    if key.is_empty() || key.starts_with(|first: char| first.is_ascii_digit()) {
        clean.push('_');
    }
    for character in key.chars() {
        if character.is_ascii_alphanumeric() {
            clean.push(character);
        } else if !clean.ends_with('_') {
            clean.push('_');
        }
    }
    Cow::Owned(clean)
}
