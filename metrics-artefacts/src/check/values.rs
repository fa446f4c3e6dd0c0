//! Values of labels in matchers.

use std::collections::BTreeSet;

use osapi_metrics_rules::similar::nearest;
use promql_parser::label::{MatchOp, Matcher};

use super::{
    known::Declared,
    problem::{Problem, list, proposal},
    walk::Walk,
};
use crate::{catalogue::SampleKind, promql::literal_alternatives};

impl Walk<'_> {
    /// Judges the value of a matcher of a label that the metric can have.
    pub(super) fn value(&mut self, declared: &Declared, matcher: &Matcher) {
        if matcher.name == "le" && declared.kind == SampleKind::Bucket {
            return self.boundary(declared, matcher);
        }
        match declared.labels.get(&matcher.name) {
            Some(Some(values)) => self.closed_value(declared, matcher, values),
            Some(None) => self.open_value(declared, matcher),
            None => {}
        }
    }

    fn closed_value(&mut self, declared: &Declared, matcher: &Matcher, values: &BTreeSet<String>) {
        let has = |value: &str| value.is_empty() || values.contains(value);
        for unknown in unknown_values(matcher, has, values.iter().map(String::as_str)) {
            let (name, label) = (&declared.name, &matcher.name);
            let problem = match &unknown {
                Unknown::Value(value) => {
                    format!("the label `{label}` of `{name}` never has the value `{value}`")
                }
                Unknown::Pattern(pattern) => {
                    format!("no value of the label `{label}` of `{name}` matches `{pattern}`")
                }
            };
            let remedy = match &unknown {
                Unknown::Value(value) => {
                    proposal(value, values.iter().map(String::as_str), "its values are")
                }
                Unknown::Pattern(_) => Some(format!(
                    "its values are {}",
                    list(values.iter().map(String::as_str).take(12))
                )),
            };
            self.report(Problem { remedy, ..Problem::new("unknown-value", problem) });
        }
    }

    /// The value of a label that can have any. It is wrong only if it is the value of a handler in
    /// another spelling.
    fn open_value(&mut self, declared: &Declared, matcher: &Matcher) {
        let Some(of_handlers) = declared.of_handlers.get(&matcher.name) else { return };
        let values = match matcher.op {
            MatchOp::Equal | MatchOp::NotEqual => vec![matcher.value.clone()],
            _ => literal_alternatives(&matcher.value).unwrap_or_default(),
        };
        for value in values.iter().filter(|value| !of_handlers.contains(*value)) {
            let same = of_handlers.iter().find(|known| simplified(known) == simplified(value));
            let Some(same) = same else { continue };
            let problem = format!("no handler has `{value}` as its `{}`", matcher.name);
            let remedy = format!("did you mean `{same}`?");
            self.report(Problem::new("unknown-value", problem).remedy(remedy));
        }
    }

    fn boundary(&mut self, declared: &Declared, matcher: &Matcher) {
        if declared.boundaries.is_empty() {
            return;
        }
        let spellings: Vec<_> =
            declared.boundaries.iter().flat_map(|boundary| spellings(*boundary)).collect();
        let is_boundary = |value: &str| {
            let number = value.parse::<f64>();
            // Prometheus writes numbers in several ways, as in `1e+06`.
            value == "+Inf" || number.is_ok_and(|number| declared.boundaries.contains(&number))
        };
        let known = spellings.iter().map(String::as_str).chain(["+Inf"]);
        for unknown in unknown_values(matcher, is_boundary, known) {
            let name = &declared.name;
            let problem = match &unknown {
                Unknown::Value(value) => format!("`{name}` has no boundary `{value}`"),
                Unknown::Pattern(pattern) => format!("no boundary of `{name}` matches `{pattern}`"),
            };
            let remedy = match &unknown {
                Unknown::Value(value) => nearest_boundary(value, &declared.boundaries),
                Unknown::Pattern(_) => None,
            };
            let remedy = remedy.unwrap_or_else(|| {
                let boundaries = declared.boundaries.iter().map(ToString::to_string);
                let boundaries: Vec<_> = boundaries.collect();
                format!("the boundaries are {}", boundaries.join(", "))
            });
            self.report(Problem::new("unknown-boundary", problem).remedy(remedy));
        }
    }
}

/// A value that no series has.
enum Unknown {
    Value(String),
    /// A regular expression that matches no value.
    Pattern(String),
}

fn unknown_values<'a>(
    matcher: &Matcher,
    has: impl Fn(&str) -> bool,
    mut known: impl Iterator<Item = &'a str>,
) -> Vec<Unknown> {
    let values = match &matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => vec![matcher.value.clone()],
        MatchOp::Re(pattern) | MatchOp::NotRe(pattern) => {
            match literal_alternatives(&matcher.value) {
                Some(values) => values,
                None if pattern.is_match("") || known.any(|value| pattern.is_match(value)) => {
                    return Vec::new();
                }
                None => return vec![Unknown::Pattern(matcher.value.clone())],
            }
        }
    };
    values.into_iter().filter(|value| !has(value)).map(Unknown::Value).collect()
}

