use osapi_metrics_rules::{InstrumentKind, similar::nearest};
use syn::{GenericArgument, PathArguments, Type};

use crate::{attribute::Errors, metric_set::spec::Instrument, primitives::PRIMITIVES, ungrouped};

/// The name of each instrument, its kind, and whether it is observable.
const INSTRUMENTS: [(&str, InstrumentKind, bool); 9] = [
    ("Counter", InstrumentKind::Counter, false),
    ("UpDownCounter", InstrumentKind::UpDownCounter, false),
    ("Gauge", InstrumentKind::Gauge, false),
    ("Histogram", InstrumentKind::Histogram, false),
    ("ObservableCounter", InstrumentKind::Counter, true),
    ("ObservableUpDownCounter", InstrumentKind::UpDownCounter, true),
    ("ObservableGauge", InstrumentKind::Gauge, true),
    ("Info", InstrumentKind::Info, false),
    ("StateSet", InstrumentKind::StateSet, false),
];

/// Reads the instrument from a field's type (rule I1).
///
/// The rules for names depend on the kind of the instrument. The macro therefore recognises the
/// type by its tokens, before the compiler resolves it.
pub(super) fn instrument(ty: &Type, errors: &mut Errors) -> Option<Instrument> {
    if let Type::Path(path) = ungrouped::ty(ty)
        && let Some(last) = path.path.segments.last()
    {
        let found = INSTRUMENTS.iter().find(|(name, ..)| last.ident == name);
        if let Some((name, kind, observable)) = found {
            let has_numbers = !values(*kind).is_empty();
            let written = written_values(&last.arguments).filter(|_| has_numbers);
            let has_values = written.is_none_or(|written| values(*kind).contains(&written));
            let valid_labels = if has_numbers {
                check_labels(name, *kind, &last.arguments, errors)
            } else {
                check_facts(*kind, &last.arguments, errors)
            };
            return Some(Instrument {
                kind: *kind,
                observable: *observable,
                has_labels: has_labels(&last.arguments) || *kind == InstrumentKind::StateSet,
                values: written,
                is_usable: valid_labels && has_values,
            });
        }
    }
    let meant = meant(ty).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    let allowed: Vec<_> = INSTRUMENTS.iter().map(|(name, ..)| format!("`{name}`")).collect();
    let allowed = allowed.join(", ");
    let alias = match ungrouped::ty(ty) {
        Type::Path(_) if meant.is_empty() => {
            "; what an alias stands for is not known here, and a group needs `#[metric(group)]`"
        }
        _ => "",
    };
    let message = format!("the type is no instrument; {meant}use one of {allowed}{alias}");
    errors.report_on(ty, message);
    None
}

/// Whether a type is an instrument by its name.
pub(super) fn is_instrument(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped::ty(ty) else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| INSTRUMENTS.iter().any(|(name, ..)| last.ident == name))
}

/// Names of other libraries for an instrument, with the instrument of this library.
const ALIASES: [(&str, &str); 7] = [
    ("AtomicBool", "Gauge"),
    ("AtomicI64", "UpDownCounter"),
    ("AtomicU64", "Counter"),
    ("AtomicUsize", "Counter"),
    ("Meter", "Counter"),
    ("Summary", "Histogram"),
    ("Timer", "Histogram"),
];

/// The instrument that the user most likely meant: its name is misspelt, is a name of another
/// library such as `IntCounterVec` or `Family<Labels, Counter>`, or stands inside another type such
/// as `Option`.
fn meant(ty: &Type) -> Option<&'static str> {
    let Type::Path(path) = ungrouped::ty(ty) else { return None };
    let last = path.path.segments.last()?;
    let known = INSTRUMENTS.map(|(name, ..)| name);
    let name = last.ident.to_string();
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return Some(meant);
    }
    let bare = name.trim_start_matches("Int").trim_end_matches("Vec").trim_end_matches("Family");
    if let Some(known) = known.iter().find(|known| **known == bare) {
        return Some(known);
    }
    nearest(bare, known).or_else(|| {
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        let mut types = arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        });
        types.find_map(meant_inside)
    })
}

