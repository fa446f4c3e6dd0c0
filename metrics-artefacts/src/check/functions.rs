//! Functions, and what they are applied to.

use promql_parser::parser::{Call, Expr};

use super::{
    labels::{Labels, Presence},
    problem::Problem,
    series::Series,
    walk::Walk,
};
use crate::promql::{ANY, ANY_OF_RANGE, ANY_OF_VECTOR};

/// Functions of samples that only grow.
const OF_COUNTERS: [&str; 4] = ["increase", "irate", "rate", "resets"];
/// Functions of samples that go up and down.
const OF_GAUGES: [&str; 6] =
    ["delta", "deriv", "double_exponential_smoothing", "holt_winters", "idelta", "predict_linear"];
/// Functions whose results say nothing of the values, or how they change.
const OF_ANY: [&str; 9] = [
    "changes",
    "count_over_time",
    "present_over_time",
    "start_timestamp",
    "timestamp",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
];

impl Walk<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Series {
        let name = call.func.name;
        let arguments: Vec<_> = call.args.args.iter().map(|argument| self.expr(argument)).collect();
        let first = || arguments.iter().find(|series| !series.is_scalar).cloned();
        match name {
            _ if OF_COUNTERS.contains(&name) => self.of_counter(name, first()),
            _ if OF_GAUGES.contains(&name) => self.of_gauge(name, first()),
            _ if OF_ANY.contains(&name) => first().unwrap_or_else(Series::any).computed(),
            "absent" | "absent_over_time" | "info" | ANY_OF_RANGE | ANY_OF_VECTOR => Series::any(),
            "histogram_quantile" => self.histogram_quantile(call, first()),
            "quantile_over_time" => {
                self.quantile_in_range(name, call.args.args.first().map(|quantile| &**quantile));
                first().unwrap_or_else(Series::any)
            }
            "label_replace" => self.label_replace(call, first(), &[3]),
            "label_join" => {
                let sources: Vec<_> = (3..call.args.args.len()).collect();
                self.label_replace(call, first(), &sources)
            }
            "vector" => Series::of_labels(Labels::none()),
            "scalar" => {
                let of = first().unwrap_or_else(Series::any);
                Series { bare: of.bare, lost: of.lost, ..Series::scalar() }
            }
            "sort_by_label" | "sort_by_label_desc" => {
                let series = first().unwrap_or_else(Series::any);
                for label in call.args.args.iter().skip(1).filter_map(|label| text(label)) {
                    self.has_label(&series, label, name);
                }
                series
            }
            _ => match first() {
                Some(series) => Series { samples: None, ..series },
                // `time()` is a number, and `hour()` a vector of one series.
                None => Series::scalar(),
            },
        }
    }

    fn of_counter(&mut self, function: &str, series: Option<Series>) -> Series {
        let series = series.unwrap_or_else(Series::any);
        if let Some((name, _)) = series.samples.as_ref().filter(|(_, k)| !k.is_cumulative()) {
            let problem = format!("`{function}` of `{name}`, which goes up and down");
            let remedy = match function {
                "resets" => "use `changes`".to_owned(),
                "irate" => "use `idelta`, or the value itself".to_owned(),
                _ => "use `delta` or `deriv`, or the value itself".to_owned(),
            };
            self.report(Problem::new("rate-of-gauge", problem).remedy(remedy));
        }
        series.computed()
    }

    fn of_gauge(&mut self, function: &str, series: Option<Series>) -> Series {
        let series = series.unwrap_or_else(Series::any);
        if let Some((name, _)) = series.samples.as_ref().filter(|(_, k)| k.is_cumulative()) {
            let problem = format!(
                "`{function}` of `{name}`, which only grows and begins anew with a process"
            );
            let remedy = match function {
                "delta" => "use `increase`",
                "idelta" => "use `irate`",
                "deriv" => "use `rate`",
                _ => "apply it to `rate(…)` in a subquery",
            };
            self.report(Problem::new("gauge-function-of-counter", problem).remedy(remedy));
        }
        series.computed()
    }

    /// `label_replace` and `label_join`: labels that are read, and one that is made.
    fn label_replace(&mut self, call: &Call, series: Option<Series>, sources: &[usize]) -> Series {
        let mut series = series.unwrap_or_else(Series::any);
        let argument = |nth: usize| call.args.args.get(nth).and_then(|argument| text(argument));
        for label in sources.iter().filter_map(|&nth| argument(nth)) {
            // An empty name of a source is a constant value.
            if !label.is_empty() {
                self.has_label(&series, label, call.func.name);
            }
        }
        series.labels = match argument(1) {
            Some(made) if !made.contains(ANY) => series.labels.with(made, Presence::Possible),
            _ => Labels::Any,
        };
        Series { samples: None, ..series }
    }

    /// Reports a label that series do not have.
    pub(super) fn has_label(&mut self, series: &Series, label: &str, asked_by: &str) {
        if label.contains(ANY) || series.labels.has(label) {
            return;
        }
        let problem = format!("{} has no label `{label}` for `{asked_by}`", series.shown());
        let remedy = self.known.labels_of(series, label);
        self.report(Problem::new("unknown-label", problem).remedy(remedy));
    }
}

