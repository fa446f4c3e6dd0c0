use std::collections::BTreeSet;

use osapi_metrics::catalogue::document::{ExpressionDocument, MetricDocument};

use super::super::labels::Labels;
use crate::{
    catalogue::Catalogues,
    generate::{
        expression::labels_of_quantile,
        query::{Selector, aggregated, quantile, union},
    },
};

/// The window of rates. Thresholds of counters are compared with the rate over this time.
const WINDOW: &str = "5m";
/// Its seconds.
pub(super) const WINDOW_SECONDS: f64 = 300.0;

/// What is compared with a threshold.
#[derive(Clone, Debug)]
pub(super) enum Query<'a> {
    /// Of the series of a metric.
    Of(Of<'a>),
    /// The first divided by the second.
    Ratio(Box<Query<'a>>, Box<Query<'a>>),
    /// The sum.
    Total(Vec<Query<'a>>),
}

/// What is made of the series of a metric.
#[derive(Clone, Debug)]
pub(super) struct Of<'a> {
    pub(super) function: Function,
    pub(super) metric: &'a MetricDocument,
    /// The labels that select series.
    pub(super) with: Labels,
    /// The labels of the result; `None` for all labels of each series.
    pub(super) by: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    /// Per second.
    Rate,
    /// In five minutes.
    Increase,
    /// In five minutes, and the value of a series that is new: the first event of an open label.
    IncreaseOrNew,
    Sum,
    Highest,
    Latest,
    Quantile(f64),
    Mean,
}

impl<'a> Query<'a> {
    /// The query of a panel; `None` if the catalogues do not have its metrics.
    pub(super) fn of(expression: &ExpressionDocument, catalogues: &'a Catalogues) -> Option<Self> {
        let operands = || expression.operands.iter().map(|operand| Self::of(operand, catalogues));
        let function = match expression.operation.as_str() {
            "rate" => Function::Rate,
            "increase" => Function::Increase,
            "sum" => Function::Sum,
            "highest" => Function::Highest,
            "latest" => Function::Latest,
            "quantile" => Function::Quantile(expression.quantile?),
            "mean" => Function::Mean,
            "ratio" => {
                let [dividend, divisor] = expression.operands.as_slice() else { return None };
                let of = |operand| Some(Box::new(Self::of(operand, catalogues)?));
                return Some(Self::Ratio(of(dividend)?, of(divisor)?));
            }
            "total" => return operands().collect::<Option<_>>().map(Self::Total),
            _ => return None,
        };
        let name = expression.metric.as_deref()?;
        let mut metrics = catalogues.metrics();
        let (_, metric) = metrics.find(|(_, metric)| metric.name == name)?;
        let by = (function != Function::Latest).then(|| match function {
            Function::Quantile(_) => {
                let labels = labels_of_quantile(catalogues, expression);
                labels.into_iter().map(str::to_owned).collect()
            }
            _ => expression.by.clone(),
        });
        Some(Self::Of(Of { function, metric, with: expression.with.clone(), by }))
    }

    /// The metrics, each once.
    pub(super) fn metrics(&self) -> Vec<&'a MetricDocument> {
        let mut seen = BTreeSet::new();
        let mut metrics: Vec<_> = self.leaves().into_iter().map(|of| of.metric).collect();
        metrics.retain(|metric| seen.insert(&metric.name));
        metrics
    }

    /// What it is made of.
    pub(super) fn leaves(&self) -> Vec<&Of<'a>> {
        match self {
            Self::Of(of) => vec![of],
            Self::Ratio(dividend, divisor) => [dividend.leaves(), divisor.leaves()].concat(),
            Self::Total(operands) => operands.iter().flat_map(Query::leaves).collect(),
        }
    }

    /// The labels of the result.
    pub(super) fn labels(&self) -> Vec<&str> {
        match self {
            Self::Of(Of { by: Some(by), .. }) => by.iter().map(String::as_str).collect(),
            Self::Of(Of { metric, .. }) => {
                metric.labels.iter().map(|label| label.prometheus_name.as_str()).collect()
            }
            Self::Ratio(dividend, _) => dividend.labels(),
            Self::Total(operands) => operands.first().map(Query::labels).unwrap_or_default(),
        }
    }

    /// The query as `PromQL`. A ratio has no value where its divisor is 0, and is 0 where it has
    /// nothing to divide; a total is the sum of those operands that have a value.
    pub(super) fn promql(&self) -> String {
        match self {
            Self::Of(of) => of.promql(),
            Self::Ratio(dividend, divisor) => {
                let (dividend, divisor) = (dividend.promql(), divisor.promql());
                format!("({dividend} or 0 * {divisor}) / ({divisor} > 0)")
            }
            Self::Total(operands) => {
                let by = self.labels();
                let operands: Vec<_> = operands.iter().map(Query::promql).collect();
                aggregated("sum", &by, &union(&operands))
            }
        }
    }
}

impl Of<'_> {
    fn promql(&self) -> String {
        let name = &self.metric.prometheus_name;
        let is_histogram = self.metric.kind == "histogram";
        let by: Vec<_> = self.by.iter().flatten().map(String::as_str).collect();
        let select = |sample: &str| {
            let all = Selector::of(sample);
            self.with.iter().fold(all, |all, (label, value)| all.with(label, value))
        };
        let of = |suffix| select(&format!("{name}{suffix}"));
        let counter = if is_histogram { of("_count") } else { of("") };
        let made = |operator, expression: &str| match &self.by {
            Some(_) => aggregated(operator, &by, expression),
            None => expression.to_owned(),
        };
        match self.function {
            Function::Rate => made("sum", &counter.rate(WINDOW)),
            Function::Increase => made("sum", &counter.increase(WINDOW)),
            Function::IncreaseOrNew => {
                let increase = counter.increase(WINDOW);
                let new = counter.appeared(WINDOW);
                format!("({increase} > 0 or {new})")
            }
            Function::Sum => made("sum", &of("").to_string()),
            Function::Highest => made("max", &of("").to_string()),
            Function::Latest => of("").to_string(),
            Function::Quantile(q) => quantile(q, &of("_bucket"), WINDOW, &by),
            Function::Mean => {
                let sum = made("sum", &of("_sum").rate(WINDOW));
                let count = made("sum", &of("_count").rate(WINDOW));
                format!("{sum} / ({count} > 0)")
            }
        }
    }
}