/// The instrument, if the type that is a parameter of another type is one.
fn meant_inside(ty: &Type) -> Option<&'static str> {
    let Type::Path(path) = ungrouped::ty(ty) else { return None };
    let last = path.path.segments.last()?;
    INSTRUMENTS.iter().map(|(name, ..)| *name).find(|name| last.ident == name)
}

/// Checks the first parameter of an instrument and returns whether it can be labels. In other
/// libraries, the first parameter is the type of the values.
fn check_labels(
    name: &str,
    kind: InstrumentKind,
    arguments: &PathArguments,
    errors: &mut Errors,
) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return true };
    let Some(GenericArgument::Type(labels)) = arguments.args.first() else { return true };
    let Type::Path(path) = ungrouped::ty(labels) else { return true };
    let is = |ty: &&&str| path.path.is_ident(**ty);
    let mut numbers = PRIMITIVES.iter().filter(|ty| !["bool", "char", "str"].contains(ty));
    if let Some(number) = numbers.find(is) {
        let number = values(kind).iter().find(|value| *value == number).unwrap_or(&values(kind)[0]);
        let message = format!(
            "the first parameter of an instrument is its labels, the second its values; write \
             `{name}<(), {number}>`"
        );
        errors.report_on(labels, message);
        return false;
    }
    if let Some(ty) = ["bool", "String"].iter().find(is) {
        errors.report_on(labels, without_key(ty));
        return false;
    }
    true
}

/// Checks the facts of an info, or the states and the labels of a state set. Returns whether the
/// type can be an instrument. The compiler reports parameters that are missing.
fn check_facts(kind: InstrumentKind, arguments: &PathArguments, errors: &mut Errors) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return false };
    let mut types = arguments.args.iter();
    let Some(first) = types.next() else { return false };
    let is_empty = matches!(first, GenericArgument::Type(Type::Tuple(of)) if of.elems.is_empty());
    if is_empty || primitive(first).is_some() {
        let message = match kind {
            InstrumentKind::Info => {
                "the facts of an info are its labels; write `Info<Facts>`, where `Facts` is a \
                 struct with `derive(LabelSet)`"
            }
            _ => {
                "the states of a state set are an enum; write `StateSet<State>`, where `State` \
                 derives `LabelValue`"
            }
        };
        errors.report_on(first, message);
        return false;
    }
    if kind == InstrumentKind::StateSet
        && let Some(labels) = types.next()
        && let Some(ty) = primitive(labels)
    {
        errors.report_on(labels, without_key(ty));
        return false;
    }
    true
}

/// The name of a parameter that is a primitive type or a `String`.
fn primitive(argument: &GenericArgument) -> Option<&'static str> {
    let GenericArgument::Type(ty) = argument else { return None };
    let Type::Path(path) = ungrouped::ty(ty) else { return None };
    let mut names = PRIMITIVES.iter().chain(&["String"]);
    names.find(|name| path.path.is_ident(**name)).copied()
}

fn without_key(ty: &str) -> String {
    format!(
        "a `{ty}` is a label without a key; make it a field of a struct with `derive(LabelSet)`"
    )
}

fn has_labels(arguments: &PathArguments) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return false };
    match arguments.args.first() {
        Some(GenericArgument::Type(Type::Tuple(tuple))) => !tuple.elems.is_empty(),
        Some(_) => true,
        None => false,
    }
}

/// The type of the values, if it is written and primitive.
fn written_values(arguments: &PathArguments) -> Option<&'static str> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    let Some(GenericArgument::Type(Type::Path(value))) = arguments.args.get(1) else {
        return None;
    };
    PRIMITIVES.into_iter().find(|name| value.path.is_ident(name))
}

/// The types that the values can have, the default first.
fn values(kind: InstrumentKind) -> &'static [&'static str] {
    match kind {
        InstrumentKind::Counter => &["u64", "f64"],
        InstrumentKind::UpDownCounter => &["i64", "f64"],
        InstrumentKind::Gauge => &["f64", "i64", "u64"],
        InstrumentKind::Histogram => &["f64", "u64"],
        InstrumentKind::Info | InstrumentKind::StateSet => &[],
    }
}
