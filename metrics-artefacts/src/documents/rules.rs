use std::{iter, rc::Rc};

use super::{
    document::{Document, Expression, LabelUse, Role, Syntax},
    templates,
    yaml::{self, Node, Value},
};
use crate::finding::{Finding, Place};

/// The most rules of a file. Aliases of YAML can make any number of few lines.
const MAX_RULES: usize = 100_000;

/// Reads groups of rules: of Prometheus, of the operator for Kubernetes, or of Grafana.
pub(super) fn read(document: &mut Document, text: &str) {
    let (nodes, error) = yaml::parse(text);
    let is_empty = error.is_none() && nodes.iter().all(|node| node.is_empty());
    if let Some(error) = error {
        let place = Some(Place::Line(error.line));
        document.not_checked("yaml-syntax", place, format!("it is not YAML: {}", error.message));
    }
    let has_groups = add(document, &nodes, 1);
    if !has_groups
        && !is_empty
        && document.unchecked.is_empty()
        && !nodes.iter().any(|n| is_tests(n))
    {
        let problem = "there are no rules in it: `groups` is missing";
        document.not_checked("unknown-file", None, problem);
    }
}

/// Adds the rules of YAML documents whose first line is this one. Returns whether there are groups.
pub(super) fn add(document: &mut Document, nodes: &[Rc<Node>], first_line: usize) -> bool {
    let mut reader = Reader { document, offset: first_line - 1, rules: 0 };
    let mut has_groups = false;
    for node in nodes {
        // A list of objects of Kubernetes.
        let objects = node.get("items").map_or(&[][..], Node::items).iter().map(|item| &**item);
        for object in iter::once(&**node).chain(objects) {
            let spec = object.get("spec");
            let groups = object.get("groups").or_else(|| spec.and_then(|s| s.get("groups")));
            has_groups |= groups.is_some();
            for group in groups.map_or(&[][..], Node::items) {
                for rule in group.get("rules").map_or(&[][..], Node::items) {
                    reader.rule(rule);
                }
            }
        }
    }
    has_groups
}

/// Whether this is a file of `promtool test rules`.
fn is_tests(node: &Node) -> bool {
    node.get("tests").is_some() || node.get("rule_files").is_some()
}

struct Reader<'a> {
    document: &'a mut Document,
    offset: usize,
    rules: usize,
}

