use super::{grammar::check_grammar, proposal::normalize, words::is_kind};
use crate::{
    message::Message,
    text,
    unit::{base_of_foreign, lookup_abbreviation, lookup_word},
};

/// A prefix that is plain: see [`is_plain_prefix`].
pub const PLAIN_PREFIX: &str = "prefix";

/// Whether a prefix consists of words that no rule mentions, joined by `_`. A name that is right
/// with one such prefix is right with all of them.
///
/// ```
/// use osapi_metrics_rules::is_plain_prefix;
///
/// assert!(is_plain_prefix("my_app"));
/// assert!(!is_plain_prefix("my.app") && !is_plain_prefix("seconds_per"));
/// ```
pub const fn is_plain_prefix(prefix: &str) -> bool {
    let prefix = prefix.as_bytes();
    let mut next = text::next_word(prefix, 0);
    let mut is_plain = next.is_some() && text::find(prefix, b'.').is_none();
    while let Some(word) = next {
        is_plain = is_plain
            && !is_kind(word.text)
            && !matches!(word.text, b"total" | b"per")
            && lookup_word(word.text).is_none()
            && lookup_abbreviation(word.text).is_none()
            && base_of_foreign(word.text).is_none();
        next = text::next_word(prefix, word.end);
    }
    is_plain
}

/// The mistake in a prefix that no valid name can begin with, and its remedy (rule N1). An empty
/// prefix is valid.
///
/// ```
/// use osapi_metrics_rules::explain_prefix;
///
/// assert!(explain_prefix("osapi").is_none());
/// assert!(explain_prefix("My-App").is_some_and(|message| message.as_str().ends_with("`my_app`")));
/// ```
pub const fn explain_prefix(prefix: &str) -> Option<Message> {
    explain_beginning(prefix, "a prefix", "osapi")
}

/// The mistake in the part that a group has in the names of a set, between the prefix and the names
/// of its fields, and the remedy (rule N12). An empty part is valid.
///
/// ```
/// use osapi_metrics_rules::explain_part;
///
/// assert!(explain_part("read_pool").is_none());
/// let mistake = explain_part("readPool").unwrap();
/// assert!(mistake.as_str().ends_with("; write `read_pool`"));
/// ```
pub const fn explain_part(part: &str) -> Option<Message> {
    explain_beginning(part, "the part of a group in names", "read_pool")
}

const fn explain_beginning(beginning: &str, what: &str, example: &str) -> Option<Message> {
    if beginning.is_empty() || check_grammar(beginning).is_none() {
        return None;
    }
    let message = Message::new().text(what);
    let message = message.text(" is lower-case words joined by `_`, beginning with a letter");
    let proposal = normalize(beginning.as_bytes());
    Some(match check_grammar(proposal.as_str()) {
        None => message.text("; write ").quoted(proposal.as_str()),
        Some(_) => message.text("; write one such as ").quoted(example),
    })
}
