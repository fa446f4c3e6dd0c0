//! The fields of a set or group that has groups, with the metrics that the compiler joins.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{
    constant_labels,
    constants::{self, metrics_of, of_instrument},
    metric::descriptor,
};
use crate::{
    attribute::{GivenText, Text, at},
    metric_set::{
        rules::Prefix,
        spec::{Group, Metric, Spec},
    },
    origin::{line, origin},
    runtime_path::RuntimePath,
};

/// A field that can be made.
pub(super) enum Member<'a> {
    Metric(&'a Metric<'a>),
    Group(&'a Group<'a>),
}

impl Member<'_> {
    fn index(&self) -> usize {
        match self {
            Self::Metric(metric) => metric.index,
            Self::Group(group) => group.index,
        }
    }
}

/// The usable fields in their order, in which instruments take their descriptors.
pub(super) fn members<'a>(Spec { metrics, groups, .. }: &'a Spec<'_>) -> Vec<Member<'a>> {
    let metrics = metrics.iter().filter(|metric| metric.is_usable()).map(Member::Metric);
    let groups = groups.iter().filter(|group| group.is_usable).map(Member::Group);
    let mut members: Vec<_> = metrics.chain(groups).collect();
    members.sort_by_key(Member::index);
    members
}

/// `<Type as MetricGroup>::item`, with all tokens at the position of the type, so that the compiler
/// reports a type that is no group once.
pub(super) fn of_group(group: &Group<'_>, item: &str, runtime: &RuntimePath) -> TokenStream {
    let (ty, place) = (group.ty, at(group.ty.span()));
    let (private, item) = (runtime.private_at(ty.span()), Ident::new(item, place));
    quote_spanned!(place=> <#ty as #private::MetricGroup>::#item)
}

/// The expression for the one instance. It is unreachable if the type of a field is invalid.
pub(super) fn instance(spec: &Spec<'_>, observe_oldest: &TokenStream) -> TokenStream {
    if !spec.is_usable() {
        return quote!(::core::unreachable!());
    }
    let members = members(spec);
    let fields = members.iter().map(|member| {
        let (field, new) = match member {
            Member::Metric(metric) => {
                (metric.field, of_instrument(metric, "__osapi_new", &spec.runtime))
            }
            Member::Group(group) => (group.field, of_group(group, "__osapi_new", &spec.runtime)),
        };
        quote!(#field: #new(__osapi_instruments))
    });
    quote! {
        let __osapi_set = Self { #(#fields),* };
        #observe_oldest
        __osapi_set
    }
}

/// The value of the constant with all descriptors.
pub(super) fn descriptors(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, groups, .. } = spec;
    if !groups.iter().any(|group| group.is_usable) {
        return own_descriptors(spec);
    }
    let private = runtime.private();
    quote! {
        &#private::metrics_of::<{ #private::count_metrics(#ident::__OSAPI_MEMBERS) }>(
            #ident::__OSAPI_MEMBERS
        )
    }
}

/// The descriptors of the metrics that are no part of a group.
fn own_descriptors(spec: &Spec<'_>) -> TokenStream {
    let origin = origin(&quote!(0), &spec.runtime);
    let usable = spec.metrics.iter().filter(|metric| metric.is_usable());
    let descriptors = usable.map(|metric| descriptor(metric, spec));
    quote! {{
        #[allow(unused_variables)]
        let __osapi_origin = #origin;
        &[#(#descriptors),*]
    }}
}

/// The constants for groups: the joined metrics of each, and the list of all fields.
pub(super) fn constants(spec: &Spec<'_>) -> TokenStream {
    let Spec { runtime, rules, .. } = spec;
    let members = members(spec);
    let groups = members.iter().filter_map(|member| match member {
        Member::Group(group) => Some(*group),
        Member::Metric(_) => None,
    });
    let joined: Vec<_> = groups.map(|group| joined(group, spec)).collect();
    if joined.is_empty() {
        return TokenStream::new();
    }
    let private = runtime.private();
    let mut own = 0_usize..;
    let fields = members.iter().map(|member| match member {
        Member::Metric(metric) => {
            let (field, position) = (metric.field.to_string(), own.next());
            quote!(#private::Member::metric(#field, Self::__OSAPI_OWN_METRICS, #position))
        }
        Member::Group(group) => {
            let (field, metrics) = (group.field.to_string(), metrics_of(group));
            let ((_, part), (_, prefix)) = (part(group, spec), prefix(group, spec));
            let of_group = of_group(group, "__OSAPI_RULES", runtime);
            let allowances = constants::allowances(rules);
            let nested = rules.is_group.then(|| quote!(.nested()));
            quote! {
                #private::Member::group(
                    #field,
                    Self::#metrics,
                    #part,
                    #runtime::descriptor::MetricRules::new(#prefix)
                        #allowances
                        .allow_also(&#of_group),
                )
                    #nested
            }
        }
    });
    let own = own_descriptors(spec);
    quote! {
        #(#joined)*
        #[allow(clippy::large_stack_arrays)]
        const __OSAPI_OWN_METRICS: &'static [#runtime::MetricDescriptor] = #own;
        #[allow(clippy::large_stack_arrays)]
        const __OSAPI_MEMBERS: &'static [#private::Member] = &[#(#fields),*];
    }
}

/// The checks of each group, at what gives its names their part.
pub(super) fn checks(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, .. } = spec;
    let members = members(spec);
    let groups = members.iter().enumerate().filter_map(|(position, member)| match member {
        Member::Group(group) => Some((position, *group)),
        Member::Metric(_) => None,
    });
    let checks = groups.map(|(position, group)| {
        let place = group.part.span();
        let private = runtime.private_at(place);
        let part = match &group.part {
            GivenText::Literal(_) => None,
            GivenText::Constant(_) => {
                let part = given_part(group);
                Some(quote_spanned! {at(place)=>
                    const _: () = #private::assert_part(#ident::#part);
                })
            }
        };
        let check = quote_spanned! {at(place)=>
            const _: () = #private::assert_group(#ident::__OSAPI_MEMBERS, #position);
        };
        quote!(#part #check)
    });
    quote!(#(#checks)*)
}

fn joined(group: &Group<'_>, spec: &Spec<'_>) -> TokenStream {
    let Spec { runtime, .. } = spec;
    let private = runtime.private();
    let (given_part, _) = part(group, spec);
    let (given_prefix, prefix) = prefix(group, spec);
    let (own, names) = (
        format_ident!("__OSAPI_GROUP_METRICS_{}", group.index),
        format_ident!("__OSAPI_GROUP_NAMES_{}", group.index),
    );
    let metrics = metrics_of(group);
    let of_group = of_group(group, "DESCRIPTORS", runtime);
    let origin = origin(&line(group.field.span()), runtime);
    let descriptors = quote!(&'static [#runtime::MetricDescriptor]);
    let joined = quote! {
        #private::join_group::<{ Self::#own.len() }>(#prefix, Self::#own, Self::#names, #origin)
    };
    let joined = constant_labels::of_group(joined, spec);
    quote! {
        #given_part
        #given_prefix
        const #own: #descriptors = #of_group;
        #[allow(clippy::large_stack_arrays)]
        const #names: &'static [::core::primitive::u8] = &#private::join_names::<
            { #private::names_length(#prefix, Self::#own) }
        >(#prefix, Self::#own);
        #[allow(clippy::large_stack_arrays)]
        const #metrics: #descriptors = &#joined;
    }
}

/// The constant that copies the constant of a part, and the expression for the part.
fn part(group: &Group<'_>, Spec { ident, .. }: &Spec<'_>) -> (TokenStream, TokenStream) {
    match &group.part {
        GivenText::Literal(Text { value, .. }) => (TokenStream::new(), quote!(#value)),
        GivenText::Constant(given) => {
            let constant = given_part(group);
            (constants::text(&constant, given), quote!(#ident::#constant))
        }
    }
}

fn given_part(Group { index, .. }: &Group<'_>) -> Ident {
    format_ident!("__OSAPI_GIVEN_PART_{index}")
}

/// Everything in front of a group's names: the constant that joins it, if the macro does not know
/// it, and the expression for it.
fn prefix(group: &Group<'_>, spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, runtime, rules, .. } = spec;
    let of_set = match &rules.prefix {
        Prefix::Literal(prefix) => quote!(#prefix),
        Prefix::Constant(_) => quote!(#ident::__OSAPI_PREFIX),
    };
    let (_, part) = part(group, spec);
    match (rules.prefix.known(), &group.part) {
        (_, GivenText::Literal(Text { value, .. })) if value.is_empty() => {
            (TokenStream::new(), of_set)
        }
        (Some(prefix), GivenText::Literal(Text { value, .. })) => {
            let joined =
                if prefix.is_empty() { value.clone() } else { format!("{prefix}_{value}") };
            (TokenStream::new(), quote!(#joined))
        }
        _ => {
            let constant = format_ident!("__OSAPI_GROUP_PREFIX_{}", group.index);
            let joined = constants::joined(&constant, &quote!(#of_set, #part), runtime);
            (joined, quote!(#ident::#constant))
        }
    }
}
