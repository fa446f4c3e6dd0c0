mod constants;
mod job_set;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, parse_quote, spanned::Spanned};

use crate::{located::at, origin::origin, runtime_path::RuntimePath};

use super::check::{Metric, Spec};
use job_set::job_set;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, visibility, runtime, can_exist, metrics, .. } = spec;
    if !*can_exist {
        return without_instance(spec);
    }
    let made = metrics.iter().filter(|metric| metric.is_usable());
    let descriptors = made.clone().map(|metric| {
        let constant = constant(metric);
        quote!(Self::#constant.0)
    });
    let constants = made.clone().map(|metric| declaration(metric, spec));
    let checks = made.map(|metric| constants::checks(metric, spec));
    let check_prefix = constants::check_prefix(spec);
    let of_names = constants::of_names(spec);
    let (job_set, observe_oldest) = job_set(spec);
    let instance = instance(metrics, &observe_oldest, runtime);
    quote! {
        #[automatically_derived]
        impl #runtime::MetricSet for #ident {
            // It is no array on the stack.
            #[allow(clippy::large_stack_arrays)]
            const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = &[#(#descriptors),*];

            fn global() -> &'static Self {
                Self::__osapi_instance().get()
            }
        }

        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #of_names
            #(#constants)*

            /// What is known about each metric at compile time, in the order of the fields.
            #visibility const DESCRIPTORS: &'static [#runtime::MetricDescriptor] =
                <Self as #runtime::MetricSet>::DESCRIPTORS;

            /// The one instance in this process. Recording into it before a runtime is installed
            /// is kept.
            #[must_use]
            #[inline]
            #visibility fn global() -> &'static Self {
                <Self as #runtime::MetricSet>::global()
            }

            #[doc(hidden)]
            const fn __osapi_instance() -> &'static #runtime::__private::SetInstance<Self> {
                static INSTANCE: #runtime::__private::SetInstance<#ident> =
                    #runtime::__private::SetInstance::new(#ident::__osapi_make);
                &INSTANCE
            }

            #[doc(hidden)]
            #[allow(unused_variables)]
            fn __osapi_make(__osapi_instruments: &mut #runtime::__private::InstrumentList) -> Self {
                #instance
            }
        }

        #runtime::__private::inventory::submit! {
            #runtime::__private::SetRegistration {
                name: ::core::stringify!(#ident),
                descriptors: <#ident as #runtime::MetricSet>::DESCRIPTORS,
                instance: #ident::__osapi_instance(),
            }
        }

        #job_set
        #check_prefix
        #(#checks)*
    }
}

/// What other code relies on in a set that is no struct of instruments, or not one type.
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

/// The constant that holds what is known about a metric, and what makes its instrument.
fn constant(Metric { index, .. }: &Metric<'_>) -> Ident {
    format_ident!("__OSAPI_METRIC_{index}")
}

/// The constants of a metric. Its type is asked here and nowhere else what it is and how it is made:
/// where it is no instrument, this is the one error.
fn declaration(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let (Metric { field, ty, help, .. }, runtime) = (metric, &spec.runtime);
    let constant = constant(metric);
    let here = runtime.located_at(ty.span());
    let (joined, name) = constants::name(metric, spec);
    let origin = origin(field.span(), runtime);
    let unit = match metric.unit_code() {
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
        None => quote!(::core::option::Option::None),
    };
    let (buckets, boundaries) = constants::boundaries(metric);
    let rendered = constants::rendered(metric, spec);
    let declare = if metric.needs_series_check() { "declare" } else { "declare_unlabelled" };
    let declare = Ident::new(declare, at(ty.span()));
    let declared = quote_spanned! {at(ty.span())=>
        #here::__private::#declare::<#ty>(#name, #unit, #help, #boundaries, #origin, #rendered)
    };
    let series = constants::allowed_series(metric);
    let mistakes = constants::mistakes(metric, spec);
    quote! {
        #joined
        #buckets
        #series
        #mistakes
        #[doc(hidden)]
        const #constant: #runtime::__private::Declared<#ty> = #declared;
    }
}

/// The one instance, unless the types of its fields were refused.
fn instance(
    metrics: &[Metric<'_>],
    observe_oldest: &TokenStream,
    runtime: &RuntimePath,
) -> TokenStream {
    if !metrics.iter().all(Metric::is_usable) {
        return quote!(::core::unreachable!());
    }
    let fields = metrics.iter().enumerate().map(|(index, metric)| {
        let (field, constant) = (metric.field, constant(metric));
        quote! {
            #field: (Self::#constant.1)(
                &<Self as #runtime::MetricSet>::DESCRIPTORS[#index],
                __osapi_instruments,
            )
        }
    });
    quote! {
        let __osapi_set = Self { #(#fields),* };
        #observe_oldest
        __osapi_set
    }
}
