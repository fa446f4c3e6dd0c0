use osapi_metrics_rules::InstrumentKind;
use syn::{GenericArgument, PathArguments, Type};

use crate::{errors::Errors, primitives::PRIMITIVES, ungrouped};

/// What the tokens of a field's type tell.
#[derive(Clone, Copy)]
pub(super) struct Instrument {
    pub(super) kind: InstrumentKind,
    pub(super) observable: bool,
    /// Whether it has labels.
    pub(super) labelled: bool,
    /// Whether the compiler refuses the type by itself: the values are of a primitive type that the
    /// instrument does not have. Code that needs the instrument would only repeat the error.
    pub(super) unusable: bool,
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
    if let Type::Path(path) = ungrouped::ty(ty)
        && let Some(last) = path.path.segments.last()
    {
        let found = INSTRUMENTS.iter().find(|(name, ..)| last.ident == name);
        if let Some((_, kind, observable)) = found {
            return Some(Instrument {
                kind: *kind,
                observable: *observable,
                labelled: has_labels(&last.arguments),
                unusable: has_other_values(*kind, &last.arguments),
            });
        }
    }
    let allowed: Vec<_> = INSTRUMENTS.iter().map(|(name, ..)| format!("`{name}`")).collect();
    let message = format!("the type is no instrument; use one of {}", allowed.join(", "));
    errors.report_on(ty, message);
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

fn has_other_values(kind: InstrumentKind, arguments: &PathArguments) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return false };
    let Some(GenericArgument::Type(Type::Path(value))) = arguments.args.get(1) else {
        return false;
    };
    let values: &[&str] = match kind {
        InstrumentKind::Counter => &["u64", "f64"],
        InstrumentKind::UpDownCounter => &["i64", "f64"],
        InstrumentKind::Gauge => &["f64", "i64", "u64"],
        InstrumentKind::Histogram => &["f64", "u64"],
    };
    let is = |name: &&str| value.path.is_ident(name);
    PRIMITIVES.iter().any(is) && !values.iter().any(is)
}
