use std::time::Duration;

use osapi_metrics_rules::{
    Comparison, InstrumentKind, Limit, SeverityViolation, check_severities, explain_quantile,
    explain_quantile_threshold, explain_ratio_threshold, explain_threshold_value,
};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, spanned::Spanned};

use crate::{
    attribute::{Buckets, Entries, Errors, Text, Value, number},
    metric_set::{
        key::reject_key,
        spec::{MetricName, Severity, Threshold},
    },
};

/// The keys of a threshold.
pub(super) const THRESHOLD_KEYS: [&str; 6] =
    ["above", "below", "at_least", "at_most", "quantile", "lasting"];

/// A threshold as it was written, with the places of its parts.
struct Written {
    threshold: Threshold,
    comparison: Span,
    value: TokenStream,
    lasting: Option<Span>,
}

/// The one comparison of a threshold, and its value, with their places.
struct Compared {
    comparison: Comparison,
    at: Span,
    value: f64,
    written: TokenStream,
}

/// Reads `warning(above = 0.8, lasting = "15m")` and `critical(…)`, and checks rules T1, T2 and T4,
/// and T3 unless a constant has the boundaries.
pub(super) fn check_thresholds(
    kind: InstrumentKind,
    name: &MetricName,
    unit: Option<&Text>,
    buckets: &Buckets,
    entries: &Entries,
    errors: &mut Errors,
) -> Vec<Threshold> {
    let [warning, critical] = [Severity::Warning, Severity::Critical]
        .map(|severity| read(severity, kind, entries, errors));
    for Written { threshold: Threshold { limit, .. }, value, .. } in
        [&warning, &critical].into_iter().flatten()
    {
        let unit = unit.map(|unit| unit.value.as_str());
        let unreachable = match buckets {
            Buckets::Listed(boundaries) => {
                explain_quantile_threshold(limit.comparison, limit.value, boundaries)
            }
            _ => explain_ratio_threshold(&name.value, kind, unit, limit.value),
        };
        if let Some(mistake) = unreachable {
            errors.report_on(value, mistake);
        }
    }
    if let (Some(warning), Some(critical)) = (&warning, &critical) {
        check_both(warning, critical, errors);
    }
    [warning, critical].into_iter().flatten().map(|written| written.threshold).collect()
}

fn check_both(warning: &Written, critical: &Written, errors: &mut Errors) {
    let (of_warning, of_critical) = (&warning.threshold.limit, &critical.threshold.limit);
    let Some(violation) = check_severities(of_warning, of_critical) else { return };
    let message = violation.message(of_warning, of_critical);
    match (violation, critical.lasting) {
        (SeverityViolation::Direction, _) => errors.report(critical.comparison, message),
        (SeverityViolation::Lasting, Some(lasting)) => errors.report(lasting, message),
        (SeverityViolation::Value | SeverityViolation::Lasting, _) => {
            errors.report_on(&critical.value, message);
        }
    }
}

fn read(
    severity: Severity,
    kind: InstrumentKind,
    entries: &Entries,
    errors: &mut Errors,
) -> Option<Written> {
    let key = severity.key();
    let entry = entries.get(key)?;
    let Value::List(tokens) = &entry.value else {
        let value = assigned_number(&entry.value).unwrap_or_else(|| "0.8".to_owned());
        errors.report_on(
            entry.written(),
            format!("the threshold is missing; write `{key}(above = {value})`"),
        );
        return None;
    };
    if let Some(value) = bare_number(tokens) {
        errors.report_on(tokens, format!("the comparison is missing; write `above = {value}`"));
        return None;
    }
    let inside = Entries::inside(tokens.clone(), "lasting", errors);
    inside.check_keys(&THRESHOLD_KEYS, errors);
    let compared = compared(key, entry.key.span(), &inside, errors);
    let quantile = quantile(entry.key.span(), kind, &inside, errors);
    let lasting = match inside.get("lasting") {
        Some(_) => inside.duration("lasting", "the duration", errors).map(Some),
        None => Some(None),
    };
    let Compared { comparison, at, value, written } = compared?;
    let (quantile, lasting) = (quantile.ok()?, lasting?);
    let (lasting, lasting_at) = match lasting {
        Some((lasting, text)) => (lasting, Some(text.span)),
        None => (Duration::ZERO, None),
    };
    let place = written.span();
    let limit = Limit { comparison, value, quantile, lasting };
    let threshold = Threshold { severity, limit, place };
    Some(Written { threshold, comparison: at, value: written, lasting: lasting_at })
}

/// Reads the comparison (rule T1).
fn compared(
    severity: &str,
    severity_at: Span,
    inside: &Entries,
    errors: &mut Errors,
) -> Option<Compared> {
    let given = Comparison::ALL.into_iter();
    let given = given.filter_map(|known| Some((known, inside.get(known.as_str())?)));
    let given: Vec<_> = given.collect();
    let (comparison, entry) = match given[..] {
        [given] => given,
        [] => {
            if inside.is_complete() && !inside.has_unknown(&THRESHOLD_KEYS) {
                errors.report(
                    severity_at,
                    format!("the threshold has no comparison; write `{severity}(above = 0.8)`"),
                );
            }
            return None;
        }
        [.., (_, last)] => {
            let names: Vec<_> = given.iter().map(|(known, _)| format!("`{known}`")).collect();
            let message = format!(
                "a threshold has one comparison, and this one has {}; keep one of them",
                names.join(" and ")
            );
            errors.report(last.key.span(), message);
            return None;
        }
    };
    let value = inside.number(comparison.as_str(), "0.8", errors)?;
    let written = entry.written().to_token_stream();
    if let Some(mistake) = explain_threshold_value(value) {
        errors.report_on(written, mistake);
        return None;
    }
    Some(Compared { comparison, at: entry.key.span(), value, written })
}

/// A mistake has been reported, so that the threshold is left out.
struct Reported;

/// The quantile of a threshold, if the metric is a histogram (rule T2).
fn quantile(
    at: Span,
    kind: InstrumentKind,
    inside: &Entries,
    errors: &mut Errors,
) -> Result<Option<f64>, Reported> {
    let entry = inside.get("quantile");
    if kind != InstrumentKind::Histogram {
        let remedy = "remove it, or make the field a `Histogram`";
        reject_key("quantile", inside, kind, remedy, errors);
        return if entry.is_some() { Err(Reported) } else { Ok(None) };
    }
    if inside.misses("quantile", &THRESHOLD_KEYS) {
        return Err(Reported);
    }
    let quantile = inside.number("quantile", "0.95", errors);
    if quantile.is_none() && entry.is_some() {
        return Err(Reported);
    }
    let Some(mistake) = explain_quantile(kind, quantile) else { return Ok(quantile) };
    match entry {
        Some(entry) => errors.report_on(entry.written(), mistake),
        None => errors.report(at, mistake),
    }
    Err(Reported)
}

/// The text of a number that stands for a threshold, as in `warning = 0.8`.
fn assigned_number(value: &Value) -> Option<String> {
    let Value::Assigned(expression) = value else { return None };
    number(expression).map(|_| expression.to_token_stream().to_string().replace(' ', ""))
}

/// The text of a number without a comparison, as in `warning(0.8)`.
fn bare_number(tokens: &TokenStream) -> Option<String> {
    let expression: Expr = syn::parse2(tokens.clone()).ok()?;
    assigned_number(&Value::Assigned(expression))
}
