/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) rule: &'static str,
    pub(super) text: String,
    pub(super) remedy: Option<String>,
}

impl Problem {
    pub(super) fn new(rule: &'static str, text: impl Into<String>) -> Self {
        Self { rule, text: text.into(), remedy: None }
    }

    pub(super) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// Words as a list of code: `` `a`, `b` ``.
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// A proposal, or what there is.
pub(super) fn proposal<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
    there_is: &str,
) -> Option<String> {
    /// A longer list helps nobody.
    const MOST: usize = 12;
    let known: Vec<_> = known.into_iter().collect();
    if let Some(nearest) = osapi_metrics_rules::similar::nearest(given, known.iter().copied()) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let rest = known.len().saturating_sub(MOST);
    let shown = list(known.into_iter().take(MOST));
    match (shown.as_str(), rest) {
        ("", _) => None,
        (shown, 0) => Some(format!("{there_is} {shown}")),
        (shown, rest) => Some(format!("{there_is} {shown} and {rest} more")),
    }
}
