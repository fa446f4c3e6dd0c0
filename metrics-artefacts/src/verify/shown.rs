//! Names and values of strangers in messages.

/// The most characters of a name or a value.
const LENGTH: usize = 80;
/// The most elements of a list.
const LISTED: usize = 5;

/// A name or a value in backticks, in one line, cut to a length that a person reads.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(LENGTH).flat_map(char::escape_debug).collect();
    if text.chars().nth(LENGTH).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The first names or values of a list, and how many there are.
pub(super) fn list<T: AsRef<str>>(texts: &[T]) -> String {
    let mut shown: Vec<_> = texts.iter().take(LISTED).map(|text| quoted(text.as_ref())).collect();
    if texts.len() > LISTED {
        shown.push(format!("… ({} in all)", texts.len()));
    }
    shown.join(", ")
}

/// A noun with a number before it.
pub(super) fn plural(noun: &str, number: usize) -> String {
    format!("{noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_and_lists_are_cut() {
        assert_eq!(quoted("a\nb"), "`a\\nb`");
        assert_eq!(quoted(&"x".repeat(100_000)), format!("`{}…`", "x".repeat(80)));
        assert_eq!(list(&["a", "b"]), "`a`, `b`");
        assert_eq!(list(&["a"; 9]), "`a`, `a`, `a`, `a`, `a`, … (9 in all)");
    }
}
