//! Which known key or name a mistyped one probably meant.

/// The known key nearest to `given`, if one is near enough to be worth proposing.
pub(crate) fn nearest(given: &str, known: &[&'static str]) -> Option<&'static str> {
    let given = given.to_lowercase();
    known
        .iter()
        .map(|key| (distance(&given, key), *key))
        .filter(|(distance, key)| distance * 3 <= key.len().max(given.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, key)| key)
}

/// Edits between the two; a key that was only cut short counts as one.
fn distance(given: &str, key: &str) -> usize {
    if given.len() >= 3 && key.starts_with(given) {
        return usize::from(given != key);
    }
    strsim::damerau_levenshtein(given, key)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KNOWN: &[&str] = &["enabled", "cardinality_limit", "otlp", "path", "service_name"];

    #[test]
    fn proposes_what_was_probably_meant() {
        for (given, meant) in [
            ("otpl", Some("otlp")),
            ("OTLP", Some("otlp")),
            ("enable", Some("enabled")),
            ("serviceName", Some("service_name")),
            ("cardinality", Some("cardinality_limit")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest(given, KNOWN), meant, "{given}");
        }
    }
}
