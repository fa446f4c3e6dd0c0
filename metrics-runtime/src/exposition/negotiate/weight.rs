/// A q-value, from `0` to `1.000`, in thousandths.
pub(super) fn parse_weight(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u16>().ok()? * [1, 100, 10, 1][fraction.len()]
    };
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1000)),
            ("1.", Some(1000)),
            ("1.000", Some(1000)),
            ("0.5", Some(500)),
            ("0.05", Some(50)),
            ("0.005", Some(5)),
            ("1.001", None),
            ("0.0005", None),
            ("-0.5", None),
            ("", None),
            (".5", None),
            ("0.+5", None),
        ] {
            assert_eq!(parse_weight(text), expected, "{text}");
        }
    }
}
