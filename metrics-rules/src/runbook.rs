use crate::{message::Message, text};

/// D2: the mistake in the address of a runbook, and its remedy. It is an `http` or `https` URL with
/// a host and without spaces.
///
/// ```
/// use osapi_metrics_rules::explain_runbook;
///
/// assert!(explain_runbook("https://example.org/runbooks/queue").is_none());
/// assert!(explain_runbook("runbooks/queue.md").is_some());
/// ```
pub const fn explain_runbook(address: &str) -> Option<Message> {
    let address = address.as_bytes();
    let host = if text::starts_with(address, b"https://") {
        Some(text::slice(address, 8, address.len()))
    } else if text::starts_with(address, b"http://") {
        Some(text::slice(address, 7, address.len()))
    } else {
        None
    };
    let problem = match host {
        Some([first, ..]) if !matches!(*first, b'/' | b'?' | b'#' | b':') => {
            if !has_space(address) {
                return None;
            }
            "a web address has no spaces; write `%20` for a space"
        }
        Some(_) => "the web address has no host; write one such as `https://example.org/runbook`",
        None => {
            "a runbook is read at a web address; write one such as `https://example.org/runbook`"
        }
    };
    Some(Message::new().text(problem))
}

/// Whether an address has a space or a control character.
const fn has_space(mut address: &[u8]) -> bool {
    while let [byte, rest @ ..] = address {
        if *byte <= b' ' || *byte == 127 {
            return true;
        }
        address = rest;
    }
    false
}
