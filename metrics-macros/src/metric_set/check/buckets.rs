use osapi_metrics_rules::{InstrumentKind, check_buckets as check_boundaries, default_ladder};
use syn::{Expr, ExprArray, Ident};

use crate::{
    attribute::{Entries, Errors, Text, digits_before_suffix, number},
    metric_set::{key::reject_key, spec::Buckets},
};

/// Checks rules B1 to B4. `needed` says that missing buckets are a mistake of their own.
pub(super) fn check_buckets(
    field: &Ident,
    kind: InstrumentKind,
    entries: &Entries,
    unit: Option<&Text>,
    needed: bool,
    errors: &mut Errors,
) -> Buckets {
    if kind != InstrumentKind::Histogram {
        reject_key("buckets", entries, kind, "remove it, or make the field a `Histogram`", errors);
        return Buckets::None;
    }
    let unit = unit.map(|unit| unit.value.as_str());
    if entries.get("buckets").is_none() {
        let ladder = default_ladder(unit);
        // An invalid unit may have a default ladder once it is corrected.
        if ladder.is_none() && needed {
            errors.report(
                field.span(),
                "the histogram has no buckets, and only the units `s` and `By` have default ones; \
                 add `buckets = [1, 10, 100]`",
            );
        }
        return ladder.map_or(Buckets::None, |ladder| Buckets::Listed(ladder.to_vec()));
    }
    let written = entries.expression("buckets", "[0.1, 1, 10]", errors);
    let written = written.map(|written| match written {
        Expr::Reference(reference) => &*reference.expr,
        written => written,
    });
    match written {
        Some(Expr::Array(array)) => listed(array, unit, errors),
        Some(Expr::Path(path)) if path.qself.is_none() => Buckets::Constant(path.path.clone()),
        Some(other) => {
            errors.report_on(
                other,
                "the buckets are neither a list nor a constant; write `buckets = [0.1, 1, 10]`, or \
                 the name of a constant that holds them",
            );
            Buckets::None
        }
        None => Buckets::None,
    }
}

fn listed(array: &ExprArray, unit: Option<&str>, errors: &mut Errors) -> Buckets {
    let mut boundaries = Vec::new();
    for element in &array.elems {
        match number(element) {
            Some(boundary) => boundaries.push(boundary),
            None => errors.report_on(element, explain_no_number(element)),
        }
    }
    if boundaries.len() < array.elems.len() {
        return Buckets::None;
    }
    if let Some(violation) = check_boundaries(&boundaries, unit) {
        match violation.index().and_then(|index| array.elems.iter().nth(index)) {
            Some(element) => errors.report_on(element, violation.message(&boundaries)),
            None => errors.report_on(array, violation.message(&boundaries)),
        }
        return Buckets::None;
    }
    Buckets::Listed(boundaries)
}

/// The message about a boundary that is not a number, or a number with a suffix such as `ms`.
fn explain_no_number(element: &Expr) -> String {
    match digits_before_suffix(element) {
        None => "a bucket boundary is a number; write it as a literal such as `0.5`".to_owned(),
        Some(digits) => {
            format!("a bucket boundary is a number in the metric's unit; write `{digits}`")
        }
    }
}
