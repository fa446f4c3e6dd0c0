//! The checks that the compiler makes, because they depend on constants and types that the macro
//! does not know. Each check is a `const _` with the span of the code that it checks.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Path, spanned::Spanned};

use super::{constant_labels, constants, scope};
use crate::{
    attribute::{Buckets, Count, GivenText, at},
    metric_set::{
        rules::Prefix,
        spec::{Help, Metric, Spec, Threshold},
    },
};

/// Checks what the set has from constants: the prefix, the runbook, and names that may collide
/// (rule N9).
pub(super) fn of_set(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, rules, runbook, metrics, collisions, .. } = spec;
    let pairs = collisions.iter().map(|(here, other)| (&metrics[*here], &metrics[*other]));
    let usable = pairs.filter(|(here, other)| here.is_usable() && other.is_usable());
    let collisions = usable.map(|(metric, other)| {
        let span = metric.field.span();
        let private = runtime.private_at(span);
        let field = other.field.to_string();
        let (metric, other) =
            (constants::descriptor(metric, spec), constants::descriptor(other, spec));
        quote_spanned! {at(span)=>
            const _: () = #private::assert_apart(
                &#metric,
                &#other,
                #field,
            );
        }
    });
    let prefix = match &rules.prefix {
        Prefix::Literal(_) => None,
        Prefix::Constant(prefix) => {
            let private = runtime.private_at(prefix.span());
            Some(quote_spanned! {at(prefix.span())=>
                const _: () = #private::assert_prefix(#ident::__OSAPI_GIVEN_PREFIX);
            })
        }
    };
    let runbook = match runbook {
        None | Some(GivenText::Literal(_)) => None,
        Some(GivenText::Constant(runbook)) => {
            let private = runtime.private_at(runbook.span());
            Some(quote_spanned! {at(runbook.span())=>
                const _: () = #private::assert_runbook(#ident::__OSAPI_RUNBOOK);
            })
        }
    };
    let scope = scope::check(spec);
    let constant_labels = constant_labels::checks(spec);
    quote!(#prefix #runbook #scope #constant_labels #(#collisions)*)
}

/// Checks the name, the series and the buckets of a metric.
pub(super) fn of_metric(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let name = check_name(metric, spec);
    let labels = scope::check_labels(metric, spec);
    let series = check_series(metric, spec);
    let buckets = match &metric.buckets {
        Buckets::Constant(path) => {
            let buckets = check_buckets(metric, path, spec);
            let thresholds = check_thresholds(metric, spec);
            quote!(#buckets #thresholds)
        }
        _ => TokenStream::new(),
    };
    let old_name = check_old_name(metric, spec);
    let description = check_description(metric, spec);
    quote!(#name #labels #series #buckets #old_name #description)
}

/// Checks rule D1 for a description that a constant has.
fn check_description(
    metric: &Metric<'_>,
    Spec { ident, runtime, .. }: &Spec<'_>,
) -> Option<TokenStream> {
    let Help::Constant(help) = &metric.help else { return None };
    let (private, constant) = (runtime.private_at(help.span()), constants::description(metric));
    Some(quote_spanned! {at(help.span())=>
        const _: () = #private::assert_description(#ident::#constant);
    })
}

/// Checks rule T3 for boundaries that a constant has.
fn check_thresholds(metric: &Metric<'_>, Spec { ident, runtime, .. }: &Spec<'_>) -> TokenStream {
    let buckets = constants::buckets(metric);
    let checks = metric.thresholds.iter().map(|Threshold { limit, place, .. }| {
        let private = runtime.private_at(*place);
        let comparison = Ident::new(&format!("{:?}", limit.comparison), at(*place));
        let value = constants::float(limit.value);
        let descriptor = quote!(#runtime::descriptor);
        quote_spanned! {at(*place)=>
            const _: () = #private::assert_quantile_threshold(
                #descriptor::Comparison::#comparison,
                #value,
                #ident::#buckets,
            );
        }
    });
    quote!(#(#checks)*)
}

/// Checks rule N11, if one of the names that are compared is a constant or has a constant prefix.
fn check_old_name(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let Spec { runtime, rules, metrics, .. } = spec;
    let Some(old) = &metric.old_name else { return TokenStream::new() };
    if metrics.iter().all(|metric| metric.name.is_known(rules)) {
        return TokenStream::new();
    }
    let private = runtime.private_at(old.span);
    let (descriptor, all) = (constants::descriptor(metric, spec), constants::descriptors(spec));
    quote_spanned! {at(old.span)=>
        const _: () = #private::assert_old_name(&#descriptor, #all);
    }
}

/// Checks rules N1 to N8, N10 and U2, if the name or the prefix is a constant.
fn check_name(metric: &Metric<'_>, Spec { ident, runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    if metric.name.is_judged(rules) || !metric.name.is_clear {
        return TokenStream::new();
    }
    let violations = constants::name_violations(metric);
    let check = |span, part: &str| {
        let (private, part) = (runtime.private_at(span), Ident::new(part, at(span)));
        quote_spanned! {at(span)=>
            const _: () = #private::assert_no_mistakes_in(
                &#ident::#violations,
                #private::DeclarationPart::#part,
            );
        }
    };
    match &metric.unit {
        // If the name is right without the prefix, the prefix is at fault and not the unit.
        Some(unit) if !metric.name.is_right => {
            let (name, unit) = (check(metric.name.span, "Name"), check(unit.span, "Unit"));
            quote!(#name #unit)
        }
        _ => {
            let span = metric.name.span;
            let private = runtime.private_at(span);
            quote_spanned! {at(span)=>
                const _: () = #private::assert_no_mistakes(&#ident::#violations);
            }
        }
    }
}

/// Checks rule L5, since the macro does not know the types of the labels.
fn check_series(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, .. } = spec;
    if !metric.needs_series_check(&spec.rules) {
        return TokenStream::new();
    }
    let (descriptor, ty) = (constants::descriptor(metric, spec), metric.ty);
    let (limit, check_limit) = match &metric.max_series {
        None => {
            let private = runtime.private();
            (quote!(#private::MAX_SERIES), TokenStream::new())
        }
        Some(Count::Literal(limit)) => (quote!(#limit), TokenStream::new()),
        Some(Count::Constant(path)) => {
            let limit = constants::series_limit(metric);
            let private = runtime.private_at(path.span());
            let check = quote_spanned! {at(path.span())=>
                const _: () = #private::assert_count(#ident::#limit);
            };
            (quote!(#ident::#limit), check)
        }
    };
    let private = runtime.private_at(ty.span());
    let check_series = quote_spanned! {at(ty.span())=>
        const _: () =
            #private::assert_series(&#descriptor, #limit);
    };
    quote!(#check_limit #check_series)
}

/// Checks rule B4.
fn check_buckets(
    metric: &Metric<'_>,
    path: &Path,
    Spec { ident, runtime, .. }: &Spec<'_>,
) -> TokenStream {
    let private = runtime.private_at(path.span());
    let buckets = constants::buckets(metric);
    let unit = match metric.unit_code() {
        None => quote!(::core::option::Option::None),
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
    };
    quote_spanned! {at(path.span())=>
        const _: () = #private::assert_buckets(#ident::#buckets, #unit);
    }
}
