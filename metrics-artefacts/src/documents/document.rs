use std::{collections::BTreeSet, path::Path};

use super::{dashboard, markdown, rules};
use crate::{
    finding::{Finding, Place},
    input,
};

/// A file, with its queries and their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The file.
    pub file: String,
    /// The queries, in the order of the file.
    pub expressions: Vec<Expression>,
    /// The names of series that recording rules of the file write.
    pub records: BTreeSet<String>,
    /// The variables that a dashboard defines. Absent where a query can have variables of others.
    pub variables: Option<BTreeSet<String>>,
    /// Mistakes in the form of the file.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub unchecked: Vec<Finding>,
}

/// A query in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expression {
    /// Where the query is.
    pub place: Place,
    /// The query.
    pub text: String,
    /// How the query is written.
    pub syntax: Syntax,
    /// What the result is for.
    pub role: Role,
    /// The labels of the result that something beside the query asks for.
    pub labels: Vec<LabelUse>,
}

/// A label of a result that is asked for by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelUse {
    /// Where.
    pub place: Place,
    /// The name.
    pub label: String,
    /// How it is written, as in `{{ $labels.job }}`.
    pub written: String,
}

/// How a query is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// PromQL.
    PromQl,
    /// PromQL with variables of Grafana.
    Grafana,
}

/// What the result of a query is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its values are shown or compared: by a panel, an alert, or a reader of a page.
    Values,
    /// It is recorded under another name.
    Record,
    /// Only its series matter: for a variable or an annotation.
    Series,
}

impl Document {
    /// Reads a file. Its form follows from the ending: `.json` is a dashboard, `.yml`, `.yaml` and
    /// `.rules` are rules, `.md` and `.markdown` are pages.
    ///
    /// What cannot be read is among [`unchecked`](Self::unchecked), with its place, and the rest of
    /// the file is there.
    pub fn read(path: &Path) -> Self {
        match input::read(path) {
            Ok(text) => Self::of(&path.display().to_string(), &text),
            Err(error) => {
                let file = path.display().to_string();
                let message = error.to_string();
                let problem = message.strip_prefix(&format!("{file}: ")).unwrap_or(&message);
                let finding = Finding::new("unreadable-file", file.as_str(), problem);
                Self { file, unchecked: vec![finding], ..Self::default() }
            }
        }
    }

    /// Reads the text of a file with this name.
    ///
    /// ```
    /// use osapi_metrics_artefacts::documents::Document;
    ///
    /// let rules = "groups: [{name: shop, rules: [{record: shop:orders, expr: sum(shop_orders)}]}]";
    /// let document = Document::of("shop.yml", rules);
    /// assert_eq!(document.expressions[0].text, "sum(shop_orders)");
    /// assert!(document.records.contains("shop:orders"));
    /// ```
    pub fn of(file: &str, text: &str) -> Self {
        let mut document = Self { file: file.to_owned(), ..Self::default() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let ending = Path::new(file).extension().and_then(|ending| ending.to_str());
        match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
            "json" => dashboard::read(&mut document, text),
            "yml" | "yaml" | "rules" => rules::read(&mut document, text),
            "md" | "markdown" => markdown::read(&mut document, text),
            _ => document.not_checked(
                "unknown-file",
                None,
                "the ending says nothing; dashboards end in `.json`, rules in `.yml`, `.yaml` or \
                 `.rules`, and pages in `.md`",
            ),
        }
        document
    }

    pub(super) fn not_checked(
        &mut self,
        rule: &'static str,
        place: Option<Place>,
        problem: impl Into<String>,
    ) {
        let finding = Finding::new(rule, self.file.as_str(), problem);
        self.unchecked.push(Finding { place, ..finding });
    }
}
