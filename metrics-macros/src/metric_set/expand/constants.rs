//! The constants of a set: the values of a metric, and the values that depend on constants which
//! attributes name and only the compiler knows.

use osapi_metrics_rules::prometheus_name;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use crate::{
    attribute::{Count, Text, at},
    duration::duration,
    metric_set::{
        rules::Prefix,
        spec::{Buckets, Metric, Spec, Threshold},
    },
    runtime_path::RuntimePath,
};

/// The name of the constant with a metric's descriptor and the function that makes its instrument.
pub(super) fn metric(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_METRIC_{index}")
}

/// The name of the constant with the boundaries that another constant holds.
pub(super) fn buckets(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_BUCKETS_{index}")
}

/// The name of the constant with the violations in a name whose prefix is a constant.
pub(super) fn name_violations(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_VIOLATIONS_{index}")
}

/// The name of the constant with the number of series that another constant allows.
pub(super) fn series_limit(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_MAX_SERIES_{index}")
}

/// The boundaries of a metric: the constant that copies another constant, and the expression for
/// the boundaries.
pub(super) fn boundaries(metric: &Metric<'_>) -> (TokenStream, TokenStream) {
    match &metric.buckets {
        Buckets::None => (TokenStream::new(), quote!(&[])),
        Buckets::Listed(boundaries) => {
            let boundaries = boundaries.iter().map(|boundary| Literal::f64_suffixed(*boundary));
            (TokenStream::new(), quote!(&[#(#boundaries),*]))
        }
        Buckets::Constant(path) => {
            let buckets = buckets(metric);
            // The pattern matches an array, a slice, and a reference to either. A conversion would
            // have to name the type of the user's constant.
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

/// The name of a metric: the constant that joins a constant prefix with the name, and the
/// expression for the name.
pub(super) fn name(
    metric: &Metric<'_>,
    Spec { ident, runtime, rules, .. }: &Spec<'_>,
) -> (TokenStream, TokenStream) {
    let value = &metric.name.value;
    if !metric.name.needs_prefix(rules) {
        return (TokenStream::new(), quote!(#value));
    }
    let private = runtime.private();
    let constant = format_ident!("__OSAPI_NAME_{}", metric.index);
    let parts = quote!(#ident::__OSAPI_PREFIX, #value);
    (
        quote! {
            const #constant: &'static ::core::primitive::str = {
                const NAME: &[::core::primitive::u8] = &#private::join_name::<
                    { #private::joined_length(#parts) }
                >(#parts);
                #private::name_text(NAME)
            };
        },
        quote!(Self::#constant),
    )
}

/// The constants of a constant prefix: the prefix, and the rules for names with the prefix.
pub(super) fn prefix(Spec { runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let Prefix::Constant(path) = &rules.prefix else { return TokenStream::new() };
    let private = runtime.private();
    let str = quote!(::core::primitive::str);
    let non_base_units = rules.non_base_units.then(|| quote!(.allow_non_base_units()));
    let semconv_names = rules.semconv_names.then(|| quote!(.allow_semconv_names()));
    quote! {
        const __OSAPI_GIVEN_PREFIX: &'static #str = #path;
        const __OSAPI_PREFIX: &'static #str = #private::usable_prefix(Self::__OSAPI_GIVEN_PREFIX);
        const __OSAPI_RULES: #runtime::descriptor::MetricRules =
            #runtime::descriptor::MetricRules::new(Self::__OSAPI_PREFIX)
                #non_base_units #semconv_names;
    }
}

/// The expression for the kind of a metric and its name in a scrape, if the macro knows the name.
pub(super) fn rendered(metric: &Metric<'_>, Spec { runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let kind = metric.instrument.map(|instrument| instrument.kind);
    let (Some(kind), false) = (kind, metric.name.needs_prefix(rules)) else {
        return quote!(::core::option::Option::None);
    };
    let rendered = prometheus_name(&metric.name.value, metric.unit_code(), kind);
    let (rendered, kind) = (rendered.as_str(), format_ident!("{kind:?}"));
    quote!(::core::option::Option::Some((#runtime::descriptor::InstrumentKind::#kind, #rendered)))
}

/// The constant with the violations in a metric's name, if the prefix is a constant.
pub(super) fn violations(
    metric: &Metric<'_>,
    Spec { runtime, rules, .. }: &Spec<'_>,
) -> TokenStream {
    if rules.prefix.known().is_some() || !metric.name.is_clear {
        return TokenStream::new();
    }
    let private = runtime.private();
    let (violations, constant) = (name_violations(metric), self::metric(metric));
    let is_right = metric.name.is_right;
    let of_field = metric.name.of_field.then(|| quote!(.of_field()));
    quote! {
        const #violations: #private::NameViolations<'static> =
            #runtime::descriptor::MetricRules::set_mistakes(
                &Self::__OSAPI_RULES, &Self::#constant.0, #is_right
            )
                #of_field;
    }
}

/// The thresholds of a metric: the constant that holds them, and the expression for the declared
/// metric with the thresholds.
pub(super) fn thresholds(
    metric: &Metric<'_>,
    declared: TokenStream,
    runtime: &RuntimePath,
) -> (TokenStream, TokenStream) {
    if metric.thresholds.is_empty() {
        return (TokenStream::new(), declared);
    }
    let private = runtime.private();
    let constant = format_ident!("__OSAPI_THRESHOLDS_{}", metric.index);
    let descriptor = quote!(#runtime::descriptor);
    let thresholds = metric.thresholds.iter().map(|Threshold { severity, limit, .. }| {
        let comparison = limit.comparison;
        let (severity, comparison) =
            (format_ident!("{severity:?}"), format_ident!("{comparison:?}"));
        let value = float(limit.value);
        let quantile = limit.quantile.map(|quantile| quote!(.at_quantile(#quantile)));
        let lasting = (!limit.lasting.is_zero()).then(|| {
            let lasting = duration(limit.lasting);
            quote!(.lasting(#lasting))
        });
        quote! {
            #descriptor::Threshold::new(
                #descriptor::Severity::#severity,
                #descriptor::Comparison::#comparison,
                #value,
            )
                #quantile #lasting
        }
    });
    (
        quote!(const #constant: &'static [#descriptor::Threshold] = &[#(#thresholds),*];),
        quote!(#private::with_thresholds(#declared, Self::#constant)),
    )
}

/// The expression for a declared metric with its old name.
pub(super) fn renamed(
    metric: &Metric<'_>,
    declared: TokenStream,
    runtime: &RuntimePath,
) -> TokenStream {
    let Some(Text { value: old, .. }) = &metric.old_name else { return declared };
    let private = runtime.private();
    quote!(#private::renamed_from(#declared, #old))
}

/// The expression for a declared metric with the text about it beside the description.
pub(super) fn details(
    metric: &Metric<'_>,
    declared: TokenStream,
    runtime: &RuntimePath,
) -> TokenStream {
    let Metric { details, .. } = metric;
    if details.is_empty() {
        return declared;
    }
    let private = runtime.private();
    quote!(#private::with_details(#declared, #details))
}

/// The expression for a declared metric with what is known of its presence.
pub(super) fn presence(
    metric: &Metric<'_>,
    declared: TokenStream,
    runtime: &RuntimePath,
) -> TokenStream {
    let private = runtime.private();
    let declared = match &metric.absent_until {
        Some(Text { value, .. }) => quote!(#private::absent_until(#declared, #value)),
        None => declared,
    };
    match metric.stale_after {
        Some(after) => {
            let after = duration(after);
            quote!(#private::stale_after(#declared, #after))
        }
        None => declared,
    }
}

/// A number that may be negative, as an expression.
pub(super) fn float(number: f64) -> TokenStream {
    let absolute = Literal::f64_suffixed(number.abs());
    if number < 0.0 { quote!(-#absolute) } else { quote!(#absolute) }
}

/// The constant with the number of series that another constant allows.
pub(super) fn max_series(metric: &Metric<'_>) -> TokenStream {
    let Some(Count::Constant(path)) = &metric.max_series else { return TokenStream::new() };
    let constant = series_limit(metric);
    quote!(const #constant: ::core::primitive::usize = #path;)
}
