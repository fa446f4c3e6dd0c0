//! What depends on constants that attributes name, which only the compiler sees: their values, and the
//! checks of the rules on them.

use osapi_metrics_rules::prometheus_name;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path, spanned::Spanned};

use crate::{
    attribute::Count,
    located::at,
    metric_set::{
        buckets::Buckets,
        check::{Metric, Spec},
        name::{self, Prefix},
    },
};

use super::constant;

/// A metric's boundaries: the constant that holds those of another constant, and the boundaries.
pub(super) fn boundaries(metric: &Metric<'_>) -> (TokenStream, TokenStream) {
    match &metric.buckets {
        Buckets::None => (TokenStream::new(), quote!(&[])),
        Buckets::Listed(boundaries) => {
            let boundaries = boundaries.iter().map(|boundary| Literal::f64_suffixed(*boundary));
            (TokenStream::new(), quote!(&[#(#boundaries),*]))
        }
        Buckets::Constant(path) => {
            let buckets = bucket_constant(metric);
            // The pattern takes arrays, slices, and references to both.
            let boundaries = Ident::new("__osapi_boundaries", at(path.span()));
            let slice = quote_spanned! {at(path.span())=>
                let [#boundaries @ ..] = &#path;
            };
            let f64 = quote!(::core::primitive::f64);
            (
                quote! {
                    const #buckets: &'static [#f64] = {
                        #slice
                        #boundaries
                    };
                },
                quote!(Self::#buckets),
            )
        }
    }
}

/// A metric's name: the constant that holds it if its prefix is one, and the name.
pub(super) fn name(
    metric: &Metric<'_>,
    Spec { ident, runtime, rules, .. }: &Spec<'_>,
) -> (TokenStream, TokenStream) {
    let value = &metric.name.value;
    if !metric.name.needs_prefix(rules) {
        return (TokenStream::new(), quote!(#value));
    }
    let constant = format_ident!("__OSAPI_NAME_{}", metric.index);
    let parts = quote!(#ident::__OSAPI_PREFIX, #value);
    (
        quote! {
            const #constant: &'static ::core::primitive::str = {
                const NAME: &[::core::primitive::u8] = &#runtime::__private::join_name::<
                    { #runtime::__private::joined_length(#parts) }
                >(#parts);
                #runtime::__private::name_text(NAME)
            };
        },
        quote!(Self::#constant),
    )
}

/// What the names of the set are put together with and judged by, if its prefix is a constant.
pub(super) fn of_names(Spec { runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let Prefix::Constant(path) = &rules.prefix else { return TokenStream::new() };
    let str = quote!(::core::primitive::str);
    let non_base_units = rules.non_base_units.then(|| quote!(.allow_non_base_units()));
    let semconv_names = rules.semconv_names.then(|| quote!(.allow_semconv_names()));
    quote! {
        const __OSAPI_GIVEN_PREFIX: &'static #str = #path;
        const __OSAPI_PREFIX: &'static #str =
            #runtime::__private::usable_prefix(Self::__OSAPI_GIVEN_PREFIX);
        const __OSAPI_RULES: #runtime::MetricRules =
            #runtime::MetricRules::new(Self::__OSAPI_PREFIX) #non_base_units #semconv_names;
    }
}

/// The checks of the prefix itself, and of names that may be the same with it (rule N9), if it is a
/// constant.
pub(super) fn check_prefix(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, rules, metrics, .. } = spec;
    let Prefix::Constant(path) = &rules.prefix else { return TokenStream::new() };
    let here = runtime.located_at(path.span());
    let usable = |(here, other): &(&Metric<'_>, &Metric<'_>)| here.is_usable() && other.is_usable();
    let collisions = name::collisions(metrics, rules).filter(usable).map(|(metric, other)| {
        let span = metric.field.span();
        let here = runtime.located_at(span);
        let (metric, field, other) = (constant(metric), other.field.to_string(), constant(other));
        quote_spanned! {at(span)=>
            const _: () = #here::__private::assert_apart(
                &#ident::#metric.0,
                &#ident::#other.0,
                #field,
            );
        }
    });
    quote_spanned! {at(path.span())=>
        const _: () = #here::__private::assert_prefix(#ident::__OSAPI_GIVEN_PREFIX);
        #(#collisions)*
    }
}

/// The checks of a metric: its name, its series and its buckets.
pub(super) fn checks(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let names = check_name(metric, spec);
    let series = check_series(metric, spec);
    let buckets = match &metric.buckets {
        Buckets::Constant(path) => check_buckets(metric, path, spec),
        _ => TokenStream::new(),
    };
    quote!(#names #series #buckets)
}

/// Rules N1 to N8, N10 and U2, if the prefix is a constant.
fn check_name(metric: &Metric<'_>, Spec { ident, runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    if rules.prefix.known().is_some() || !metric.name.is_clear {
        return TokenStream::new();
    }
    let mistakes = mistakes_constant(metric);
    let check = |span, place: &str| {
        let (here, place) = (runtime.located_at(span), Ident::new(place, at(span)));
        quote_spanned! {at(span)=>
            const _: () = #here::__private::assert_no_mistakes_in(
                &#ident::#mistakes,
                #here::__private::Place::#place,
            );
        }
    };
    match &metric.unit {
        // What a prefix brings to a name that is right without it is no mistake of the unit.
        Some(unit) if !metric.name.is_right => {
            let (name, unit) = (check(metric.name.span, "Name"), check(unit.span, "Unit"));
            quote!(#name #unit)
        }
        _ => {
            let span = metric.name.span;
            let here = runtime.located_at(span);
            quote_spanned! {at(span)=>
                const _: () = #here::__private::assert_no_mistakes(&#ident::#mistakes);
            }
        }
    }
}

/// The name as a scrape shows it, if the macro knows it, for an instrument of this kind.
pub(super) fn rendered(metric: &Metric<'_>, Spec { runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let kind = metric.instrument.map(|instrument| instrument.kind);
    let (Some(kind), false) = (kind, metric.name.needs_prefix(rules)) else {
        return quote!(::core::option::Option::None);
    };
    let rendered = prometheus_name(&metric.name.value, metric.unit_code(), kind);
    let (rendered, kind) = (rendered.as_str(), format_ident!("{kind:?}"));
    quote!(::core::option::Option::Some((#runtime::InstrumentKind::#kind, #rendered)))
}

/// Rule L5, since the macro does not see the labels' types.
fn check_series(metric: &Metric<'_>, Spec { ident, runtime, .. }: &Spec<'_>) -> TokenStream {
    if !metric.needs_series_check() {
        return TokenStream::new();
    }
    let (constant, ty) = (constant(metric), metric.ty);
    let (limit, check_limit) = match &metric.max_series {
        None => (quote!(#runtime::__private::MAX_SERIES), TokenStream::new()),
        Some(Count::Literal(limit)) => (quote!(#limit), TokenStream::new()),
        Some(Count::Constant(path)) => {
            let limit = series_constant(metric);
            let here = runtime.located_at(path.span());
            let check = quote_spanned! {at(path.span())=>
                const _: () = #here::__private::assert_count(#ident::#limit);
            };
            (quote!(#ident::#limit), check)
        }
    };
    let here = runtime.located_at(ty.span());
    let check_series = quote_spanned! {at(ty.span())=>
        const _: () =
            #here::__private::assert_series(&#ident::#constant.0, #limit);
    };
    quote!(#check_limit #check_series)
}

/// The constant that holds what is wrong with a metric's name, if its prefix is a constant.
pub(super) fn mistakes(metric: &Metric<'_>, Spec { runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    if rules.prefix.known().is_some() || !metric.name.is_clear {
        return TokenStream::new();
    }
    let (mistakes, constant) = (mistakes_constant(metric), constant(metric));
    let is_right = metric.name.is_right;
    let of_field = metric.name.of_field.then(|| quote!(.of_field()));
    quote! {
        const #mistakes: #runtime::__private::NameMistakes<'static> =
            #runtime::MetricRules::set_mistakes(&Self::__OSAPI_RULES, &Self::#constant.0, #is_right)
                #of_field;
    }
}

/// The constant that holds the number of series that another constant allows.
pub(super) fn allowed_series(metric: &Metric<'_>) -> TokenStream {
    let Some(Count::Constant(path)) = &metric.max_series else { return TokenStream::new() };
    let constant = series_constant(metric);
    quote!(const #constant: ::core::primitive::usize = #path;)
}

/// Rule B4.
fn check_buckets(
    metric: &Metric<'_>,
    path: &Path,
    Spec { ident, runtime, .. }: &Spec<'_>,
) -> TokenStream {
    let here = runtime.located_at(path.span());
    let buckets = bucket_constant(metric);
    let unit = match metric.unit_code() {
        None => quote!(::core::option::Option::None),
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
    };
    quote_spanned! {at(path.span())=>
        const _: () = #here::__private::assert_buckets(#ident::#buckets, #unit);
    }
}

fn bucket_constant(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_BUCKETS_{index}")
}

fn mistakes_constant(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_MISTAKES_{index}")
}

fn series_constant(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_MAX_SERIES_{index}")
}
