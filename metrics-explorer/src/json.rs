//! The parts of JSON texts.

use std::fmt::Write;

use crate::number::{is_whole, to_integer};

/// Labels as an object.
pub(crate) fn labels(labels: &[(&str, &str)]) -> String {
    let mut object = String::from("{");
    for (index, (key, value)) in labels.iter().enumerate() {
        if index > 0 {
            object.push(',');
        }
        push_text(&mut object, key);
        object.push(':');
        push_text(&mut object, value);
    }
    object.push('}');
    object
}

pub(crate) fn push_list<T>(
    text: &mut String,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    text.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push(text, item);
    }
    text.push(']');
}

pub(crate) fn push_integer(text: &mut String, integer: u64) {
    let _ = write!(text, "{integer}");
}

/// A number. JSON has no infinities and no NaN: they are texts (as Prometheus writes them).
pub(crate) fn push_number(text: &mut String, value: f64) {
    let magnitude = value.abs();
    let _ = if is_whole(value) {
        write!(text, "{}", to_integer(value))
    } else if value.is_nan() {
        write!(text, "\"NaN\"")
    } else if value.is_infinite() {
        write!(text, "{}", if value > 0.0 { "\"+Inf\"" } else { "\"-Inf\"" })
    } else if (1e-5..1e16).contains(&magnitude) {
        write!(text, "{value}")
    } else {
        write!(text, "{value:e}")
    };
}

pub(crate) fn push_text(text: &mut String, value: &str) {
    text.push_str(&serde_json::to_string(value).expect("a text has a JSON form"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        let values =
            [0.0, -0.0, 1.5, 1e-300, 1e300, 9e15, 1e16, 0.1, -7.0, 1e-5, f64::MIN_POSITIVE];
        for value in values {
            let mut text = String::new();
            push_number(&mut text, value);
            let read: f64 = serde_json::from_str(&text).unwrap();
            assert_eq!(read.to_bits(), value.to_bits(), "{text}");
            assert!(text.len() < 30, "{text}");
        }
        for (value, written) in
            [(f64::NAN, "\"NaN\""), (f64::INFINITY, "\"+Inf\""), (f64::NEG_INFINITY, "\"-Inf\"")]
        {
            let mut text = String::new();
            push_number(&mut text, value);
            assert_eq!(text, written);
        }
    }
}
