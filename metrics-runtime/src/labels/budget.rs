use super::series_count;
use crate::descriptor::LabelDescriptor;

/// Rule L5: refuses a metric that can have more than `limit` series.
///
/// # Panics
///
/// At compile time, with the product of the labels' sizes.
#[doc(hidden)]
#[track_caller]
pub const fn assert_series(metric: &str, labels: &[LabelDescriptor], limit: usize) {
    let count = series_count(labels);
    if count <= limit {
        return;
    }
    let mut message = Message::new().text("`").text(metric).text("` can have ").number(count);
    message = message.text(" series (");
    let mut i = 0;
    while i < labels.len() {
        message = message.text(if i == 0 { "`" } else { " × `" });
        message = message.text(labels[i].key).text("` ").number(labels[i].size());
        i += 1;
    }
    message = message.text("), more than ").number(limit);
    message = message.text("; reduce the labels' values, or allow them with `max_series = ");
    panic!("{}", message.number(count).text("`").as_str());
}

/// A text that is put together at compile time.
#[derive(Clone, Copy)]
struct Message {
    bytes: [u8; 2048],
    len: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 2048], len: 0 }
    }

    /// Appends a text, or leaves it out if there is no room for it.
    const fn text(mut self, text: &str) -> Self {
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

    const fn number(self, number: usize) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let rest = if number < 10 { self } else { self.number(number / 10) };
        rest.text(DIGITS[number % 10])
    }

    const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "too many series",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::LabelValues;

    const LABELS: [LabelDescriptor; 2] = [
        LabelDescriptor::new("namespace", LabelValues::Open { max: 120 }),
        LabelDescriptor::new("retried", LabelValues::Bool),
    ];

    #[test]
    fn as_many_as_are_allowed_pass() {
        assert_series("osapi_tasks_total", &LABELS, 240);
    }

    #[test]
    #[should_panic(
        expected = "`osapi_tasks_total` can have 240 series (`namespace` 120 × `retried` 2), more \
                    than 100; reduce the labels' values, or allow them with `max_series = 240`"
    )]
    fn the_message_shows_the_product() {
        assert_series("osapi_tasks_total", &LABELS, 100);
    }
}
