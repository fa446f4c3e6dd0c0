//! Operations between two vectors, and the labels that have to match.

use std::collections::BTreeMap;

use promql_parser::parser::{BinModifier, BinaryExpr, Expr, LabelModifier, VectorMatchCardinality};

use super::{
    labels::{Labels, Presence},
    problem::{Problem, list},
    quantiles::number,
    series::Series,
    walk::Walk,
};
use crate::promql::ANY;

const JOIN: &str = "join-labels";

impl Walk<'_> {
    /// Operations between the results of others: `a + b + c` is one in another, to any number, so
    /// they are walked in a loop.
    pub(super) fn binary(&mut self, binary: &BinaryExpr) -> Series {
        let mut operations = vec![binary];
        let mut first = &binary.lhs;
        while let Expr::Binary(inner) = &**first {
            operations.push(inner);
            first = &inner.lhs;
        }
        let mut left = self.expr(first);
        for operation in operations.into_iter().rev() {
            let right = self.expr(&operation.rhs);
            left = self.operation(operation, left, right);
        }
        left
    }

    fn operation(&mut self, binary: &BinaryExpr, left: Series, right: Series) -> Series {
        let operator = binary.op.to_string();
        let modifier = binary.modifier.clone().unwrap_or_default();
        let (left, right) = match operator.as_str() {
            // What a series counted that did not exist before: its first values have no increase.
            "unless" if left.bare.iter().all(|counter| right.bare.contains(counter)) => {
                (without_values(left), without_values(right))
            }
            "and" | "unless" => (left, without_values(right)),
            // What two growing sums are to each other is no growing sum.
            "/" | "-" | "==" | "!=" | "<" | "<=" | ">" | ">="
                if !left.bare.is_empty() && !right.bare.is_empty() =>
            {
                (without_values(left), without_values(right))
            }
            // Nothing was counted yet.
            "==" if [&binary.lhs, &binary.rhs].iter().any(|side| number(side) == Some(0.0)) => {
                (without_values(left), without_values(right))
            }
            _ => (left, right),
        };
        if left.is_scalar || right.is_scalar {
            let is_scalar = left.is_scalar && right.is_scalar;
            let (series, scalar) = if left.is_scalar { (right, left) } else { (left, right) };
            return Series { is_scalar, ..series.with_operand(scalar) };
        }
        self.match_labels(&operator, &modifier, &left, &right);
        let labels = result_labels(&operator, &modifier, &left.labels, &right.labels);
        let has_groups_right = matches!(modifier.card, VectorMatchCardinality::OneToMany(_));
        let (first, second) = if has_groups_right { (right, left) } else { (left, right) };
        Series { labels, ..first.with_operand(second) }
    }

    /// Reports labels for which no series of the two sides can match.
    fn match_labels(
        &mut self,
        operator: &str,
        modifier: &BinModifier,
        left: &Series,
        right: &Series,
    ) {
        self.included(modifier, left, right);
        let before = self.problems();
        match &modifier.matching {
            Some(LabelModifier::Include(on)) => self.on(operator, &on.labels, left, right),
            Some(LabelModifier::Exclude(ignored)) => {
                for label in &ignored.labels {
                    if !left.labels.has(label) && !right.labels.has(label) {
                        self.has_label(left, label, "ignoring");
                    }
                }
                self.all_but(operator, &ignored.labels, left, right);
            }
            None => self.all_but(operator, &[], left, right),
        }
        let is_of_sets = ["and", "or", "unless"].contains(&operator);
        // Where no series match, none match twice.
        if !is_of_sets && self.problems() == before {
            self.several(modifier, left, right);
        }
    }

    /// Labels that `group_left` and `group_right` take from the other side.
    fn included(&mut self, modifier: &BinModifier, left: &Series, right: &Series) {
        let (labels, one, asked_by) = match &modifier.card {
            VectorMatchCardinality::ManyToOne(labels) => (labels, right, "group_left"),
            VectorMatchCardinality::OneToMany(labels) => (labels, left, "group_right"),
            _ => return,
        };
        for label in &labels.labels {
            self.has_label(one, label, asked_by);
        }
    }

    fn on(&mut self, operator: &str, on: &[String], left: &Series, right: &Series) {
        for label in on {
            let sides = [("left", left, right), ("right", right, left)];
            let missing = sides.iter().find(|(_, side, _)| !side.labels.has(label));
            let Some((word, side, other)) = missing else { continue };
            if !other.labels.has(label) || other.labels == Labels::Any {
                self.has_label(side, label, "on");
                continue;
            }
            let problem = format!(
                "`{operator} on ({label})`: the {word} side, {}, has no label `{label}`",
                side.shown()
            );
            let remedy = self.known.labels_of(side, label);
            self.report(Problem::new(JOIN, problem).remedy(remedy));
        }
    }

    /// Labels that one side has and the other has not, where all labels have to be equal.
    fn all_but(&mut self, operator: &str, ignored: &[String], left: &Series, right: &Series) {
        let (Labels::Known(of_left), Labels::Known(of_right)) = (&left.labels, &right.labels)
        else {
            return;
        };
        if operator == "or" || ignored.iter().any(|label| label.contains(ANY)) {
            return;
        }
        let only = |one: &BTreeMap<String, Presence>, other: &BTreeMap<String, Presence>| {
            let sure = one.iter().filter(|(_, presence)| **presence != Presence::Possible);
            let only = sure.map(|(label, _)| label.clone());
            only.filter(|l| !other.contains_key(l) && !ignored.contains(l)).collect::<Vec<_>>()
        };
        let (of_left, of_right) = (only(of_left, of_right), only(of_right, of_left));
        if of_left.is_empty() && of_right.is_empty() {
            return;
        }
        let side = |word: &str, labels: &[String]| {
            (!labels.is_empty()).then(|| {
                format!("only the {word} side has {}", list(labels.iter().map(String::as_str)))
            })
        };
        let sides: Vec<_> =
            [side("left", &of_left), side("right", &of_right)].into_iter().flatten().collect();
        let problem = format!("no series match for `{operator}`: {}", sides.join(", "));
        let differing: Vec<_> = of_left.iter().chain(&of_right).map(String::as_str).collect();
        let remedy = format!(
            "aggregate both sides by the same labels, or match them with `on (…)` or `ignoring ({})`",
            differing.join(", ")
        );
        self.report(Problem::new(JOIN, problem).remedy(remedy));
    }

    /// A side that has several series for one of the other.
    fn several(&mut self, modifier: &BinModifier, left: &Series, right: &Series) {
        let varied = |series: &Series| -> Vec<String> {
            let Labels::Known(labels) = &series.labels else { return Vec::new() };
            let varied = labels.iter().filter(|(_, presence)| **presence == Presence::Varied);
            let varied = varied.map(|(label, _)| label.clone());
            match &modifier.matching {
                Some(LabelModifier::Include(on)) => {
                    let is_any = on.labels.iter().any(|label| label.contains(ANY));
                    varied.filter(|label| !is_any && !on.labels.contains(label)).collect()
                }
                Some(LabelModifier::Exclude(ignored)) => {
                    varied.filter(|label| ignored.labels.contains(label)).collect()
                }
                None => Vec::new(),
            }
        };
        let (of_left, of_right) = (varied(left), varied(right));
        let (labels, word, remedy) = match modifier.card {
            VectorMatchCardinality::OneToOne if !of_left.is_empty() && of_right.is_empty() => {
                (of_left, "left", "add `group_left`, or aggregate the left side")
            }
            VectorMatchCardinality::OneToOne if !of_right.is_empty() && of_left.is_empty() => {
                (of_right, "right", "add `group_right`, or aggregate the right side")
            }
            VectorMatchCardinality::OneToOne if !of_left.is_empty() => {
                (of_left, "left", "aggregate both sides by the labels that match")
            }
            VectorMatchCardinality::ManyToOne(_) if !of_right.is_empty() => (
                of_right,
                "right",
                "aggregate the right side, of which `group_left` takes one series",
            ),
            VectorMatchCardinality::OneToMany(_) if !of_left.is_empty() => (
                of_left,
                "left",
                "aggregate the left side, of which `group_right` takes one series",
            ),
            _ => return,
        };
        let labels = list(labels.iter().map(String::as_str));
        let problem = format!(
            "several series of the {word} side match one of the other: they differ by {labels}"
        );
        self.report(Problem::new(JOIN, problem).remedy(remedy));
    }
}

