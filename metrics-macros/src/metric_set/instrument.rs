use osapi_metrics_rules::InstrumentKind;
use syn::{GenericArgument, PathArguments, Type, spanned::Spanned};

use crate::errors::Errors;

/// What the tokens of a field's type tell.
#[derive(Clone, Copy)]
pub(super) struct Instrument {
    pub(super) kind: InstrumentKind,
    pub(super) observable: bool,
    /// Whether it has labels.
    pub(super) labelled: bool,
}

const INSTRUMENTS: [(&str, InstrumentKind, bool); 7] = [
    ("Counter", InstrumentKind::Counter, false),
    ("UpDownCounter", InstrumentKind::UpDownCounter, false),
    ("Gauge", InstrumentKind::Gauge, false),
    ("Histogram", InstrumentKind::Histogram, false),
    ("ObservableCounter", InstrumentKind::Counter, true),
    ("ObservableUpDownCounter", InstrumentKind::UpDownCounter, true),
    ("ObservableGauge", InstrumentKind::Gauge, true),
];

/// Rule I1. The rules for names depend on the kind, so that the type has to be recognised here,
/// before the compiler resolves it.
pub(super) fn instrument(ty: &Type, errors: &mut Errors) -> Option<Instrument> {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
    {
        let found = INSTRUMENTS.iter().find(|(name, ..)| last.ident == name);
        if let Some((_, kind, observable)) = found {
            let labelled = has_labels(&last.arguments);
            return Some(Instrument { kind: *kind, observable: *observable, labelled });
        }
    }
    let allowed: Vec<_> = INSTRUMENTS.iter().map(|(name, ..)| format!("`{name}`")).collect();
    errors
        .report(ty.span(), format!("the type is no instrument; use one of {}", allowed.join(", ")));
    None
}

fn has_labels(arguments: &PathArguments) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return false };
    match arguments.args.first() {
        Some(GenericArgument::Type(Type::Tuple(tuple))) => !tuple.elems.is_empty(),
        Some(_) => true,
        None => false,
    }
}
