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
const OF_ANY: [&str; 8] = [
    "changes",
    "count_over_time",
    "present_over_time",
    "start_timestamp",
    "timestamp",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
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
                self.quantile_in_range(name, call.args.args.first());
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
        self.report(Problem {
            remedy: self.labels_of(series, label),
            ..Problem::new("unknown-label", problem)
        });
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