fn without_values(mut series: Series) -> Series {
    series.bare.clear();
    series
}

/// The labels of the result of an operation between two vectors.
fn result_labels(operator: &str, modifier: &BinModifier, left: &Labels, right: &Labels) -> Labels {
    match operator {
        "and" | "unless" => return left.clone(),
        "or" => return left.clone().either(right.clone()),
        _ => {}
    }
    let mut labels = match (&modifier.card, &modifier.matching) {
        (VectorMatchCardinality::ManyToOne(_), _) => left.clone(),
        (VectorMatchCardinality::OneToMany(_), _) => right.clone(),
        (_, Some(LabelModifier::Include(on))) => {
            if on.labels.iter().any(|label| label.contains(ANY)) {
                return Labels::Any;
            }
            left.only(&on.labels)
        }
        (_, Some(LabelModifier::Exclude(ignored))) => left.without(&ignored.labels),
        (_, None) => left.clone(),
    };
    for label in modifier.card.labels().into_iter().flat_map(|included| &included.labels) {
        if label.contains(ANY) {
            return Labels::Any;
        }
        labels = labels.with(label, Presence::Possible);
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_problems, assert_right};

    #[test]
    fn operations_match_series_of_the_same_labels() {
        assert_right(&[
            "rate(shop_payments_total[5m]) / rate(shop_refunds_total[5m])",
            "sum by (operation) (rate(shop_orders_total[5m])) / sum by (operation) (rate(shop_wait_seconds_count[5m]))",
            "sum(rate(shop_orders_total[5m])) / sum(rate(shop_payments_total[5m]))",
            "rate(shop_payments_total[5m]) / ignoring (result) group_left shop_guests",
            "rate(shop_payments_total[5m]) / on (job, instance) group_left shop_guests",
            "rate(shop_payments_total{result=\"ok\"}[5m]) / on (job, instance) shop_guests",
            "rate(shop_payments_total{result=\"ok\"}[5m]) / ignoring (result) rate(shop_refunds_total{result=\"failed\"}[5m])",
            "sum(rate(shop_orders_total[5m])) or vector(0)",
            "sum by (paid) (rate(shop_orders_total[5m])) > on () group_left vector(1)",
            "shop_guests * on (job, instance) group_left (version) osapi_build_info",
            "rate(shop_orders_total[5m]) * on ($join) group_left ($with) shop_guests",
            "sum by ($by) (rate(shop_orders_total[5m])) / sum by (result) (rate(shop_payments_total[5m]))",
        ]);
        assert_problems(&[
            (
                "rate(shop_orders_total[5m]) / rate(shop_payments_total[5m])",
                &[
                    "no series match for `/`: only the left side has `operation`, `paid`, only the right \
                   side has `result`; aggregate both sides by the same labels, or match them with \
                   `on (…)` or `ignoring (operation, paid, result)`",
                ],
            ),
            (
                "sum by (operation) (rate(shop_orders_total[5m])) / sum by (result) (rate(shop_payments_total[5m]))",
                &[
                    "no series match for `/`: only the left side has `operation`, only the right side has \
                   `result`; aggregate both sides by the same labels, or match them with `on (…)` or \
                   `ignoring (operation, result)`",
                ],
            ),
            (
                "shop_guests and sum(shop_guests)",
                &[
                    "no series match for `and`: only the left side has `instance`, `job`; aggregate both \
                   sides by the same labels, or match them with `on (…)` or `ignoring (instance, job)`",
                ],
            ),
            (
                "rate(shop_orders_total[5m]) / on (operation) group_left shop_guests",
                &[
                    "`/ on (operation)`: the right side, `shop_guests`, has no label `operation`; it has \
                   no labels of its own",
                ],
            ),
            (
                "shop_guests / on (pod) shop_guests",
                &["`shop_guests` has no label `pod` for `on`; it has no labels of its own"],
            ),
            (
                "shop_guests / ignoring (pod) shop_guests",
                &["`shop_guests` has no label `pod` for `ignoring`; it has no labels of its own"],
            ),
            (
                "shop_guests * on (job) group_left (pod) shop_guests",
                &["`shop_guests` has no label `pod` for `group_left`; it has no labels of its own"],
            ),
        ]);
    }

    #[test]
    fn a_side_with_several_series_needs_a_group() {
        assert_problems(&[
            (
                "rate(shop_payments_total[5m]) / ignoring (result) shop_guests",
                &[
                    "several series of the left side match one of the other: they differ by `result`; \
                   add `group_left`, or aggregate the left side",
                ],
            ),
            (
                "shop_guests / on (job) sum by (job, result) (rate(shop_payments_total[5m]))",
                &[
                    "several series of the right side match one of the other: they differ by `result`; \
                   add `group_right`, or aggregate the right side",
                ],
            ),
            (
                "shop_guests * on (job) group_left rate(shop_payments_total[5m])",
                &[
                    "several series of the right side match one of the other: they differ by `result`; \
                   aggregate the right side, of which `group_left` takes one series",
                ],
            ),
        ]);
    }
}
