use std::time::Duration;

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, spanned::Spanned};

use crate::{
    attribute::{Entries, Errors, Text, Value, no_duration},
    instrumented_job::spec::Slo,
};

const EXAMPLE: &str = "slo(latency = \"5s\", target = 0.99)";

/// The keys of an objective. `min_events` may be left out.
const KEYS: [&str; 3] = ["latency", "target", "min_events"];

/// Reads `slo(latency = "5s", target = 0.99, min_events = 50)`.
pub(super) fn check_slo(entries: &Entries, errors: &mut Errors) -> Option<Slo> {
    let entry = entries.get("slo")?;
    let Value::List(tokens) = &entry.value else {
        errors.report_on(entry.written(), format!("the objective is missing; write `{EXAMPLE}`"));
        return None;
    };
    let slo = Entries::inside(tokens.clone(), "latency", errors);
    slo.check_keys(&KEYS, errors);
    let (latency, target) = (latency(&slo, errors), target(&slo, errors));
    let min_events = min_events(&slo, errors);
    if slo.is_complete() && !slo.has_unknown(&KEYS) {
        for key in ["latency", "target"] {
            if slo.get(key).is_none() {
                let message = format!("the objective has no `{key}`; write `{EXAMPLE}`");
                errors.report(entry.key.span(), message);
            }
        }
    }
    let (latency, written) = latency?;
    Some(Slo { latency, written, target: target?, min_events })
}

fn latency(slo: &Entries, errors: &mut Errors) -> Option<(Duration, Text)> {
    let (latency, written) = slo.duration("latency", "the latency", errors)?;
    if latency.is_zero() {
        errors.report(written.span, no_duration(&written.value));
        return None;
    }
    Some((latency, written))
}

fn target(slo: &Entries, errors: &mut Errors) -> Option<f64> {
    let entry = slo.get("target")?;
    let (number, at): (Option<f64>, Span) = match &entry.value {
        Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Float(number), .. }))
            if number.suffix().is_empty() =>
        {
            (number.base10_parse().ok(), number.span())
        }
        Value::Assigned(other) => (None, other.span()),
        Value::Flag | Value::List(_) => (None, entry.key.span()),
    };
    let target = number.filter(|target| 0.0 < *target && *target < 1.0);
    if target.is_none() {
        errors.report(
            at,
            "the target is the share of good jobs, between 0 and 1; write `target = 0.99`",
        );
    }
    target
}

/// The fewest jobs in the shortest window of an alert for which the objective counts.
fn min_events(slo: &Entries, errors: &mut Errors) -> Option<u64> {
    let entry = slo.get("min_events")?;
    if let Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) = &entry.value
        && number.suffix().is_empty()
        && let Ok(min_events @ 1..) = number.base10_parse()
    {
        return Some(min_events);
    }
    errors.report_on(
        entry.written(),
        "`min_events` is a number of jobs, at least 1; write `min_events = 50`",
    );
    None
}
