//! The constants of a set: the values of a metric, and the values that depend on constants which
//! attributes name and only the compiler knows.

use osapi_metrics_rules::prometheus_name;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, Ident, spanned::Spanned};

use crate::{
    attribute::{Buckets, Count, GivenText, Text, at, list_of, slice_of},
    duration::duration,
    metric_set::{
        rules::{Prefix, SetRules},
        spec::{Group, Help, Metric, NameSource, Spec, Threshold},
    },
    runtime_path::RuntimePath,
};

/// The expression for the descriptor of a usable metric.
pub(super) fn descriptor(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let (descriptors, index) = (descriptors(spec), descriptor_index(metric, spec));
    quote!(#descriptors[#index])
}

/// The descriptors of a set or group.
pub(super) fn descriptors(Spec { ident, runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let of = if rules.is_group { quote!(MetricGroup) } else { quote!(MetricSet) };
    quote!(<#ident as #runtime::#of>::DESCRIPTORS)
}

/// The position of a metric among the descriptors of its set, which leave out unusable metrics.
pub(super) fn descriptor_index(
    metric: &Metric<'_>,
    Spec { ident, metrics, groups, .. }: &Spec<'_>,
) -> TokenStream {
    let before = metrics.iter().take_while(|other| other.index != metric.index);
    let index = before.filter(|metric| metric.is_usable()).count();
    let groups = groups.iter().filter(|group| group.is_usable && group.index < metric.index);
    let lengths = groups.map(metrics_of).map(|group| quote!(+ #ident::#group.len()));
    quote!(#index #(#lengths)*)
}

/// The constant with the metrics of a group under their names in the set.
pub(super) fn metrics_of(Group { index, .. }: &Group<'_>) -> Ident {
    format_ident!("__OSAPI_GROUP_{index}")
}

/// The name of the constant with the boundaries that another constant holds.
pub(super) fn buckets(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_BUCKETS_{index}")
}

/// The name of the constant with the violations in a name that the compiler judges.
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
        Buckets::Listed(boundaries) => (TokenStream::new(), list_of(boundaries)),
        Buckets::Constant(path) => {
            let (buckets, boundaries) = (buckets(metric), slice_of(path));
            let f64 = quote!(::core::primitive::f64);
            (
                quote! {
                    const #buckets: &'static [#f64] = #boundaries;
                },
                quote!(Self::#buckets),
            )
        }
    }
}

/// The name of a metric: the constant that copies another constant, or joins a constant prefix with
/// the name, and the expression for the name.
pub(super) fn name(
    metric: &Metric<'_>,
    Spec { ident, runtime, rules, .. }: &Spec<'_>,
) -> (TokenStream, TokenStream) {
    let value = &metric.name.value;
    let constant = format_ident!("__OSAPI_NAME_{}", metric.index);
    if let NameSource::Constant(name) = &metric.name.source {
        return (text(&constant, name), quote!(Self::#constant));
    }
    if metric.name.is_known(rules) {
        return (TokenStream::new(), quote!(#value));
    }
    let parts = quote!(#ident::__OSAPI_PREFIX, #value);
    (joined(&constant, &parts, runtime), quote!(Self::#constant))
}

/// The expression for the name of a metric in any place, of the constant that [`name`] gives for
/// the type `of`.
pub(super) fn name_of(metric: &Metric<'_>, of: &TokenStream, rules: &SetRules) -> TokenStream {
    if metric.name.is_known(rules) {
        let value = &metric.name.value;
        return quote!(#value);
    }
    let constant = format_ident!("__OSAPI_NAME_{}", metric.index);
    quote!(#of::#constant)
}

/// The constant with two texts that are joined to a name.
pub(super) fn joined(constant: &Ident, parts: &TokenStream, runtime: &RuntimePath) -> TokenStream {
    let private = runtime.private();
    quote! {
        const #constant: &'static ::core::primitive::str = {
            const NAME: &[::core::primitive::u8] = &#private::join_name::<
                { #private::joined_length(#parts) }
            >(#parts);
            #private::name_text(NAME)
        };
    }
}

/// The constant with a text that a constant of the user gives.
pub(super) fn text(constant: &Ident, given: &Expr) -> TokenStream {
    quote!(const #constant: &'static ::core::primitive::str = #given;)
}

/// The description of a metric: the constant that copies another constant, and the expression for
/// the description.
pub(super) fn help(metric: &Metric<'_>) -> (TokenStream, TokenStream) {
    match &metric.help {
        Help::Literal(help) => (TokenStream::new(), quote!(#help)),
        Help::Constant(given) => {
            let constant = description(metric);
            (text(&constant, given), quote!(Self::#constant))
        }
    }
}

/// The name of the constant with the description that another constant holds.
pub(super) fn description(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_DESCRIPTION_{index}")
}

/// The runbook of a set: the constant that copies another constant, and the expression for the
/// address.
pub(super) fn runbook(Spec { ident, runbook, .. }: &Spec<'_>) -> (TokenStream, TokenStream) {
    let (constant, address) = match runbook {
        None => return (TokenStream::new(), quote!(::core::option::Option::None)),
        Some(GivenText::Literal(Text { value, .. })) => (TokenStream::new(), quote!(#value)),
        Some(GivenText::Constant(given)) => {
            let constant = format_ident!("__OSAPI_RUNBOOK");
            (text(&constant, given), quote!(#ident::#constant))
        }
    };
    (constant, quote!(::core::option::Option::Some(#address)))
}

/// The constants for names that the compiler judges: the prefix, and the rules for names with the
/// prefix.
pub(super) fn prefix(Spec { runtime, rules, metrics, .. }: &Spec<'_>) -> TokenStream {
    if rules.prefix.known().is_some() && metrics.iter().all(|metric| metric.name.is_judged(rules)) {
        return TokenStream::new();
    }
    let private = runtime.private();
    let str = quote!(::core::primitive::str);
    let prefix = match &rules.prefix {
        Prefix::Literal(prefix) => quote! {
            const __OSAPI_PREFIX: &'static #str = #prefix;
        },
        Prefix::Constant(prefix) => {
            let given = text(&format_ident!("__OSAPI_GIVEN_PREFIX"), prefix);
            quote! {
                #given
                const __OSAPI_PREFIX: &'static #str =
                    #private::usable_prefix(Self::__OSAPI_GIVEN_PREFIX);
            }
        }
    };
    let allowances = allowances(rules);
    quote! {
        #prefix
        const __OSAPI_RULES: #runtime::descriptor::MetricRules =
            #runtime::descriptor::MetricRules::new(Self::__OSAPI_PREFIX) #allowances;
    }
}

/// The calls that give rules what the set allows.
pub(super) fn allowances(rules: &SetRules) -> TokenStream {
    let non_base_units = rules.non_base_units.then(|| quote!(.allow_non_base_units()));
    let semconv_names = rules.semconv_names.then(|| quote!(.allow_semconv_names()));
    quote!(#non_base_units #semconv_names)
}

/// The expression for the kind of a metric and its name in a scrape, if the macro knows the name.
pub(super) fn rendered(metric: &Metric<'_>, Spec { runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let kind = metric.instrument.map(|instrument| instrument.kind);
    let (Some(kind), true) = (kind, metric.name.is_known(rules)) else {
        return quote!(::core::option::Option::None);
    };
    let rendered = prometheus_name(&metric.name.value, metric.unit_code(), kind);
    let (rendered, kind) = (rendered.as_str(), format_ident!("{kind:?}"));
    quote!(::core::option::Option::Some((#runtime::descriptor::InstrumentKind::#kind, #rendered)))
}

/// The constant with the violations in a metric's name, if the compiler judges it.
pub(super) fn violations(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let Spec { runtime, rules, .. } = spec;
    if metric.name.is_judged(rules) || !metric.name.is_clear {
        return TokenStream::new();
    }
    let private = runtime.private();
    let (violations, descriptor) = (name_violations(metric), descriptor(metric, spec));
    let is_right = metric.name.is_right;
    let of_field = metric.name.is_of_field().then(|| quote!(.of_field()));
    quote! {
        const #violations: #private::NameViolations<'static> =
            #runtime::descriptor::MetricRules::set_mistakes(
                &Self::__OSAPI_RULES, &#descriptor, #is_right
            )
                #of_field;
    }
}

/// The call that gives a descriptor its thresholds.
pub(super) fn thresholds(metric: &Metric<'_>, runtime: &RuntimePath) -> TokenStream {
    if metric.thresholds.is_empty() {
        return TokenStream::new();
    }
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
    quote!(.with_thresholds(&[#(#thresholds),*]))
}

/// The calls that give a descriptor what only some metrics have: an old name, the text about it
/// beside the description, and what is known of its presence.
pub(super) fn extras(metric: &Metric<'_>) -> TokenStream {
    let Metric { old_name, details, native, absent_until, stale_after, .. } = metric;
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let old_name = text(old_name).map(|old| quote!(.with_renamed_from(#old)));
    let details = (!details.is_empty()).then(|| quote!(.with_details(#details)));
    let native = native.then(|| quote!(.with_native_buckets()));
    let absent_until = text(absent_until).map(|until| quote!(.with_absent_until(#until)));
    let stale_after = stale_after.map(|after| {
        let after = duration(after);
        quote!(.with_stale_after(#after))
    });
    quote!(#old_name #details #native #absent_until #stale_after)
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

/// `<Type as Instrument>::item`, with all tokens at the position of the type. If the type is no
/// instrument, all errors have the same text and position, and the compiler reports them once.
pub(super) fn of_instrument(metric: &Metric<'_>, item: &str, runtime: &RuntimePath) -> TokenStream {
    let (ty, place) = (metric.ty, at(metric.ty.span()));
    let (private, item) = (runtime.private_at(ty.span()), Ident::new(item, place));
    quote_spanned!(place=> <#ty as #private::Instrument>::#item)
}
