use std::time::Duration;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, spanned::Spanned};

use crate::{
    attribute::{Entries, Errors, Text, Value},
    instrumented_job::spec::Slo,
};

const EXAMPLE: &str = "slo(latency = \"5s\", target = 0.99)";

/// Reads `slo(latency = "5s", target = 0.99)`.
pub(super) fn check_slo(entries: &Entries, errors: &mut Errors) -> Option<Slo> {
    let entry = entries.get("slo")?;
    let Value::List(tokens) = &entry.value else {
        errors.report_on(entry.written(), format!("the objective is missing; write `{EXAMPLE}`"));
        return None;
    };
    let slo = Entries::inside(tokens.clone(), "latency", errors);
    slo.check_keys(&["latency", "target"], errors);
    let (latency, target) = (latency(&slo, errors), target(&slo, errors));
    if slo.is_complete() && !slo.has_unknown(&["latency", "target"]) {
        for key in ["latency", "target"] {
            if slo.get(key).is_none() {
                let message = format!("the objective has no `{key}`; write `{EXAMPLE}`");
                errors.report(entry.key.span(), message);
            }
        }
    }
    let (latency, written) = latency?;
    Some(Slo { latency, written, target: target? })
}

fn latency(slo: &Entries, errors: &mut Errors) -> Option<(Duration, Text)> {
    if let Some(Value::Assigned(Expr::Lit(
        seconds @ ExprLit { lit: Lit::Int(_) | Lit::Float(_), .. },
    ))) = slo.get("latency").map(|entry| &entry.value)
    {
        let message = format!(
            "the latency is a number with its unit, in quotes; write `latency = \"{}s\"`",
            seconds.to_token_stream()
        );
        errors.report_on(seconds, message);
        return None;
    }
    let written = slo.text("latency", errors)?;
    let latency =
        humantime::parse_duration(&written.value).ok().filter(|latency| !latency.is_zero());
    if latency.is_none() {
        let message = format!(
            "`{}` is no length of time; give a number with its unit, such as `5s`, `500ms` or \
             `1m 30s`",
            written.value
        );
        errors.report(written.span, message);
    }
    Some((latency?, written))
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
