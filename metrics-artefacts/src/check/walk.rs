use promql_parser::parser::{AggregateExpr, Expr, LabelModifier};

use super::{
    known::Known,
    labels::{Labels, Presence},
    problem::{Problem, proposal},
    quantiles::is_over_le,
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

    /// The limits of a query bound the recursion.
    pub(super) fn expr(&mut self, expr: &Expr) -> Series {
        match expr {
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Call(call) => self.call(call),
            Expr::Paren(inner) => self.expr(&inner.expr),
            Expr::Subquery(inner) => self.expr(&inner.expr),
            Expr::Unary(inner) => Series { samples: None, ..self.expr(&inner.expr) },
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
        } else if is_over_le(&of.labels, &series.labels) {
            series.lost.append(&mut series.buckets);
        }
        series
    }

    /// What to propose for a label that series do not have.
    pub(super) fn labels_of(&self, series: &Series, label: &str) -> Option<String> {
        let ambient: Vec<_> = self.known.ambient().collect();
        let own =
            series.labels.names().filter(|name| series.of.is_none() || !ambient.contains(name));
        let is_internal = |name: &&str| *name != "__name__" && !name.starts_with("otel_");
        let proposal = proposal(label, own.filter(is_internal), "it has");
        Some(proposal.unwrap_or_else(|| "it has no labels".to_owned()))
    }
}
