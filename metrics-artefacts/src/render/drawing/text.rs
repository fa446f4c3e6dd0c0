/// About the width of a text in pixels. The font is one of the reader's system, so it is not known
/// exactly.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|character| em(character) * size).sum()
}

/// The text, or its beginning and `…`, for this many pixels.
pub(super) fn fitted(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let mut fitted = String::new();
    let mut used = em('…') * size;
    for character in text.chars() {
        used += em(character) * size;
        if used > most {
            break;
        }
        fitted.push(character);
    }
    fitted.truncate(fitted.trim_end().len());
    fitted + "…"
}

/// The width of a character in the size of the font, as in Helvetica and a little more.
fn em(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' => 0.28,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 0.36,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 0.88,
        'A'..='Z' | '&' => 0.69,
        'ᄀ'.. => 1.0,
        _ => 0.57,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut() {
        assert_eq!(fitted("short", 10.0, 100.0), "short");
        let cut = fitted("a name that is too long", 10.0, 60.0);
        assert_eq!(cut, "a name th…");
        assert!(width(&cut, 10.0) <= 60.0);
        assert_eq!(fitted("wide", 10.0, 0.0), "…");
    }
}
