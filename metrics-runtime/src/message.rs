//! Sentences about mistakes that only constants show.

/// A text that is put together at compile time.
#[derive(Clone, Copy)]
pub(crate) struct Message {
    bytes: [u8; 2048],
    len: usize,
}

impl Message {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; 2048], len: 0 }
    }

    /// Appends a text, or leaves it out if there is no room for it.
    pub(crate) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.len + text.len() > self.bytes.len() {
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

    pub(crate) const fn number(self, number: usize) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let rest = if number < 10 { self } else { self.number(number / 10) };
        rest.text(DIGITS[number % 10])
    }

    /// Appends a number that is not negative, to the millionth.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number too large to be shown is shown as the largest"
    )]
    pub(crate) const fn decimal(self, number: f64) -> Self {
        let millionths = (number * 1e6 + 0.5) as usize;
        let mut message = self.number(millionths / 1_000_000);
        let mut fraction = millionths % 1_000_000;
        let mut place = 100_000;
        if fraction > 0 {
            message = message.text(".");
        }
        while fraction > 0 {
            message = message.number(fraction / place);
            fraction %= place;
            place /= 10;
        }
        message
    }

    pub(crate) const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Unreachable: only whole texts are appended.
            Err(_) => "",
        }
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
            (10.01, "10.01"),
        ] {
            assert_eq!(Message::new().decimal(number).as_str(), written);
        }
    }
}
