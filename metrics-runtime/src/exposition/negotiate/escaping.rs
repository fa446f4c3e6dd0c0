/// The scheme by which names of other characters than ASCII letters, digits, `_` and `:` are
/// escaped. All names are valid without escaping, so that no scheme changes a name, except `dots`,
/// which changes each `_` and is not in force therefore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaping {
    Underscores,
    Utf8,
    Values,
}

impl Escaping {
    /// The scheme that is in force where this one is asked for; `None` if there is no such scheme.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "underscores" | "dots" => Some(Self::Underscores),
            "allow-utf-8" => Some(Self::Utf8),
            "values" => Some(Self::Values),
            _ => None,
        }
    }
}
