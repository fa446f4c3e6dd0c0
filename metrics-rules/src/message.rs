//! Messages that constants can build.

use core::fmt;

/// Room for every mistake of a declaration, and for the labels of a metric with too many labels.
const CAPACITY: usize = 4096;

/// A message about a mistake, built without allocation. A constant can build it too and panic with
/// it.
///
/// ```
/// use osapi_metrics_rules::Message;
///
/// const TOO_MANY: Message =
///     Message::new().text("more than ").number(20).text(" labels; remove some");
/// assert_eq!(TOO_MANY.as_str(), "more than 20 labels; remove some");
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct Message {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Message {
    /// An empty message.
    pub const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0 }
    }

    /// Appends a text, or omits the text if there is no room for it.
    pub const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.len + text.len() > CAPACITY {
            return self;
        }
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Appends a text in backticks.
    pub const fn quoted(self, text: &str) -> Self {
        self.text("`").text(text).text("`")
    }

    /// Appends another message on a line of its own.
    pub const fn and(self, other: &Self) -> Self {
        let ended = if self.is_empty() || other.is_empty() { self } else { self.text("\n") };
        ended.text(other.as_str())
    }

    /// Appends a whole number.
    pub const fn number(self, number: usize) -> Self {
        self.digits(number as u64)
    }

    const fn digits(self, number: u64) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let rest = if number < 10 { self } else { self.digits(number / 10) };
        rest.text(DIGITS[(number % 10) as usize])
    }

    /// Appends a number in its short form, with up to six decimals: `0.005`, `-2.5`, `1e15`.
    pub const fn decimal(self, number: f64) -> Self {
        if number.is_nan() {
            return self.text("NaN");
        }
        if number.is_infinite() {
            return self.text(if number > 0.0 { "+Inf" } else { "-Inf" });
        }
        let message = if number < 0.0 { self.text("-") } else { self };
        let number = number.abs();
        if number == 0.0 || (number >= 1e-6 && number < 1e15) {
            return message.fixed(number);
        }
        let (mut mantissa, mut exponent) = (number, 0);
        while mantissa >= 10.0 {
            mantissa /= 10.0;
            exponent += 1;
        }
        while mantissa < 1.0 {
            mantissa *= 10.0;
            exponent += 1;
        }
        let message = message.fixed(mantissa).text(if number < 1.0 { "e-" } else { "e" });
        message.number(exponent)
    }

    /// Appends a number between 0 and 10^15, rounded to millionths.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the caller keeps to the range"
    )]
    const fn fixed(self, number: f64) -> Self {
        let mut whole = number as u64;
        let mut millionths = ((number - whole as f64) * 1e6 + 0.5) as u64;
        if millionths == 1_000_000 {
            whole += 1;
            millionths = 0;
        }
        let mut message = self.digits(whole);
        let mut place = 100_000;
        if millionths > 0 {
            message = message.text(".");
        }
        while millionths > 0 {
            message = message.digits(millionths / place);
            millionths %= place;
            place /= 10;
        }
        message
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Unreachable: only whole texts are appended.
            Err(_) => "",
        }
    }

    /// Whether the message is empty.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for Message {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_short_as_they_are() {
        for (number, written) in [
            (0.005, "0.005"),
            (0.25, "0.25"),
            (2.5, "2.5"),
            (600.0, "600"),
            (0.0, "0"),
            (-0.0, "0"),
            (10.01, "10.01"),
            (-2.5, "-2.5"),
            (0.999_999_9, "1"),
            (1_073_741_824.0, "1073741824"),
            (1e15, "1e15"),
            (2.5e-7, "2.5e-7"),
            (f64::MAX, "1.797693e308"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(Message::new().decimal(number).as_str(), written);
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut message = Message::new();
        for _ in 0..CAPACITY / 2 {
            message = message.text("é");
        }
        let full = message.text("é");
        assert_eq!(full.as_str(), message.as_str());
        assert_eq!(full.as_str().len(), CAPACITY);
    }

    #[test]
    fn mistakes_stand_on_lines_of_their_own() {
        let one = Message::new().text("one");
        let none = Message::new();
        assert_eq!(none.and(&one).and(&none).and(&one).as_str(), "one\none");
    }
}