impl Reader<'_> {
    fn rule(&mut self, rule: &Node) {
        self.rules += 1;
        if self.rules == MAX_RULES + 1 {
            let problem = format!("there are more than {MAX_RULES} rules, the most that are read");
            self.document.not_checked("too-many-rules", Some(self.place(rule)), problem);
        }
        if self.rules > MAX_RULES {
            return;
        }
        if let Some(queries) = rule.get("data") {
            return self.grafana_rule(queries);
        }
        let text = |key| rule.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        let (record, alert) = (text("record"), text("alert"));
        let Some(expr) = rule.get("expr").filter(|expr| expr.text().is_some_and(|t| !t.is_empty()))
        else {
            let name = record.or(alert).map(|name| format!(" `{name}`")).unwrap_or_default();
            let problem = format!("the rule{name} has no expression");
            return self.find("rule-without-expression", rule, problem, "add `expr`");
        };
        let result = match (record, alert) {
            (Some(record), _) => {
                self.document.records.insert(record.to_owned());
                Role::Record
            }
            (None, Some(_)) => Role::Values,
            (None, None) => {
                let problem = "the rule has neither `record` nor `alert`";
                self.find("rule-without-name", rule, problem.to_owned(), "add one of them");
                Role::Series
            }
        };
        let labels = if alert.is_some() { self.label_uses(rule) } else { Vec::new() };
        self.document.expressions.push(Expression {
            place: self.place(expr),
            text: expr.text().unwrap_or_default().to_owned(),
            syntax: Syntax::PromQl,
            role: result,
            labels,
        });
    }

    /// A rule that Grafana evaluates: queries, and expressions over their results.
    fn grafana_rule(&mut self, queries: &Node) {
        for query in queries.items() {
            let model = query.get("model");
            let expr = model.and_then(|model| model.get("expr"));
            let Some(expr) = expr.filter(|expr| expr.text().is_some_and(|t| !t.is_empty())) else {
                continue;
            };
            let source = model.and_then(|m| m.get("datasource")).and_then(|s| s.get("type"));
            if source.and_then(Node::text).is_some_and(|kind| !kind.contains("prometheus")) {
                continue;
            }
            self.document.expressions.push(Expression {
                place: self.place(expr),
                text: expr.text().unwrap_or_default().to_owned(),
                syntax: Syntax::Grafana,
                role: Role::Values,
                labels: Vec::new(),
            });
        }
    }

    /// The labels in the annotations and labels of an alert.
    fn label_uses(&self, rule: &Node) -> Vec<LabelUse> {
        let mut uses = Vec::new();
        for texts in ["annotations", "labels"].iter().filter_map(|key| rule.get(key)) {
            for (_, node) in texts.entries() {
                let Value::Text(text) = &node.value else { continue };
                uses.extend(templates::of_alert(text).into_iter().map(|found| LabelUse {
                    place: self.place(node),
                    label: found.label,
                    written: found.written,
                }));
            }
        }
        uses
    }

    fn place(&self, node: &Node) -> Place {
        Place::Line(node.line + self.offset)
    }

    fn find(&mut self, rule: &'static str, node: &Node, problem: String, remedy: &str) {
        let finding = Finding::new(rule, self.document.file.as_str(), problem);
        let finding = finding.at(self.place(node)).with_remedy(remedy);
        self.document.findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_queries_with_lines_records_and_labels() {
        let text = "\
groups:
- name: shop
  rules:
  - record: shop:orders:rate5m
    expr: sum(rate(shop_orders_total[5m]))
  - alert: NoOrders
    expr: |
      shop:orders:rate5m
        == 0
    for: 5m
    annotations:
      summary: 'none of {{ $labels.job }}'
---
spec:
  groups:
  - rules: [{alert: A, expr: b > 1}]
";
        let document = Document::of("shop.yml", text);
        assert_eq!((&document.findings[..], &document.unchecked[..]), (&[][..], &[][..]));
        let found = document.expressions.iter().map(|e| (e.place.clone(), e.role));
        let expected = [(5, Role::Record), (8, Role::Values), (16, Role::Values)];
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.map(|(line, role)| (Place::Line(line), role))
        );
        assert!(document.records.contains("shop:orders:rate5m"));
        let label = &document.expressions[1].labels[0];
        assert_eq!((label.label.as_str(), &label.place), ("job", &Place::Line(12)));
    }

    #[test]
    fn rules_that_are_not_whole_are_named() {
        let text = "groups:\n- rules:\n  - alert: A\n    for: 5m\n  - expr: a\n";
        let found: Vec<_> =
            Document::of("a.yml", text).findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "a.yml:3: the rule `A` has no expression; add `expr` [rule-without-expression]",
                "a.yml:5: the rule has neither `record` nor `alert`; add one of them [rule-without-name]",
            ]
        );
    }

    #[test]
    fn files_of_other_kinds_are_named_and_tests_of_rules_are_not() {
        let unchecked = |text: &str| Document::of("a.yml", text).unchecked;
        assert_eq!(unchecked("rule_files: [a.yml]\ntests: []\n"), []);
        assert_eq!(unchecked("# nothing\n"), []);
        assert_eq!(unchecked("null\n"), []);
        assert!(unchecked("scrape_configs: []\n")[0].problem.contains("`groups` is missing"));
        let error = &unchecked("groups:\n- name: a\n  rules: [\n")[0];
        assert_eq!((error.rule, &error.place), ("yaml-syntax", &Some(Place::Line(4))));
    }

    #[test]
    fn aliases_do_not_multiply_without_end() {
        let rules = "{alert: a, expr: b},".repeat(1_000);
        let groups = "{rules: *r},".repeat(1_000);
        let document = Document::of("a.yml", &format!("x: &r [{rules}]\ngroups: [{groups}]\n"));
        assert_eq!(document.expressions.len(), MAX_RULES);
        assert_eq!(document.unchecked[0].rule, "too-many-rules");
    }

    #[test]
    fn rules_of_grafana_are_queries_of_their_data() {
        let text = "\
groups:
- rules:
  - title: a
    data:
    - model: {expr: 'rate(a[$__rate_interval])'}
    - datasourceUid: __expr__
      model: {type: math, expression: $A > 1}
";
        let document = Document::of("a.yaml", text);
        assert_eq!(document.findings, []);
        assert_eq!(document.expressions.len(), 1);
    }
}
