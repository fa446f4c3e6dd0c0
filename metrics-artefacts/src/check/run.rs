use std::collections::{BTreeSet, HashMap};

use super::{
    known::Known,
    options::CheckOptions,
    problem::{Problem, proposal},
    series::Series,
    walk::Walk,
};
use crate::{
    catalogue::Catalogues,
    documents::{Document, Expression, LabelUse, Role, Syntax},
    finding::{Finding, Place, Report},
    promql::{Query, TemplateError, parse, parse_template},
};

/// Holds the queries of files against the catalogues.
///
/// Series of recording rules are known in all files, whatever their order.
///
/// ```
/// use osapi_metrics::catalogue::document::CatalogueDocument;
/// use osapi_metrics_artefacts::{
///     catalogue::Catalogues,
///     check::{CheckOptions, check},
///     documents::Document,
/// };
///
/// let json = r#"{"schema_version": 1, "sets": [{"name": "Shop", "package": "shop", "metrics": [
///     {"name": "shop_orders_total", "prometheus_name": "shop_orders_total",
///      "samples": ["shop_orders_total"], "kind": "counter"}]}]}"#;
/// let catalogues = Catalogues::of(vec![CatalogueDocument::from_json(json).unwrap()]);
/// let page = Document::of("page.md", "```promql\nrate(shop_order_total[5m])\n```\n");
/// let report = check(&catalogues, &[page], &CheckOptions::default());
/// assert_eq!(
///     report.findings[0].to_string(),
///     "page.md:2: no samples are named `shop_order_total`; did you mean `shop_orders_total`? \
///      [unknown-metric]"
/// );
/// ```
pub fn check(catalogues: &Catalogues, documents: &[Document], options: &CheckOptions) -> Report {
    let records = documents.iter().flat_map(|document| &document.records);
    let known = Known::new(catalogues, options, records.map(String::as_str).collect());
    let mut check = Check { known: &known, judged: HashMap::new(), report: Report::default() };
    for document in documents {
        let (findings, unchecked) = (check.report.findings.len(), check.report.unchecked.len());
        check.report.findings.extend(document.findings.iter().cloned());
        check.report.unchecked.extend(document.unchecked.iter().cloned());
        for expression in &document.expressions {
            check.expression(document, expression);
        }
        by_line(&mut check.report.findings[findings..]);
        by_line(&mut check.report.unchecked[unchecked..]);
    }
    check.report
}

struct Check<'a> {
    known: &'a Known<'a>,
    /// Queries that stand in several places are judged once.
    judged: HashMap<(&'a str, bool), Judged>,
    report: Report,
}

/// A query that was walked.
#[derive(Clone)]
enum Judged {
    Query {
        series: Box<Series>,
        problems: Vec<Problem>,
        variables: Vec<String>,
    },
    NotPromql(String),
    /// It depends on the values of variables whether it is a query.
    Undetermined,
}

impl<'a> Check<'a> {
    fn expression(&mut self, document: &Document, expression: &'a Expression) {
        let is_template = expression.syntax == Syntax::Grafana;
        let key = (expression.text.as_str(), is_template);
        let judged = match self.judged.get(&key) {
            Some(judged) => judged.clone(),
            None => {
                let judged = self.judge(&expression.text, is_template);
                self.judged.insert(key, judged.clone());
                judged
            }
        };
        let (series, problems, variables) = match judged {
            Judged::Query { series, problems, variables } => (series, problems, variables),
            Judged::NotPromql(problem) => {
                let finding = Finding::new("promql-syntax", document.file.as_str(), problem);
                return self.report.unchecked.push(finding.at(expression.place.clone()));
            }
            Judged::Undetermined => return,
        };
        let mut problems = problems;
        if expression.role == Role::Values {
            problems.extend(bare_counters(&series));
        }
        problems.extend(unknown_variables(document, &expression.text, &variables));
        let findings = problems.into_iter().map(|problem| problem.at(document, expression));
        self.report.findings.extend(findings);
        let labels = expression.labels.iter();
        let findings = labels.filter_map(|label| self.unknown_label(document, label, &series));
        let findings: Vec<_> = findings.collect();
        self.report.findings.extend(findings);
    }

    /// A label beside the query that the result does not have.
    fn unknown_label(
        &self,
        document: &Document,
        label: &LabelUse,
        series: &Series,
    ) -> Option<Finding> {
        let LabelUse { place, label, written } = label;
        if series.labels.has(label) {
            return None;
        }
        let problem = format!("`{written}`: the result of the query has no label `{label}`");
        let finding = Finding::new("unknown-label", document.file.as_str(), problem);
        Some(finding.at(place.clone()).with_remedy(self.known.labels_of(series, label)))
    }

    fn judge(&self, text: &str, is_template: bool) -> Judged {
        let parsed = if is_template {
            parse_template(text)
        } else {
            parse(text).map_err(TemplateError::Syntax)
        };
        match parsed {
            Ok(Query { expr, variables }) => {
                let (series, problems) = Walk::new(self.known).query(&expr);
                Judged::Query { series: Box::new(series), problems, variables }
            }
            Err(TemplateError::Syntax(error)) => Judged::NotPromql(error.to_string()),
            Err(TemplateError::Undetermined) => Judged::Undetermined,
        }
    }
}

impl Problem {
    fn at(self, document: &Document, expression: &Expression) -> Finding {
        let finding = Finding::new(self.rule, document.file.as_str(), self.text);
        Finding { remedy: self.remedy, ..finding.at(expression.place.clone()) }
    }
}

/// Growing sums that are the values of the result.
fn bare_counters(series: &Series) -> Vec<Problem> {
    let names: BTreeSet<_> = series.bare.iter().collect();
    let problem = |name: &String| {
        let problem = format!("the value of `{name}` only grows and begins anew with a process");
        Problem::new("bare-counter", problem)
            .remedy(format!("use `rate({name}[…])` or `increase({name}[…])`"))
    };
    names.into_iter().map(problem).collect()
}

/// Variables that a dashboard does not define.
fn unknown_variables(document: &Document, text: &str, variables: &[String]) -> Vec<Problem> {
    let Some(defined) = &document.variables else { return Vec::new() };
    let is_unknown = |name: &&String| {
        // Grafana has variables of its own, and a regular expression can have a group of the name.
        !name.starts_with("__")
            && name.as_str() != "timeFilter"
            && !defined.contains(*name)
            && !text.contains(&format!("(?P<{name}>"))
    };
    let problem = |name: &String| {
        let problem = format!("the dashboard has no variable `{name}`");
        let remedy = proposal(name, defined.iter().map(String::as_str), "it has");
        Problem { remedy, ..Problem::new("unknown-variable", problem) }
    };
    variables.iter().filter(is_unknown).map(problem).collect()
}

/// Lines in their order. Pointers stay in the order of the file.
fn by_line(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| match finding.place {
        Some(Place::Line(line)) => line,
        _ => 0,
    });
}
