/// A query of a variable of Grafana for the values of a label: `label_values(selector, label)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LabelValues<'a> {
    /// The series. Absent where it is any.
    pub(crate) selector: Option<&'a str>,
    /// The name of the label, or a variable.
    pub(crate) label: &'a str,
}

impl<'a> LabelValues<'a> {
    /// Reads the query. `None` where it is another one.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let arguments = inside_call(text, "label_values")?;
        // The label stands behind the last comma.
        let (selector, label) = match arguments.rsplit_once(',') {
            Some((selector, label)) => (Some(selector.trim()), label.trim()),
            None => (None, arguments.trim()),
        };
        let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_variable = label.starts_with(['$', '[']);
        // Else the comma is one of the selector, and Grafana does not ask for labels either.
        let is_label = is_variable || (!label.is_empty() && label.chars().all(is_of_a_name));
        is_label.then_some(Self { selector, label })
    }
}

/// The arguments of a call of this function, where the whole text is one.
pub(crate) fn inside_call<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let arguments = text.trim().strip_prefix(function)?.trim_start().strip_prefix('(')?;
    arguments.trim_end().strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_label_are_separated() {
        let parsed = |text| LabelValues::parse(text).map(|of| (of.selector, of.label));
        assert_eq!(parsed("label_values(a{b=\"c,d\"}, job)"), Some((Some("a{b=\"c,d\"}"), "job")));
        assert_eq!(parsed(" label_values (job) "), Some((None, "job")));
        assert_eq!(parsed("label_values(a, $label)"), Some((Some("a"), "$label")));
        for other in ["label_values(a{b=\"c\", d=\"e\"})", "label_names()", "a", "label_values()"] {
            assert_eq!(parsed(other), None, "{other}");
        }
    }
}
