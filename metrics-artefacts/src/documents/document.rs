use std::collections::BTreeSet;

use crate::finding::{Finding, Place};

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
