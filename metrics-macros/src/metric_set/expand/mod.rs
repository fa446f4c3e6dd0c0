//! Expands a metric set: its descriptors, its one instance, its registration, and the checks that
//! only the compiler can make.

mod checks;
mod constant_labels;
mod constants;
mod group;
mod job_set;
mod members;
mod metric;
mod names;
mod role_set;
mod scope;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::spec::Spec;
use group::{group, unusable_group};
use job_set::job_set;
use members::instance;
use metric::constants_of;
use role_set::{role_set, roles_name};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, visibility, doc, runtime, can_exist, rules, metrics, .. } = spec;
    match (rules.is_group, *can_exist) {
        (true, true) => return group(spec),
        (true, false) => return unusable_group(spec),
        (false, false) => return without_instance(spec),
        (false, true) => {}
    }
    let private = runtime.private();
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let descriptors = members::descriptors(spec);
    let constants = usable.clone().map(|metric| constants_of(metric, spec));
    let (joined, check_groups) = (members::constants(spec), members::checks(spec));
    let checks = usable.map(|metric| checks::of_metric(metric, spec));
    let check_set = checks::of_set(spec);
    let prefix = constants::prefix(spec);
    let (job_set, observe_oldest) = job_set(spec);
    let role_set = role_set(spec);
    let roles_name = roles_name(spec);
    let events = match &spec.rules.job_labels {
        Some(_) => quote!(<#ident as #runtime::JobMetricSet>::EVENT_BINDINGS),
        None => quote!(&[]),
    };
    let (given_runbook, runbook) = constants::runbook(spec);
    let (help, details) = doc.map_or(("", ""), |doc| (&doc.summary, &doc.rest));
    let instance = instance(spec, &observe_oldest);
    let (instances, scoped) = (scope::instances(spec), scope::scoped(spec));
    let names = names::table(spec);
    let constant_labels = constant_labels::constant(spec);
    let (global, of_global) = match &spec.rules.scope {
        None => (quote!(get), "The one instance in this process."),
        Some(_) => (quote!(unscoped), "The instance whose series have no labels of the scope."),
    };
    quote! {
        #[automatically_derived]
        impl #runtime::MetricSet for #ident {
            // The lint reports an array on the stack. A constant is not on the stack.
            #[allow(clippy::large_stack_arrays)]
            const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = #descriptors;

            fn global() -> &'static Self {
                Self::__osapi_instance().#global()
            }
        }

        #[automatically_derived]
        #[allow(dead_code, clippy::same_name_method)]
        impl #ident {
            #prefix
            #given_runbook
            #constant_labels
            #(#constants)*
            #joined

            /// The descriptor of each metric, in the order of the fields.
            #visibility const DESCRIPTORS: &'static [#runtime::MetricDescriptor] =
                <Self as #runtime::MetricSet>::DESCRIPTORS;

            #[doc = #of_global]
            /// Recording into it before a runtime is installed is kept.
            #[doc = #names]
            #[must_use]
            #[inline]
            #visibility fn global() -> &'static Self {
                <Self as #runtime::MetricSet>::global()
            }

            #scoped

            #instances

            #[doc(hidden)]
            #[allow(unused_variables, clippy::missing_asserts_for_indexing)]
            fn __osapi_make(__osapi_instruments: &mut #private::InstrumentList) -> Self {
                #instance
            }
        }

        #private::inventory::submit! {
            #private::SetRegistration {
                name: ::core::stringify!(#ident),
                help: #help,
                details: #details,
                runbook: #runbook,
                descriptors: <#ident as #runtime::MetricSet>::DESCRIPTORS,
                instance: #ident::__osapi_instance(),
                events: #events,
                roles: #roles_name,
            }
        }

        #job_set
        #role_set
        #check_set
        #(#checks)*
        #check_groups
    }
}

/// The items that other code uses, for a declaration that cannot have one instance: an enum, a
/// tuple struct, a generic type. Without them, each use would be an error beside the reported
/// error.
fn without_instance(Spec { ident, generics, visibility, runtime, .. }: &Spec<'_>) -> TokenStream {
    let mut generics = (*generics).clone();
    generics.make_where_clause().predicates.push(parse_quote!(Self: 'static));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(dead_code)]
        impl #impl_generics #ident #ty_generics #where_clause {
            #visibility const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = &[];

            #visibility fn global() -> &'static Self {
                ::core::unreachable!()
            }
        }
    }
}
