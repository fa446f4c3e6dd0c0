use crate::core::storage::Value;

impl Value {
    /// Whether the value may be a sum that only grows. `OpenMetrics` forbids NaN and negative
    /// values for such a sum, and Prometheus would reject a whole scrape with such a value.
    pub(super) fn is_counter_like(self) -> bool {
        match self {
            Self::U64(_) => true,
            Self::I64(value) => value >= 0,
            Self::F64(value) => value >= 0.0,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::U64(a), Self::U64(b)) => Self::U64(a.saturating_add(b)),
            (Self::I64(a), Self::I64(b)) => Self::I64(a.saturating_add(b)),
            _ => Self::F64(self.to_f64() + other.to_f64()),
        }
    }

    pub(super) fn write(self, out: &mut String) {
        match self {
            Self::U64(value) => write_u64(out, value),
            Self::I64(value) => out.push_str(itoa::Buffer::new().format(value)),
            Self::F64(value) => write_f64(out, value),
        }
    }
}

pub(super) fn write_u64(out: &mut String, value: u64) {
    out.push_str(itoa::Buffer::new().format(value));
}

/// Writes a float in the canonical form of `OpenMetrics`, which Prometheus 3 uses for `le` values:
/// the shortest digits that read back as the same value, with `.0` if there is no fraction (`1.0`,
/// `0.005`), and with an exponent from a million on and below a ten-thousandth (`1e+06`,
/// `2.5e-05`).
pub(super) fn write_f64(out: &mut String, value: f64) {
    let magnitude = value.abs();
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if magnitude == 0.0 {
        // Zero is written in one way: `-0.0` would be another `le`.
        out.push_str("0.0");
    } else {
        let mut buffer = zmij::Buffer::new();
        let digits = buffer.format_finite(value);
        if (1e-4..1e6).contains(&magnitude) {
            out.push_str(digits);
        } else {
            push_scientific(out, digits);
        }
    }
}

/// Writes digits, which may have a point or an exponent anywhere, with the point after the first
/// digit and an exponent of a sign and two digits or more.
fn push_scientific(out: &mut String, digits: &str) {
    let unsigned = digits.trim_start_matches('-');
    out.push_str(&digits[..digits.len() - unsigned.len()]);
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let mut exponent: i32 = exponent.parse().unwrap_or_default();

    let (first, rest, fraction) = if whole.is_empty() {
        let significant = fraction.trim_start_matches('0');
        exponent -= places(fraction) - places(significant) + 1;
        let (first, rest) = significant.split_at(significant.len().min(1));
        (first, "", rest)
    } else {
        exponent += places(whole) - 1;
        let (first, rest) = whole.split_at(1);
        (first, if fraction.is_empty() { rest.trim_end_matches('0') } else { rest }, fraction)
    };
    out.push_str(first);
    if !rest.is_empty() || !fraction.is_empty() {
        out.push('.');
    }
    out.push_str(rest);
    out.push_str(fraction);
    out.push_str(if exponent < 0 { "e-" } else { "e+" });
    if exponent.unsigned_abs() < 10 {
        out.push('0');
    }
    out.push_str(itoa::Buffer::new().format(exponent.unsigned_abs()));
}

fn places(digits: &str) -> i32 {
    // A float has some hundred digits at most.
    i32::try_from(digits.len()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: impl Into<Value>) -> String {
        let mut out = String::new();
        number.into().write(&mut out);
        out
    }

    #[test]
    fn integers() {
        assert_eq!(written(0_u64), "0");
        assert_eq!(written(1_234_567_u64), "1234567");
        assert_eq!(written(u64::MAX), u64::MAX.to_string());
        assert_eq!(written(-7_i64), "-7");
        assert_eq!(written(i64::MIN), i64::MIN.to_string());
    }

    #[test]
    fn floats() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.005, "0.005"),
            (0.0001, "0.0001"),
            (0.000_025, "2.5e-05"),
            (999_999.5, "999999.5"),
            (1e6, "1e+06"),
            (1_048_576.0, "1.048576e+06"),
            (-1e10, "-1e+10"),
            (1e300, "1e+300"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(written(value), expected);
        }
    }

    #[test]
    fn floats_read_back_and_have_no_more_digits_than_they_need() {
        // Knuth's generator, to cover all exponents and both signs.
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        let mut any = || {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bits
        };
        let powers = (-30..30).map(|exponent| format!("1e{exponent}").parse().unwrap());
        let random = (0..20_000).flat_map(|_| {
            let bits = any();
            // Some with many digits, some with few, some whole.
            [f64::from_bits(bits), f64::from_bits(bits & !0 << 44), bits as f64]
        });
        for value in powers.chain(random).filter(|value| value.is_finite() && *value != 0.0) {
            let plain = (1e-4..1e6).contains(&value.abs());
            let expected = if plain { format!("{value:?}") } else { with_sign(value) };
            let written = written(value);
            assert_eq!(written.parse(), Ok(value), "{written}");
            // Of two shortest decimals that are equally near, either is allowed.
            assert_eq!(written.len(), expected.len(), "{written} {expected}");
            assert!(written == expected || expected.len() > 17, "{written} {expected}");
        }
    }

    /// With an exponent as in C.
    fn with_sign(value: f64) -> String {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap();
        let exponent: i32 = exponent.parse().unwrap();
        format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }

    #[test]
    fn sums_keep_their_type() {
        assert_eq!(Value::U64(1).plus(Value::U64(2)), Value::U64(3));
        assert_eq!(Value::I64(1).plus(Value::I64(-2)), Value::I64(-1));
        assert_eq!(Value::U64(1).plus(Value::F64(0.5)), Value::F64(1.5));
        assert_eq!(Value::U64(u64::MAX).plus(Value::U64(1)), Value::U64(u64::MAX));
    }
}
