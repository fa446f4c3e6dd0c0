use crate::message::Message;

/// D1: the mistake in the description of a metric, and its remedy.
///
/// ```
/// use osapi_metrics_rules::explain_description;
///
/// assert!(explain_description("Jobs in the queue.").is_none());
/// assert!(explain_description(" ").is_some());
/// ```
pub const fn explain_description(description: &str) -> Option<Message> {
    if !description.trim_ascii().is_empty() {
        return None;
    }
    Some(Message::new().text("the description is empty; say what is measured"))
}
