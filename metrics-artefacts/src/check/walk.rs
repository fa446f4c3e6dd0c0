use promql_parser::parser::{AggregateExpr, Expr, LabelModifier};

use super::{
    known::Known,
    labels::{Labels, Presence},
    problem::Problem,
    series::Series,
};
use crate::promql::ANY;

/// A walk of the syntax tree of a query, from the selectors up.
pub(super) struct Walk<'a> {
    pub(super) known: &'a Known<'a>,
    problems: Vec<Problem>,
}

/// Aggregations that say nothing of the values.
const OF_ANY: [&str; 3] = ["count", "count_values", "group"];
/// Aggregations that choose series, and leave their labels.
const CHOICES: [&str; 4] = ["bottomk", "limit_ratio", "limitk", "topk"];

impl<'a> Walk<'a> {
    pub(super) fn new(known: &'a Known<'a>) -> Self {
        Self { known, problems: Vec::new() }
    }

    /// The problems of a query, each once, and what is known of its result.
    pub(super) fn query(mut self, expr: &Expr) -> (Series, Vec<Problem>) {
        let series = self.expr(expr);
        self.report_lost(&series);
        (series, self.problems)
    }

    pub(super) fn report(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The number of problems so far.
    pub(super) fn problems(&self) -> usize {
        self.problems.len()
    }

    /// The limits of a query bound the recursion.
    pub(super) fn expr(&mut self, expr: &Expr) -> Series {
        match expr {
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Call(call) => self.call(call),
            Expr::Paren(inner) => self.expr(&inner.expr),
            Expr::Subquery(inner) => self.expr(&inner.expr),
            Expr::Unary(inner) => {
                let mut inner = &inner.expr;
                while let Expr::Unary(next) = &**inner {
                    inner = &next.expr;
                }
                Series { samples: None, ..self.expr(inner) }
            }
            Expr::VectorSelector(selector) => self.selector(selector),
            Expr::MatrixSelector(selector) => self.selector(&selector.vs),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Series::scalar(),
            Expr::Extension(_) => Series::any(),
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpr) -> Series {
        let operator = aggregate.op.to_string();
        if let Some(parameter) = &aggregate.param {
            self.expr(parameter);
            if operator == "quantile" {
                self.quantile_in_range(&operator, Some(parameter));
            }
        }
        let of = self.expr(&aggregate.expr);
        let (word, labels) = match &aggregate.modifier {
            Some(LabelModifier::Include(labels)) => ("by", labels.labels.as_slice()),
            Some(LabelModifier::Exclude(labels)) => ("without", labels.labels.as_slice()),
            None => ("by", &[][..]),
        };
        for label in labels {
            self.has_label(&of, label, word);
        }
        let mut series = Series { samples: None, ..of.clone() };
        if CHOICES.contains(&operator.as_str()) {
            return series;
        }
        let is_any = labels.iter().any(|label| label.contains(ANY));
        series.labels = match word {
            _ if is_any => Labels::Any,
            "by" => of.labels.only(labels),
            _ => {
                let mut dropped = labels.to_vec();
                dropped.push("__name__".to_owned());
                of.labels.without(&dropped)
            }
        };
        series.of = series.of.filter(|_| series.labels == of.labels);
        if let ("count_values", Some(Expr::StringLiteral(label))) =
            (operator.as_str(), aggregate.param.as_deref())
        {
            series.labels = series.labels.with(&label.val, Presence::Possible);
        }
        if OF_ANY.contains(&operator.as_str()) {
            series.bare.clear();
            series.buckets.clear();
            series.mixed.clear();
        } else if of.labels.lose("le", &series.labels) {
            series.lost.append(&mut series.buckets);
            series.mixed.clear();
        }
        for (name, apart) in std::mem::take(&mut series.mixed) {
            if apart.iter().all(|label| series.labels.has(label)) {
                series.mixed.push((name, apart));
            } else {
                self.report_mixed(&name, &apart);
            }
        }
        series
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_problems, assert_right};

    #[test]
    fn aggregations_are_by_labels_that_there_are() {
        assert_right(&[
            "sum by (paid, job) (rate(shop_orders_total[5m]))",
            "sum without (instance) (rate(shop_orders_total[5m]))",
            "topk by (paid) (3, rate(shop_orders_total[5m]))",
            "count_values by (job) (\"guests\", shop_guests) * on (job) group_left (guests) count_values by (job) (\"guests\", shop_guests)",
            "sum by (any) (up)",
            "sum by ($group) (shop_guests)",
        ]);
        assert_problems(&[
            (
                "sum by (pait) (rate(shop_orders_total[5m]))",
                &["`shop_orders_total` has no label `pait` for `by`; did you mean `paid`?"],
            ),
            (
                "sum without (pod) (shop_guests)",
                &["`shop_guests` has no label `pod` for `without`; it has no labels of its own"],
            ),
            (
                "max by (job) (sum by (paid) (rate(shop_orders_total[5m])))",
                &["the result here has no label `job` for `by`; it has `paid`"],
            ),
            (
                "max by (paid) (sum(rate(shop_orders_total[5m])))",
                &["the result here has no label `paid` for `by`; it has no labels"],
            ),
        ]);
    }
}
