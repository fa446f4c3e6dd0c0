//! Queries of the expressions of a catalogue: of panels, and of what alerts watch.

use osapi_metrics::catalogue::document::{ExpressionDocument, MetricDocument};

use super::{
    query::{Selector, aggregated},
    samples::Samples,
};
use crate::catalogue::Catalogues;

/// The most bytes of a query. The parts of ratios in ratios are there several times.
const MAX_BYTES: usize = 64 * 1024;

/// The query of an expression over a window: a duration, or a variable of Grafana. `target` are
/// further labels with the regular expressions that they match.
///
/// A division by zero gives no result, rather than NaN. Counters that need not exist yet count as 0
/// in a ratio or a total, if another part of it exists. `None` if no catalogue has a metric of the
/// expression, if the expression is of an operation that this version does not know, or if the
/// query is too long.
pub(super) fn promql(
    catalogues: &Catalogues,
    expression: &ExpressionDocument,
    window: &str,
    target: &[(&str, &str)],
) -> Option<String> {
    let scope = Scope { catalogues, window: Window::Moving(window), is_relative: false, target };
    Some(scope.query(expression)?.text)
}

/// The query of an expression over the whole time that a dashboard shows, for a figure. A ratio, a
/// quantile or a mean without values in this time is one of the values since the start of the
/// processes: a burst that ended before the first scrape has no rate.
///
/// `None` as [`promql`].
pub(super) fn promql_of_time_shown(
    catalogues: &Catalogues,
    expression: &ExpressionDocument,
    target: &[(&str, &str)],
) -> Option<String> {
    let query = |window| {
        let scope = Scope { catalogues, window, is_relative: false, target };
        Some(scope.query(expression)?.text)
    };
    let shown = query(Window::TimeShown)?;
    let is_relative = match expression.operation.as_str() {
        "ratio" => expression.operands.iter().all(is_increase),
        "quantile" | "mean" => true,
        _ => false,
    };
    if !is_relative {
        return Some(shown);
    }
    Some(format!("{shown} or {}", query(Window::SinceStart)?))
}

/// The metric that an expression names.
pub(super) fn metric<'a>(
    catalogues: &'a Catalogues,
    expression: &ExpressionDocument,
) -> Option<&'a MetricDocument> {
    let name = expression.metric.as_deref()?;
    let named = |(_, metric): &(_, &MetricDocument)| metric.name == name;
    catalogues.metrics().find(named).map(|(_, metric)| metric)
}

/// The labels of the result of a quantile: those that the expression names, and those that
/// distinguish series with different boundaries, unless it chooses one of their values.
pub(super) fn labels_of_quantile<'a>(
    catalogues: &'a Catalogues,
    expression: &'a ExpressionDocument,
) -> Vec<&'a str> {
    let mut by: Vec<_> = expression.by.iter().map(String::as_str).collect();
    let apart =
        metric(catalogues, expression).map(|metric| catalogues.labels_of_boundaries(metric));
    for label in apart.into_iter().flatten() {
        if !by.contains(&label) && !expression.with.contains_key(label) {
            by.push(label);
        }
    }
    by
}

/// What every query of an expression has in common.
#[derive(Clone, Copy)]
struct Scope<'a> {
    catalogues: &'a Catalogues,
    window: Window<'a>,
    /// Whether the query is a part of a ratio of increases, or of rates.
    is_relative: bool,
    target: &'a [(&'a str, &'a str)],
}

/// The time whose increases a query shows.
#[derive(Clone, Copy)]
enum Window<'a> {
    /// A time before each point.
    Moving(&'a str),
    /// The time that a dashboard shows.
    TimeShown,
    /// The time since each process started: the values of counters as they are.
    SinceStart,
}

/// What a query makes of series that only grow.
#[derive(Clone, Copy)]
enum Amount {
    /// Their increase per second.
    PerSecond,
    /// Their increase in the window.
    InTime,
    /// Either of them, because it is divided by the same of other series.
    Relative,
}

/// A query, and whether it has an operator outside of brackets.
struct Query {
    text: String,
    is_operation: bool,
}

