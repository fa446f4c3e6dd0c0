//! Quantiles of histograms.

use promql_parser::parser::{Call, Expr};

use super::{
    problem::{Problem, list},
    series::Series,
    walk::Walk,
};

const WITHOUT_LE: &str = "quantile-without-le";
const MIXED: &str = "mixed-boundaries";

impl Walk<'_> {
    pub(super) fn histogram_quantile(&mut self, call: &Call, series: Option<Series>) -> Series {
        self.quantile_in_range(
            "histogram_quantile",
            call.args.args.first().map(|quantile| &**quantile),
        );
        let mut series = series.unwrap_or_else(Series::any);
        if !series.labels.has("le") {
            let lost = std::mem::take(&mut series.lost);
            let problem = if !lost.is_empty() {
                Problem::new(
                    WITHOUT_LE,
                    "`histogram_quantile` of buckets that were aggregated over `le`",
                )
                .remedy("keep the label: `by (le, …)`")
            } else if let Some(name) = series.others.first() {
                let remedy = self.buckets_of(name);
                let problem = format!("`histogram_quantile` of `{name}`, which is not a bucket");
                Problem { remedy, ..Problem::new(WITHOUT_LE, problem) }
            } else {
                Problem::new(WITHOUT_LE, "`histogram_quantile` of series without the label `le`")
                    .remedy("keep the label: `by (le, …)`")
            };
            self.report(problem);
        }
        series.lost.clear();
        series.buckets.clear();
        series.labels = series.labels.without(&["le".to_owned()]);
        // Without `rate` it is the quantile since the start, which is right for a burst.
        series.computed()
    }

    /// Buckets that a query adds up over all boundaries, each of which has the ones below in it.
    pub(super) fn report_lost(&mut self, series: &Series) {
        let mut names: Vec<_> = series.lost.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return;
        }
        let problem = format!(
            "{} is aggregated over `le`, so values count several times",
            list(names.iter().copied())
        );
        let counts: Vec<_> = names
            .iter()
            .filter_map(|name| name.strip_suffix("_bucket"))
            .map(|name| format!("{name}_count"))
            .collect();
        let remedy =
            format!("keep the label `le`, or use {}", list(counts.iter().map(String::as_str)));
        self.report(Problem::new(WITHOUT_LE, problem).remedy(remedy));
    }

    /// Buckets of series with different boundaries that a query adds up: the sum of a boundary
    /// lacks the series without it.
    pub(super) fn report_mixed(&mut self, name: &str, apart: &[String]) {
        let problem = format!(
            "`{name}` is aggregated over {}, and its handlers have different boundaries",
            list(apart.iter().map(String::as_str))
        );
        let kept = apart.iter().map(String::as_str).chain(["le"]).collect::<Vec<_>>().join(", ");
        let remedy = format!("keep what distinguishes them: `by ({kept})`, or choose one handler");
        self.report(Problem::new(MIXED, problem).remedy(remedy));
    }

    /// Reports a quantile that is a literal outside of 0 to 1.
    pub(super) fn quantile_in_range(&mut self, function: &str, quantile: Option<&Expr>) {
        let Some(value) = quantile.and_then(number) else { return };
        if (0.0..=1.0).contains(&value) {
            return;
        }
        let problem = format!("`{function}` of the quantile {value}, which is not between 0 and 1");
        let problem = Problem::new("quantile-out-of-range", problem);
        self.report(if (1.0..=100.0).contains(&value) {
            problem.remedy(format!("use {}", value / 100.0))
        } else {
            problem
        });
    }

    fn buckets_of(&self, name: &str) -> Option<String> {
        let of = name.strip_suffix("_count").or_else(|| name.strip_suffix("_sum")).unwrap_or(name);
        let buckets = format!("{of}_bucket");
        self.known.has_declared(&buckets).then(|| format!("use `{buckets}`"))
    }
}

/// The number of a literal.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(literal) => Some(literal.val),
        Expr::Paren(inner) => number(&inner.expr),
        Expr::Unary(inner) => number(&inner.expr).map(|value| -value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_problems, assert_right};

    #[test]
    fn quantiles_are_of_buckets_with_their_boundaries() {
        assert_right(&[
            "histogram_quantile(0.95, rate(shop_wait_seconds_bucket[5m]))",
            "histogram_quantile(0.95, sum by (operation, le) (rate(shop_wait_seconds_bucket[5m])))",
            "histogram_quantile(0.95, sum without (operation) (rate(shop_wait_seconds_bucket[5m])))",
            "histogram_quantile($quantile, sum by ($by, le) (rate(shop_wait_seconds_bucket[5m])))",
            "histogram_quantile(0.95, sum by ($by) (rate(shop_wait_seconds_bucket[5m])))",
        ]);
        assert_problems(&[
            (
                "histogram_quantile(0.95, sum by (operation) (rate(shop_wait_seconds_bucket[5m])))",
                &[
                    "`histogram_quantile` of buckets that were aggregated over `le`; keep the label: \
                   `by (le, …)`",
                ],
            ),
            (
                "histogram_quantile(0.95, rate(shop_wait_seconds_count[5m]))",
                &["`histogram_quantile` of `shop_wait_seconds_count`, which is not a bucket; use \
                   `shop_wait_seconds_bucket`"],
            ),
            (
                "histogram_quantile(0.95, shop_guests)",
                &["`histogram_quantile` of `shop_guests`, which is not a bucket"],
            ),
            (
                "histogram_quantile(95, rate(shop_wait_seconds_bucket[5m]))",
                &[
                    "`histogram_quantile` of the quantile 95, which is not between 0 and 1; use 0.95",
                ],
            ),
            (
                "quantile(-1, shop_guests) or quantile_over_time(1.5, shop_guests[5m])",
                &[
                    "`quantile` of the quantile -1, which is not between 0 and 1",
                    "`quantile_over_time` of the quantile 1.5, which is not between 0 and 1; use 0.015",
                ],
            ),
        ]);
    }

    #[test]
    fn buckets_are_not_added_up() {
        assert_right(&[
            "sum by (le) (rate(shop_wait_seconds_bucket[5m]))",
            "sum(rate(shop_wait_seconds_bucket{le=\"5\"}[5m]))",
            "count(shop_wait_seconds_bucket)",
        ]);
        assert_problems(&[(
            "sum by (operation) (rate(shop_wait_seconds_bucket[5m]))",
            &[
                "`shop_wait_seconds_bucket` is aggregated over `le`, so values count several times; keep \
               the label `le`, or use `shop_wait_seconds_count`",
            ],
        )]);
    }
}