/// The text of a literal.
fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(&literal.val),
        Expr::Paren(inner) => text(&inner.expr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_problems, assert_right};

    #[test]
    fn functions_of_counters_and_of_gauges_are_not_mixed_up() {
        assert_right(&[
            "rate(shop_orders_total[5m])",
            "increase(shop_wait_seconds_sum[5m])",
            "deriv(shop_guests[5m])",
            "delta(shop_guests[5m])",
            "changes(shop_guests[5m])",
            "changes(shop_orders_total[5m])",
            "max_over_time(rate(shop_orders_total[5m])[1h:])",
            "deriv(rate(shop_orders_total[5m])[1h:])",
            "$function(shop_guests[5m])",
            "$function(shop_orders_total[5m])",
        ]);
        assert_problems(&[
            (
                "sum(rate(shop_guests[5m]))",
                &[
                    "`rate` of `shop_guests`, which goes up and down; use `delta` or `deriv`, or the \
                   value itself",
                ],
            ),
            (
                "resets(shop_guests[5m])",
                &["`resets` of `shop_guests`, which goes up and down; use `changes`"],
            ),
            (
                "irate(shop_guests[5m:1m])",
                &[
                    "`irate` of `shop_guests`, which goes up and down; use `idelta`, or the value itself",
                ],
            ),
            (
                "delta(shop_orders_total[5m])",
                &[
                    "`delta` of `shop_orders_total`, which only grows and begins anew with a process; use \
                   `increase`",
                ],
            ),
            (
                "predict_linear(shop_wait_seconds_count[5m], 60)",
                &[
                    "`predict_linear` of `shop_wait_seconds_count`, which only grows and begins anew with \
                   a process; apply it to `rate(…)` in a subquery",
                ],
            ),
        ]);
    }

    #[test]
    fn the_value_of_a_counter_is_seldom_meant() {
        assert_right(&[
            // A ratio or a difference of two sums since the start.
            "sum(shop_orders_total{paid=\"true\"}) / sum(shop_orders_total)",
            "100 * (1 - sum(shop_orders_total{paid=\"true\"}) / sum(shop_orders_total))",
            "shop_wait_seconds_sum / shop_wait_seconds_count > 1",
            "sum(shop_payments_total) / (sum(shop_payments_total) + sum(shop_refunds_total))",
            "shop_payments_total - shop_refunds_total",
            "shop_payments_total - shop_payments_total offset 5m",
            "sum(shop_orders_total) > sum(shop_payments_total)",
            // Whether there are series, and when.
            "absent(shop_orders_total)",
            "count by (paid) (shop_orders_total)",
            "group(shop_orders_total)",
            "timestamp(shop_orders_total)",
            "shop_guests and on (job) shop_orders_total",
            "shop_guests unless on (job) shop_orders_total > 0",
            // What a new series begins with.
            "shop_orders_total unless last_over_time(shop_orders_total[1h] offset 5m)",
            "present_over_time(shop_orders_total[5m])",
            // Whether something was counted.
            "sum(shop_orders_total) == 0",
            // The quantile since the start.
            "histogram_quantile(0.9, sum by (le) (shop_wait_seconds_bucket))",
        ]);
        let bare = |name: &str| {
            format!(
                "the value of `{name}` only grows and begins anew with a process; use \
                 `rate({name}[…])` or `increase({name}[…])`"
            )
        };
        let orders = bare("shop_orders_total");
        for query in [
            "shop_orders_total",
            "sum by (paid) (shop_orders_total) > 10",
            "topk(5, shop_orders_total)",
            "avg_over_time(shop_orders_total[5m])",
            "sum(shop_orders_total) / 60",
            "shop_orders_total * on (job, instance) group_left shop_guests",
            "label_replace(shop_orders_total, \"a\", \"b\", \"\", \"\")",
            "-shop_orders_total",
        ] {
            assert_problems(&[(query, &[&orders])]);
        }
    }

    #[test]
    fn labels_that_functions_read_and_make_are_known() {
        assert_right(&[
            "sum by (kind) (label_replace(shop_guests, \"kind\", \"$1\", \"job\", \"(.*)\"))",
            "sum by (a) (label_join(shop_guests, \"a\", \"-\", \"job\", \"instance\"))",
            "sort_by_label(rate(shop_orders_total[5m]), \"paid\")",
        ]);
        assert_problems(&[
            (
                "label_replace(rate(shop_orders_total[5m]), \"a\", \"$1\", \"pait\", \"(.*)\")",
                &[
                    "`shop_orders_total` has no label `pait` for `label_replace`; did you mean `paid`?",
                ],
            ),
            (
                "label_join(sum by (paid) (rate(shop_orders_total[5m])), \"a\", \"-\", \"paid\", \"job\")",
                &["the result here has no label `job` for `label_join`; it has `paid`"],
            ),
        ]);
    }
}
