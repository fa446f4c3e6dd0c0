//! What to say of a word that nobody knows.

/// What other libraries call a key, and what it is called here. A word that stands for several is
/// taken for the first that is known where it was written.
const ALIASES: [(&str, &str); 44] = [
    ("about", "description"),
    ("boundaries", "buckets"),
    ("bounds", "buckets"),
    ("cardinality", "max"),
    ("cardinality", "max_series"),
    ("class", "error_type"),
    ("created_at", "queued_at"),
    ("default", "other"),
    ("desc", "description"),
    ("doc", "description"),
    ("enqueued_at", "queued_at"),
    ("err", "error_type"),
    ("error", "error_type"),
    ("event", "on"),
    ("events", "on"),
    ("fallback", "other"),
    ("follows", "on"),
    ("help", "description"),
    ("job_name", "name"),
    ("key", "rename"),
    ("krate", "crate"),
    ("last", "recent"),
    ("limit", "max"),
    ("limit", "max_series"),
    ("max_cardinality", "max_series"),
    ("max_values", "max"),
    ("metric_set", "metrics"),
    ("name", "key"),
    ("name", "rename"),
    ("namespace", "prefix"),
    ("objective", "slo"),
    ("path", "crate"),
    ("rename", "key"),
    ("rename", "name"),
    ("retry", "attempt"),
    ("set", "metrics"),
    ("size", "output_size"),
    ("source", "transparent"),
    ("subsystem", "prefix"),
    ("text", "description"),
    ("threshold", "latency"),
    ("unknown", "other"),
    ("value", "rename"),
    ("when", "on"),
];

/// "unknown …" with the known word that was meant, if one is near or has another name elsewhere, and
/// the list of all.
pub(crate) fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let meant =
        meant(given, known).map_or_else(String::new, |known| format!("did you mean `{known}`? "));
    let verb = if known.len() == 1 { "is" } else { "are" };
    let list: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
    format!("unknown {what} `{given}`; {meant}known {verb} {}", list.join(", "))
}

/// The known word that another one stands for.
pub(crate) fn meant<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    alias(given, known)
        .or_else(|| nearest(given, known))
        .or_else(|| known.iter().copied().find(|known| given.len() > 3 && known.starts_with(given)))
}

/// The word that was misspelt, if one is near enough.
pub(crate) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let distances = known.iter().map(|known| (strsim::damerau_levenshtein(given, known), *known));
    let near = distances.filter(|(distance, known)| *distance <= 1 + known.len() / 3);
    near.min().map(|(_, known)| known)
}

fn alias<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut meanings = ALIASES.iter().filter(|(alias, _)| *alias == given);
    meanings.find_map(|(_, meaning)| known.iter().find(|known| *known == meaning)).copied()
}
