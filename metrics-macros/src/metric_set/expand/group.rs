use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::{checks, constants, members, metric::constants_of};
use crate::metric_set::spec::{Metric, Spec};

/// Expands a group: its descriptors, and what makes it for a set.
pub(super) fn group(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, rules, metrics, groups, .. } = spec;
    let private = runtime.private();
    let usable = || metrics.iter().filter(|metric| metric.is_usable());
    let descriptors = members::descriptors(spec);
    let constants = usable().map(|metric| constants_of(metric, spec));
    let joined = members::constants(spec);
    let checks = usable().map(|metric: &Metric<'_>| checks::of_metric(metric, spec));
    let (check_set, check_groups) = (checks::of_set(spec), members::checks(spec));
    let allowances = constants::allowances(rules);
    let of_nested = groups.iter().filter(|group| group.is_usable).map(|group| {
        let rules = members::of_group(group, "__OSAPI_RULES", runtime);
        quote!(.allow_also(&#rules))
    });
    let instance = members::instance(spec, &TokenStream::new());
    quote! {
        #[automatically_derived]
        impl #runtime::MetricGroup for #ident {
            #[allow(clippy::large_stack_arrays)]
            const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = #descriptors;

            const __OSAPI_RULES: #runtime::descriptor::MetricRules =
                #runtime::descriptor::MetricRules::new("") #allowances #(#of_nested)*;

            #[allow(unused_variables, clippy::missing_asserts_for_indexing)]
            fn __osapi_new(__osapi_instruments: &mut #private::InstrumentList) -> Self {
                #instance
            }
        }

        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #(#constants)*
            #joined
        }

        #check_set
        #(#checks)*
        #check_groups
    }
}

/// A group that cannot be made, so that a set with it has no error of its own.
pub(super) fn unusable_group(Spec { ident, generics, runtime, .. }: &Spec<'_>) -> TokenStream {
    let mut generics = (*generics).clone();
    let private = runtime.private();
    let bounds = parse_quote!(Self: ::core::marker::Send + ::core::marker::Sync + 'static);
    generics.make_where_clause().predicates.push(bounds);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::MetricGroup for #ident #ty_generics #where_clause {
            const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = &[];

            const __OSAPI_RULES: #runtime::descriptor::MetricRules =
                #runtime::descriptor::MetricRules::new("");

            fn __osapi_new(_: &mut #private::InstrumentList) -> Self {
                ::core::unreachable!()
            }
        }
    }
}
