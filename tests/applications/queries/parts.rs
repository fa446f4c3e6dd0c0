//! What has to have data so that an alert can fire. The result of an alert's expression is empty as
//! long as all is well: its parts are what is left without the comparisons.

use std::collections::BTreeSet;

use promql_parser::{
    label::{MatchOp, Matcher},
    parser::{self, Call, Expr, VectorSelector},
};

/// The queries for the parts of an expression, of the series of a job:
///
/// * each selector, with the function of its range, and without an offset,
/// * each side of `and`, `or`, `unless` and of a comparison, without the comparisons in it.
///
/// What has to be absent is asked for as if it had to be there.
///
/// Series that recording rules write (`records`) are of every job.
pub(super) fn parts(expression: &str, job: &str, records: &BTreeSet<String>) -> BTreeSet<String> {
    let parsed = parser::parse(expression);
    let mut expr = parsed.unwrap_or_else(|error| panic!("{expression}: {error}"));
    each_selector(&mut expr, &mut |selector| {
        (selector.offset, selector.at) = (None, None);
        if !selector.name.as_ref().is_some_and(|name| records.contains(name)) {
            let of_job = Matcher::new(MatchOp::Equal, "job", job);
            selector.matchers.matchers.push(of_job);
        }
    });
    without_absence(&mut expr);
    let mut parts = BTreeSet::new();
    add(&expr, &mut parts);
    parts
}

/// Replaces `absent(…)` and `absent_over_time(…)` with what would be absent.
fn without_absence(expr: &mut Expr) {
    if let Expr::Call(call) = expr
        && call.func.name.starts_with("absent")
        && let [of] = &call.args.args[..]
    {
        *expr = match &**of {
            Expr::MatrixSelector(range) => Expr::VectorSelector(range.vs.clone()),
            of => of.clone(),
        };
    }
    children(expr).into_iter().for_each(without_absence);
}

/// The names of samples that a query selects.
pub(super) fn names(query: &str) -> BTreeSet<String> {
    let parsed = parser::parse(query);
    let mut expr = parsed.unwrap_or_else(|error| panic!("{query}: {error}"));
    let mut names = BTreeSet::new();
    each_selector(&mut expr, &mut |selector| names.extend(selector.name.clone()));
    names
}

fn add(expr: &Expr, parts: &mut BTreeSet<String>) {
    if let Expr::Binary(operation) = expr
        && (operation.op.is_set_operator() || operation.op.is_comparison_operator())
    {
        add(&operation.lhs, parts);
        add(&operation.rhs, parts);
        return;
    }
    if let Expr::Paren(inside) = expr {
        return add(&inside.expr, parts);
    }
    let mut whole = expr.clone();
    let is_of_series = each_selector(&mut whole, &mut |_| {}) > 0;
    if is_of_series {
        selectors(expr, parts);
        without_comparisons(&mut whole);
        parts.insert(whole.to_string());
    }
}

/// Adds each selector, a range with the function of it.
fn selectors(expr: &Expr, parts: &mut BTreeSet<String>) {
    match expr {
        Expr::VectorSelector(_) => {
            parts.insert(expr.to_string());
        }
        Expr::Call(call) if call.args.args.iter().any(|argument| is_range(argument)) => {
            parts.insert(expr.to_string());
        }
        _ => children(&mut expr.clone()).into_iter().for_each(|child| selectors(child, parts)),
    }
}

fn is_range(expr: &Expr) -> bool {
    matches!(expr, Expr::MatrixSelector(_))
}

/// Replaces each comparison with its left side.
fn without_comparisons(expr: &mut Expr) {
    if let Expr::Binary(operation) = expr
        && operation.op.is_comparison_operator()
    {
        *expr = (*operation.lhs).clone();
        return without_comparisons(expr);
    }
    children(expr).into_iter().for_each(without_comparisons);
}

/// Changes each selector, and returns their number.
fn each_selector(expr: &mut Expr, change: &mut impl FnMut(&mut VectorSelector)) -> usize {
    match expr {
        Expr::VectorSelector(selector) => change(selector),
        Expr::MatrixSelector(range) => change(&mut range.vs),
        _ => {
            return children(expr).into_iter().map(|child| each_selector(child, change)).sum();
        }
    }
    1
}

fn children(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Aggregate(of) => {
            of.param.iter_mut().map(|parameter| &mut **parameter).chain([&mut *of.expr]).collect()
        }
        Expr::Unary(of) => vec![&mut *of.expr],
        Expr::Binary(of) => vec![&mut *of.lhs, &mut *of.rhs],
        Expr::Paren(of) => vec![&mut *of.expr],
        Expr::Subquery(of) => vec![&mut *of.expr],
        Expr::Call(Call { args, .. }) => {
            args.args.iter_mut().map(|argument| &mut **argument).collect()
        }
        Expr::MatrixSelector(_)
        | Expr::VectorSelector(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::Extension(_) => Vec::new(),
    }
}

#[test]
fn an_alert_has_parts() {
    let records = BTreeSet::from(["a:b".to_owned()]);
    let of = |expression| parts(expression, "shop", &records).into_iter().collect::<Vec<_>>();
    assert_eq!(
        of("sum(increase(x{a=\"b\"}[5m])) / (sum(rate(y[1h] offset 1h)) >= 10) > 0.1"),
        [
            "increase(x{a=\"b\",job=\"shop\"}[5m])",
            "rate(y{job=\"shop\"}[1h])",
            "sum(increase(x{a=\"b\",job=\"shop\"}[5m])) / (sum(rate(y{job=\"shop\"}[1h])))",
        ]
    );
    assert_eq!(
        of("(x > 0 or (x unless a:b)) > 0 and on () max(y) > time() - 60"),
        ["a:b", "max(y{job=\"shop\"})", "x{job=\"shop\"}", "y{job=\"shop\"}"]
    );
    assert_eq!(of("absent(x) or absent_over_time(y[5m])"), ["x{job=\"shop\"}", "y{job=\"shop\"}"]);
}
