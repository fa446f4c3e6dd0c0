//! A shop, for tests.

use osapi_metrics::catalogue::document::CatalogueDocument;

use super::{options::CheckOptions, run::check};
use crate::{catalogue::Catalogues, documents::Document};

/// Metrics of each kind, with closed and open labels, and a handler.
pub(super) fn shop() -> Catalogues {
    let document = CatalogueDocument::from_json(include_str!("../../tests/commands/shop.json"));
    Catalogues::of(vec![document.unwrap()])
}

/// What is wrong with a query in a page, without file, line and rule.
pub(super) fn problems(query: &str) -> Vec<String> {
    problems_with(query, &CheckOptions::default())
}

pub(super) fn problems_with(query: &str, options: &CheckOptions) -> Vec<String> {
    let page = Document::of("page.md", &format!("```promql\n{query}\n```\n"));
    let report = check(&shop(), &[page], options);
    assert_eq!(report.unchecked, [], "{query}");
    let line = |finding: crate::finding::Finding| match finding.remedy {
        Some(remedy) => format!("{}; {remedy}", finding.problem),
        None => finding.problem,
    };
    report.findings.into_iter().map(line).collect()
}

/// Asserts that each query is right.
pub(super) fn assert_right(queries: &[&str]) {
    for query in queries {
        assert_eq!(problems(query), [""; 0], "{query}");
    }
}

/// Asserts that each query has these problems.
pub(super) fn assert_problems(queries: &[(&str, &[&str])]) {
    for (query, expected) in queries {
        assert_eq!(problems(query), *expected, "{query}");
    }
}
