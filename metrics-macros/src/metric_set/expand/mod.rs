//! Expands a metric set: its descriptors, its one instance, its registration, and the checks that
//! only the compiler can make.

mod checks;
mod constants;
mod job_set;
mod names;
mod role_set;
mod scope;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{parse_quote, spanned::Spanned};

use super::spec::{Metric, Spec};
use crate::{
    attribute::at,
    origin::{line, origin},
    runtime_path::RuntimePath,
};
use job_set::job_set;
use role_set::{role_set, roles_name};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, visibility, doc, runtime, can_exist, metrics, .. } = spec;
    if !*can_exist {
        return without_instance(spec);
    }
    let private = runtime.private();
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let descriptors = usable.clone().map(|metric| descriptor(metric, spec));
    let constants = usable.clone().map(|metric| constants_of(metric, spec));
    let origin = origin(&quote!(0), runtime);
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
    let instance = instance(metrics, &observe_oldest, runtime);
    let (instances, scoped) = (scope::instances(spec), scope::scoped(spec));
    let names = names::table(spec);
    let (global, of_global) = match &spec.rules.scope {
        None => (quote!(get), "The one instance in this process."),
        Some(_) => (quote!(unscoped), "The instance whose series have no labels of the scope."),
    };
    quote! {
        #[automatically_derived]
        impl #runtime::MetricSet for #ident {
            // The lint reports an array on the stack. A constant is not on the stack.
            #[allow(clippy::large_stack_arrays)]
            const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = {
                #[allow(unused_variables)]
                let __osapi_origin = #origin;
                &[#(#descriptors),*]
            };

            fn global() -> &'static Self {
                Self::__osapi_instance().#global()
            }
        }

        #[automatically_derived]
        #[allow(dead_code, clippy::same_name_method)]
        impl #ident {
            #prefix
            #given_runbook
            #(#constants)*

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

/// The expression for the descriptor of a metric.
fn descriptor(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let (Metric { field, ty, .. }, runtime) = (metric, &spec.runtime);
    let private = runtime.private();
    let (_, name) = constants::name(metric, spec);
    let (_, help) = constants::help(metric);
    let (_, boundaries) = constants::boundaries(metric);
    let unit = match metric.unit_code() {
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
        None => quote!(::core::option::Option::None),
    };
    let (shape, line) = (constants::of_instrument(metric, "SHAPE", runtime), line(field.span()));
    let rendered = constants::rendered(metric, spec);
    let declared = quote! {
        #private::declare(
            #shape, __osapi_origin, #line, #name, #unit, #help, #boundaries, #rendered,
        )
    };
    let declared = scope::with_labels(declared, metric, spec);
    let declared = if metric.needs_series_check(&spec.rules) {
        declared
    } else {
        let private = runtime.private_at(ty.span());
        quote_spanned!(at(ty.span())=> #private::unlabelled(#declared))
    };
    let (extras, thresholds) = (constants::extras(metric), constants::thresholds(metric, runtime));
    quote!(#declared #extras #thresholds)
}

/// The constants that the descriptor and the checks of a metric refer to.
fn constants_of(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let (joined, _) = constants::name(metric, spec);
    let (help, _) = constants::help(metric);
    let (buckets, _) = constants::boundaries(metric);
    let series = constants::max_series(metric);
    let violations = constants::violations(metric, spec);
    quote!(#joined #help #buckets #series #violations)
}

/// The expression for the one instance. It is unreachable if the type of a field is invalid.
fn instance(
    metrics: &[Metric<'_>],
    observe_oldest: &TokenStream,
    runtime: &RuntimePath,
) -> TokenStream {
    if !metrics.iter().all(Metric::is_usable) {
        return quote!(::core::unreachable!());
    }
    let fields = metrics.iter().map(|metric| {
        let (field, new) = (metric.field, constants::of_instrument(metric, "__osapi_new", runtime));
        quote!(#field: #new(__osapi_instruments))
    });
    quote! {
        let __osapi_set = Self { #(#fields),* };
        #observe_oldest
        __osapi_set
    }
}
