//! The labels in a text of the format 0.0.4, as the exposition writes it.

use crate::exposition::label_entries;

/// The first sample with a label that `is_looked_for`: the name of its metric, and the label.
pub(super) fn find(text: &str, is_looked_for: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| line.split_once('{')).find_map(|(metric, labels)| {
        let mut keys = label_entries(labels).map(|(key, _)| key);
        keys.find(|key| is_looked_for(key)).map(|key| (metric, key))
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
