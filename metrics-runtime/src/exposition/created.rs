use crate::core::sync::Timestamp;

/// Writes the seconds since 1970 with the milliseconds that Prometheus keeps.
pub(super) fn write_seconds(out: &mut String, time: Timestamp) {
    let millis = time.0 / 1_000_000;
    let mut digits = itoa::Buffer::new();
    out.push_str(digits.format(millis / 1000));
    out.push('.');
    let fraction = digits.format(millis % 1000);
    out.push_str(&"000"[fraction.len()..]);
    out.push_str(fraction);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_three_decimals() {
        for (nanos, expected) in [
            (0, "0.000"),
            (999_999, "0.000"),
            (1_000_000, "0.001"),
            (1_520_430_000_123_456_789, "1520430000.123"),
            (1_520_430_000_020_000_000, "1520430000.020"),
            (u64::MAX, "18446744073.709"),
        ] {
            let mut out = String::new();
            write_seconds(&mut out, Timestamp(nanos));
            assert_eq!(out, expected);
        }
    }
}
