//! The labels in a text of the format 0.0.4, as the exposition writes it.

/// The first sample with a label that `is_looked_for`: the name of its metric, and the label.
pub(super) fn find(text: &str, is_looked_for: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| line.split_once('{')).find_map(|(metric, labels)| {
        keys(labels).find(|key| is_looked_for(key)).map(|key| (metric, key))
    })
}

/// The keys of `a="1",b="2"} 3`.
fn keys(labels: &str) -> impl Iterator<Item = &str> {
    let mut rest = labels;
    std::iter::from_fn(move || {
        let (key, value) = rest.split_once("=\"")?;
        let mut is_escaped = false;
        let end = value.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })?;
        rest = value[end + 1..].trim_start_matches(',');
        Some(key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_and_values_are_not() {
        let text = "# HELP a Of x=\"1\".\na 1\na{b=\"1\",c=\"\\\\\\\"},x=\\\"\"} 2\nd{e=\"\"} 3\n";
        for (label, found) in [
            ("b", Some(("a", "b"))),
            ("c", Some(("a", "c"))),
            ("e", Some(("d", "e"))),
            ("x", None),
            ("a", None),
        ] {
            assert_eq!(find(text, |key| key == label), found, "{label}");
        }
    }
}
