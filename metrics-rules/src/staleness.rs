use core::time::Duration;

use crate::message::Message;

/// The longest time after which a metric can be stale. Its alert looks back for an hour, so that it
/// goes on for half an hour.
pub const MAX_STALE_AFTER: Duration = Duration::from_secs(30 * 60);

/// T5: the mistake in the time after which a metric is stale, and its remedy. It is from 1 s to
/// [`MAX_STALE_AFTER`].
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics_rules::explain_stale_after;
///
/// assert!(explain_stale_after(Duration::from_secs(30)).is_none());
/// assert!(explain_stale_after(Duration::ZERO).is_some());
/// ```
pub const fn explain_stale_after(after: Duration) -> Option<Message> {
    let seconds = after.as_secs();
    if seconds == 0 {
        let problem = "no value arrives within a second; write a time that is longer than the \
                       interval of scrapes and pushes, such as `30s`";
        return Some(Message::new().text(problem));
    }
    if seconds > MAX_STALE_AFTER.as_secs() {
        let problem = "the alert looks back for an hour, and would hardly fire; write a time of at \
                       most `30m`";
        return Some(Message::new().text(problem));
    }
    None
}
