use crate::{message::Message, text};

/// D3: the mistake in a text that says until when a metric is absent, and its remedy. It is the end
/// of a sentence that begins with "Absent until".
///
/// ```
/// use osapi_metrics_rules::explain_absence;
///
/// assert!(explain_absence("the program pushes over OTLP").is_none());
/// assert!(explain_absence("").is_some());
/// ```
pub const fn explain_absence(until: &str) -> Option<Message> {
    let until = until.trim_ascii().as_bytes();
    let problem = match until {
        [] => "the text is empty; say until when the metric is absent, as in `a job has failed`",
        _ if text::starts_with(until, b"until ") => {
            "the key says `until` already; leave the word out of the text"
        }
        [.., b'.'] => "the text is the end of a sentence that goes on; leave the full stop out",
        _ => return None,
    };
    Some(Message::new().text(problem))
}