/// A value without what people write in different ways.
fn simplified(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How a boundary is written: a text exposition has `5.0`, and one of protobuf `5`.
fn spellings(boundary: f64) -> [String; 2] {
    [boundary.to_string(), format!("{boundary:?}")]
}

fn nearest_boundary(value: &str, boundaries: &[f64]) -> Option<String> {
    let Ok(value) = value.parse::<f64>() else {
        let known: Vec<_> = boundaries.iter().map(ToString::to_string).collect();
        let found = nearest(value, known.iter().map(String::as_str));
        return found.map(|boundary| format!("did you mean `{boundary}`?"));
    };
    if value == f64::INFINITY {
        return Some("did you mean `+Inf`?".to_owned());
    }
    let below =
        boundaries.iter().copied().filter(|boundary| *boundary < value).max_by(f64::total_cmp);
    let above =
        boundaries.iter().copied().filter(|boundary| *boundary > value).min_by(f64::total_cmp);
    match (below, above) {
        (Some(below), Some(above)) => Some(format!("the nearest ones are `{below}` and `{above}`")),
        (Some(nearest), None) | (None, Some(nearest)) => {
            Some(format!("the nearest one is `{nearest}`"))
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_problems, assert_right};

    #[test]
    fn closed_labels_have_their_values_only() {
        assert_right(&[
            "rate(shop_orders_total{paid=~\"true|false\"}[5m])",
            "rate(shop_orders_total{paid=~\"t.*\", operation=\"anything\"}[5m])",
            "rate(shop_orders_total{paid=~\"$paid\"}[5m])",
            "rate(shop_orders_total{paid!=\"\"}[5m])",
            "rate(shop_orders_total{paid=\"\"}[5m])",
            "rate(shop_orders_total{paid=~\".*\", paid!~\"\"}[5m])",
        ]);
        assert_problems(&[
            (
                "rate(shop_orders_total{paid=\"yes\"}[5m])",
                &[
                    "the label `paid` of `shop_orders_total` never has the value `yes`; its values are \
                   `false`, `true`",
                ],
            ),
            (
                "rate(shop_payments_total{result=~\"ok|faild\"}[5m])",
                &[
                    "the label `result` of `shop_payments_total` never has the value `faild`; did you \
                   mean `failed`?",
                ],
            ),
            (
                "rate(shop_payments_total{result!=\"refuse\"}[5m])",
                &[
                    "the label `result` of `shop_payments_total` never has the value `refuse`; did you \
                   mean `refused`?",
                ],
            ),
            (
                "rate(shop_payments_total{result!~\"4..\"}[5m])",
                &[
                    "no value of the label `result` of `shop_payments_total` matches `4..`; its values \
                   are `failed`, `ok`, `refused`",
                ],
            ),
        ]);
    }

    #[test]
    fn a_value_of_a_handler_is_known_by_another_spelling() {
        assert_right(&["rate(shop_orders_total{operation=~\"resize_image|resize_video\"}[5m])"]);
        assert_problems(&[(
            "rate(shop_orders_total{operation=\"Resize-Image\"}[5m])",
            &["no handler has `Resize-Image` as its `operation`; did you mean `resize_image`?"],
        )]);
    }

    #[test]
    fn boundaries_have_two_spellings() {
        assert_right(&[
            "rate(shop_wait_seconds_bucket{le=\"5\"}[5m])",
            "rate(shop_wait_seconds_bucket{le=\"5.0\"}[5m])",
            "rate(shop_wait_seconds_bucket{le=\"+Inf\"}[5m])",
            "rate(shop_wait_seconds_bucket{le=~\"5(\\\\.0)?\"}[5m])",
            "rate(shop_wait_seconds_bucket{le=~\"0.25|5|5.0\"}[5m])",
            "rate(shop_wait_seconds_bucket{le!=\"+Inf\"}[5m])",
        ]);
        assert_problems(&[
            (
                "rate(shop_wait_seconds_bucket{le=\"3\"}[5m])",
                &[
                    "`shop_wait_seconds_bucket` has no boundary `3`; the nearest ones are `1` and `5`",
                ],
            ),
            (
                "rate(shop_wait_seconds_bucket{le=\"60\"}[5m])",
                &["`shop_wait_seconds_bucket` has no boundary `60`; the nearest one is `30`"],
            ),
            (
                "rate(shop_wait_seconds_bucket{le=~\"2(\\\\.0)?\"}[5m])",
                &[
                    "no boundary of `shop_wait_seconds_bucket` matches `2(\\.0)?`; the boundaries are \
                   0.25, 1, 5, 30",
                ],
            ),
            (
                "rate(shop_wait_seconds_bucket{le=\"Inf\"}[5m])",
                &["`shop_wait_seconds_bucket` has no boundary `Inf`; did you mean `+Inf`?"],
            ),
        ]);
    }
}
