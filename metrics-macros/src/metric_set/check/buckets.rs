use osapi_metrics_rules::{InstrumentKind, default_ladder};
use syn::Ident;

use crate::{
    attribute::{Buckets, Entries, Errors, Text, buckets},
    metric_set::key::reject_key,
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
    buckets(entries, unit, errors)
}

/// Reads `native`, which only a histogram has.
pub(super) fn check_native(kind: InstrumentKind, entries: &Entries, errors: &mut Errors) -> bool {
    if kind == InstrumentKind::Histogram {
        return entries.flag("native", errors);
    }
    reject_key("native", entries, kind, "remove it, or make the field a `Histogram`", errors);
    false
}