impl Scope<'_> {
    fn query(&self, expression: &ExpressionDocument) -> Option<Query> {
        let by: Vec<_> = expression.by.iter().map(String::as_str).collect();
        let series = |samples| self.series(expression, samples);
        let query = match expression.operation.as_str() {
            "rate" | "increase" => {
                let amount = match expression.operation.as_str() {
                    "increase" => Amount::InTime,
                    _ if self.is_relative => Amount::Relative,
                    _ => Amount::PerSecond,
                };
                let increase = self.increase(amount, &series(Samples::Number)?);
                Query::call(aggregated("sum", &by, &increase))
            }
            "sum" => Query::call(aggregated("sum", &by, &series(Samples::Values)?.to_string())),
            "highest" => Query::call(aggregated("max", &by, &series(Samples::Values)?.to_string())),
            "latest" => self.latest(expression, &by)?,
            "quantile" => {
                let q = expression.quantile?;
                let by = [labels_of_quantile(self.catalogues, expression), vec!["le"]].concat();
                let buckets = self.increase(Amount::Relative, &series(Samples::Buckets)?);
                let buckets = aggregated("sum", &by, &buckets);
                Query::call(format!("histogram_quantile({q}, {buckets})"))
            }
            "mean" => {
                let increase =
                    |series| aggregated("sum", &by, &self.increase(Amount::Relative, &series));
                let [sum, count] = [series(Samples::Sums)?, series(Samples::Number)?].map(increase);
                Query::operation(format!("{sum} / ({count} != 0)"))
            }
            "ratio" => self.ratio(expression)?,
            "total" => self.total(expression, &by)?,
            _ => return None,
        };
        (query.text.len() <= MAX_BYTES).then_some(query)
    }

    /// `a / (b != 0)`, or `(a or b * 0) / (b != 0)` if the first may not exist yet.
    fn ratio(&self, expression: &ExpressionDocument) -> Option<Query> {
        let [part, whole] = &expression.operands[..] else { return None };
        let counts = is_increase(part) && is_increase(whole);
        let scope = Self { is_relative: counts, ..*self };
        let [part, whole] = [scope.query(part)?.in_operation(), scope.query(whole)?.in_operation()];
        let part = if counts && !self.is_from_start(&expression.operands[0]) {
            format!("({part} or {whole} * 0)")
        } else {
            part
        };
        Some(Query::operation(format!("{part} / ({whole} != 0)")))
    }

    /// `a + b`, or `a + b or a or b` if one may not exist yet, and the same for more of them.
    fn total(&self, expression: &ExpressionDocument, by: &[&str]) -> Option<Query> {
        let operands: Option<Vec<_>> =
            expression.operands.iter().map(|operand| self.query(operand)).collect();
        let mut operands = operands?;
        if operands.len() == 1 {
            return operands.pop();
        }
        let is_guarded = is_increase(expression) && !self.is_from_start(expression);
        let texts: Vec<_> = operands.into_iter().map(Query::in_operation).collect();
        Some(match &texts[..] {
            [] => return None,
            _ if !is_guarded => Query::operation(texts.join(" + ")),
            [a, b] => Query::operation(format!("{a} + {b} or {a} or {b}")),
            _ => {
                // Series of the same labels would hide each other in `or`.
                let part = |(at, text)| format!(r#"label_replace({text}, "part", "{at}", "", "")"#);
                let parts: Vec<_> = texts.iter().enumerate().map(part).collect();
                Query::call(aggregated("sum", by, &parts.join(" or ")))
            }
        })
    }

    /// The series as they are, if the result keeps all their labels, else the highest of those that
    /// become one.
    fn latest(&self, expression: &ExpressionDocument, by: &[&str]) -> Option<Query> {
        let series = self.series(expression, Samples::Values)?.to_string();
        let labels = &metric(self.catalogues, expression)?.labels;
        let mut varied = labels.iter().filter(|label| !label.constant);
        let keeps_all = varied.all(|label| by.contains(&label.prometheus_name.as_str()));
        let text = if by.is_empty() || keeps_all { series } else { aggregated("max", by, &series) };
        Some(Query::call(text))
    }

    /// Whether all counters of an expression exist from the start of a process: those whose labels
    /// are closed do.
    fn is_from_start(&self, expression: &ExpressionDocument) -> bool {
        let is_from_start = |metric: &MetricDocument| {
            metric.kind == "counter"
                && !metric.observable
                && metric.labels.iter().all(|label| label.values.is_some())
        };
        metric(self.catalogues, expression).is_none_or(is_from_start)
            && expression.operands.iter().all(|operand| self.is_from_start(operand))
    }

    fn series(&self, expression: &ExpressionDocument, samples: Samples) -> Option<Selector> {
        let metric = metric(self.catalogues, expression)?;
        let mut selector = Selector::of(&samples.of(metric)?).of_series_of(metric);
        for (label, value) in &expression.with {
            selector = selector.with(label, value);
        }
        for (label, pattern) in self.target {
            selector = selector.with_any(label, pattern);
        }
        Some(selector)
    }

    fn increase(&self, amount: Amount, series: &Selector) -> String {
        match (self.window, amount) {
            (Window::SinceStart, _) => series.to_string(),
            (Window::Moving(window), Amount::InTime) => series.increase(window),
            (Window::Moving(window), _) => series.rate(window),
            (Window::TimeShown, Amount::PerSecond) => series.rate("$__rate_interval"),
            (Window::TimeShown, _) => series.increase("$__range"),
        }
    }
}

