use super::error::InvalidValue;

/// Which metrics show their instrumentation scope in a scrape, as labels that begin with
/// `otel_scope_`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeLabels {
    /// Instruments of other libraries: `others`. Instruments of one name in several scopes are kept
    /// apart. A declared metric has one owner, which the catalogue names.
    #[default]
    Others,
    /// Every metric: `all`.
    All,
    /// No metric: `none`. Series of one name with equal labels in several scopes are added.
    None,
}

pub(super) fn scope_labels(text: &str) -> Result<ScopeLabels, InvalidValue> {
    match text {
        "others" => Ok(ScopeLabels::Others),
        "all" => Ok(ScopeLabels::All),
        "none" => Ok(ScopeLabels::None),
        _ => Err("`others`, `all` or `none`".into()),
    }
}