impl Query {
    fn call(text: String) -> Self {
        Self { text, is_operation: false }
    }

    fn operation(text: String) -> Self {
        Self { text, is_operation: true }
    }

    /// The text as a side of an operator.
    fn in_operation(self) -> String {
        if self.is_operation { format!("({})", self.text) } else { self.text }
    }
}

/// Whether the expression is an increase, per second or in the window, of what only grows.
fn is_increase(expression: &ExpressionDocument) -> bool {
    match expression.operation.as_str() {
        "rate" | "increase" => true,
        "total" => expression.operands.iter().all(is_increase),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics::catalogue::document::CatalogueDocument;

    use super::*;

    const TARGET: &[(&str, &str)] = &[("job", "$job")];

    fn catalogues() -> Catalogues {
        let json = include_str!("../../tests/fixtures/shop.json");
        Catalogues::of(vec![CatalogueDocument::from_json(json).unwrap()])
    }

    fn expression(json: &str) -> ExpressionDocument {
        serde_json::from_str(json).unwrap()
    }

    const PAID: &str = r#"{"operation": "rate", "metric": "shop_orders_paid_total"}"#;
    const REFUSED: &str = r#"{"operation": "rate", "metric": "shop_orders_refused_total"}"#;
    const VISITORS: &str = r#"{"operation": "rate", "metric": "shop_visitors_total"}"#;
    const GUESTS: &str = r#"{"operation": "sum", "metric": "shop_guests"}"#;

    fn of_operands(operation: &str, operands: &[&str]) -> ExpressionDocument {
        let operands = operands.join(", ");
        expression(&format!(r#"{{"operation": "{operation}", "operands": [{operands}]}}"#))
    }

    #[test]
    fn every_operation_of_a_metric_has_its_query() {
        let catalogues = catalogues();
        for (json, expected) in [
            (
                r#"{"operation": "rate", "metric": "shop_orders_paid_total", "by": ["payment"]}"#,
                r#"sum by (payment) (rate(shop_orders_paid_total{job=~"$job"}[5m]))"#,
            ),
            (
                r#"{"operation": "increase", "metric": "shop_checkout_duration_seconds",
                    "with": {"payment": "card"}}"#,
                "sum(increase(shop_checkout_duration_seconds_count\
                 {payment=\"card\", job=~\"$job\"}[5m]))",
            ),
            (GUESTS, r#"sum(shop_guests{job=~"$job"})"#),
            (
                r#"{"operation": "highest", "metric": "shop_door_state"}"#,
                r#"max(shop_door_state{job=~"$job"})"#,
            ),
            (
                r#"{"operation": "latest", "metric": "shop.shelf.fill", "by": ["shelf"]}"#,
                r#"shop_shelf_fill_ratio{job=~"$job"}"#,
            ),
            (
                r#"{"operation": "quantile", "metric": "shop_basket_size_bytes", "quantile": 0.5}"#,
                "histogram_quantile(0.5, sum by (le) \
                 (rate(shop_basket_size_bytes_bucket{job=~\"$job\"}[5m])))",
            ),
            (
                r#"{"operation": "mean", "metric": "shop_basket_size_bytes"}"#,
                "sum(rate(shop_basket_size_bytes_sum{job=~\"$job\"}[5m])) / \
                 (sum(rate(shop_basket_size_bytes_count{job=~\"$job\"}[5m])) != 0)",
            ),
        ] {
            let query = promql(&catalogues, &expression(json), "5m", TARGET);
            assert_eq!(query.as_deref(), Some(expected), "{json}");
        }
    }

    #[test]
    fn a_ratio_divides_by_no_zero_and_a_total_misses_no_part() {
        let catalogues = catalogues();
        let query = |expression| promql(&catalogues, &expression, "5m", &[]).unwrap();
        let rate = |of| format!("sum(rate(shop_{of}_total[5m]))");
        let [paid, refused] = ["orders_paid", "orders_refused"].map(rate);
        // The series of a visitor may have one value in all.
        let visitors = "sum(((shop_visitors_total unless shop_visitors_total offset 5m or \
                        increase(shop_visitors_total[5m])) / 300))";
        // The labels of these are closed, so they exist from the start.
        assert_eq!(query(of_operands("total", &[PAID, REFUSED])), format!("{paid} + {refused}"));
        assert_eq!(
            query(of_operands("ratio", &[REFUSED, PAID])),
            format!("{refused} / ({paid} != 0)")
        );
        assert_eq!(query(of_operands("total", &[PAID])), paid);
        // A visitor's card is not known before the visit.
        assert_eq!(
            query(of_operands("total", &[PAID, VISITORS])),
            format!("{paid} + {visitors} or {paid} or {visitors}")
        );
        assert_eq!(
            query(of_operands("ratio", &[VISITORS, PAID])),
            format!("({visitors} or {paid} * 0) / ({paid} != 0)")
        );
        assert_eq!(
            query(of_operands("total", &[PAID, VISITORS, PAID])),
            format!(
                "sum(label_replace({paid}, \"part\", \"0\", \"\", \"\") or label_replace({visitors}, \
                 \"part\", \"1\", \"\", \"\") or label_replace({paid}, \"part\", \"2\", \"\", \"\"))"
            )
        );
        // A gauge that is absent is not 0.
        assert_eq!(
            query(of_operands("ratio", &[GUESTS, PAID])),
            format!("sum(shop_guests) / ({paid} != 0)")
        );
    }

    #[test]
    fn what_has_no_time_in_its_unit_is_shown_since_the_start_after_a_burst() {
        let catalogues = catalogues();
        let query = |expression: &ExpressionDocument| {
            promql_of_time_shown(&catalogues, expression, TARGET).unwrap()
        };
        let since_start = |name: &str| format!(r#"sum({name}{{job=~"$job"}})"#);
        let shown = |name: &str| format!(r#"sum(increase({name}{{job=~"$job"}}[$__range]))"#);
        let ratio = |paid, refused| format!("{refused} / ({paid} != 0)");
        let (paid, refused) = ("shop_orders_paid_total", "shop_orders_refused_total");
        assert_eq!(
            query(&of_operands("ratio", &[REFUSED, PAID])),
            format!(
                "{} or {}",
                ratio(shown(paid), shown(refused)),
                ratio(since_start(paid), since_start(refused))
            )
        );
        let quantile =
            r#"{"operation": "quantile", "metric": "shop_basket_size_bytes", "quantile": 0.5}"#;
        let buckets = r#"shop_basket_size_bytes_bucket{job=~"$job"}"#;
        assert_eq!(
            query(&expression(quantile)),
            format!(
                "histogram_quantile(0.5, sum by (le) (increase({buckets}[$__range]))) or \
                 histogram_quantile(0.5, sum by (le) ({buckets}))"
            )
        );
        // Neither a value per second nor a gauge has one since the start.
        let rate = format!(r#"sum(rate({paid}{{job=~"$job"}}[$__rate_interval]))"#);
        assert_eq!(query(&expression(PAID)), rate);
        assert_eq!(
            query(&of_operands("ratio", &[GUESTS, PAID])),
            format!(r#"sum(shop_guests{{job=~"$job"}}) / ({rate} != 0)"#)
        );
    }

    #[test]
    fn what_the_catalogues_do_not_have_has_no_query() {
        let catalogues = catalogues();
        for json in [
            r#"{"operation": "rate", "metric": "shop_thefts_total"}"#,
            r#"{"operation": "sum", "metric": "shop_orders_paid_total"}"#,
            r#"{"operation": "forecast", "metric": "shop_guests"}"#,
            r#"{"operation": "ratio", "operands": []}"#,
            r#"{"operation": "total"}"#,
        ] {
            assert_eq!(promql(&catalogues, &expression(json), "5m", &[]), None, "{json}");
        }
    }
}
