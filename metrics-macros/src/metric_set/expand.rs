use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::located::at;

use super::{
    buckets::Buckets,
    check::{Metric, Spec},
    follows::Follows,
};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, visibility, runtime, metrics, .. } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let descriptors = metrics.iter().map(|metric| descriptor(metric, spec));
    let fields = metrics.iter().enumerate().map(|(index, Metric { field, ty, .. })| {
        quote_spanned! {at(ty.span())=>
            #field: #runtime::__private::Instrument::new(
                &<Self as #runtime::MetricSet>::DESCRIPTORS[#index],
                instruments,
            )
        }
    });
    let budgets = metrics.iter().map(|metric| budget(metric, spec));
    let (job_set, observe_oldest) = job_set(spec);
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::MetricSet for #ident #ty_generics #where_clause {
            const DESCRIPTORS: &'static [#runtime::MetricDescriptor] = &[#(#descriptors),*];

            fn global() -> &'static Self {
                Self::__osapi_instance().set()
            }
        }

        #[automatically_derived]
        #[allow(dead_code)]
        impl #impl_generics #ident #ty_generics #where_clause {
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
            fn __osapi_instance() -> &'static #runtime::__private::Instance<Self> {
                static INSTANCE: #runtime::__private::LazyLock<
                    #runtime::__private::Instance<#ident>,
                > = #runtime::__private::LazyLock::new(|| {
                    let instance = #runtime::__private::Instance::new(#ident::__osapi_make);
                    #observe_oldest
                    instance
                });
                #runtime::__private::LazyLock::force(&INSTANCE)
            }

            #[doc(hidden)]
            #[allow(unused_variables)]
            fn __osapi_make(instruments: &mut #runtime::__private::InstrumentList) -> Self {
                Self { #(#fields),* }
            }

            #[doc(hidden)]
            fn __osapi_instruments() -> &'static [&'static dyn #runtime::__private::RegisteredInstrument] {
                Self::__osapi_instance().instruments()
            }
        }

        #runtime::__private::inventory::submit! {
            #runtime::__private::SetRegistration {
                name: ::core::stringify!(#ident),
                descriptors: <#ident as #runtime::MetricSet>::DESCRIPTORS,
                instruments: #ident::__osapi_instruments,
            }
        }

        #job_set
        #(#budgets)*
    }
}

fn descriptor(metric: &Metric<'_>, Spec { runtime, .. }: &Spec<'_>) -> TokenStream {
    let Metric { field, ty, name, unit, help, buckets, .. } = metric;
    // At the type, so that a label set or a value type that does not fit is reported there.
    let instrument = quote_spanned!(at(ty.span())=> <#ty as #runtime::__private::Instrument>);
    // At the field, so that `line!` is the line of its declaration.
    let line = quote_spanned!(at(field.span())=> ::core::line!());
    let unit = unit.as_ref().map(|unit| quote!(.with_unit(#unit)));
    let buckets = match buckets {
        Buckets::None => TokenStream::new(),
        Buckets::Listed(boundaries) => {
            let boundaries = boundaries.iter().map(|boundary| Literal::f64_suffixed(*boundary));
            quote!(.with_buckets(&[#(#boundaries),*]))
        }
        Buckets::Constant(path) => quote!(.with_buckets(&#path)),
    };
    quote! {
        #runtime::MetricDescriptor::new(#name, #instrument::KIND, #instrument::VALUE_TYPE)
            #unit
            .with_help(#help)
            .with_labels(<#instrument::Labels as #runtime::LabelSet>::LABELS)
            #buckets
            .with_observability(#instrument::OBSERVABLE)
            .with_origin(#runtime::Origin::new(
                ::core::env!("CARGO_PKG_NAME"),
                ::core::env!("CARGO_PKG_VERSION"),
                ::core::module_path!(),
                ::core::file!(),
                #line,
            ))
    }
}

/// Rules L5 and B4, which the compiler checks: the macro sees neither label types nor constants.
fn budget(metric: &Metric<'_>, Spec { runtime, .. }: &Spec<'_>) -> TokenStream {
    let Metric { ty, name, max_series, buckets, unit, .. } = metric;
    let limit =
        max_series.map_or_else(|| quote!(#runtime::__private::MAX_SERIES), |limit| quote!(#limit));
    let series = quote! {
        #runtime::__private::series_count(
            <<#ty as #runtime::__private::Instrument>::Labels as #runtime::LabelSet>::LABELS,
        )
    };
    let message = format!(
        "`{name}` can have too many series; reduce the labels' values, or allow more with \
         `max_series = N`"
    );
    let check_series = quote_spanned! {at(ty.span())=>
        const _: () = ::core::assert!(#series <= #limit, #message);
    };
    let check_buckets = match buckets {
        Buckets::Constant(path) => {
            let unit = unit.as_ref().map_or_else(
                || quote!(::core::option::Option::None),
                |unit| quote!(::core::option::Option::Some(#unit)),
            );
            quote_spanned! {at(path.span())=>
                const _: () = #runtime::__private::assert_buckets(&#path, #unit);
            }
        }
        _ => TokenStream::new(),
    };
    quote!(#check_series #check_buckets)
}

/// What makes the set follow jobs, and what its one instance begins with.
fn job_set(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, runtime, job_labels, metrics, .. } = spec;
    let Some(labels) = job_labels else { return (TokenStream::new(), TokenStream::new()) };
    let events = metrics.iter().filter_map(|Metric { field, ty, follows, labelled, .. }| {
        let Some(Follows::Event(event)) = follows else { return None };
        let label = if *labelled {
            quote_spanned!(at(ty.span())=> #runtime::FromJob::from_job)
        } else {
            quote!(#runtime::__private::on::unlabelled)
        };
        Some(quote_spanned! {at(ty.span())=>
            #runtime::__private::on::#event(&self.#field, #label, labels, event);
        })
    });
    let oldest: Vec<_> = metrics
        .iter()
        .filter(|metric| matches!(metric.follows, Some(Follows::OldestActive)))
        .map(|metric| metric.field)
        .collect();
    let active = (!oldest.is_empty()).then(|| {
        quote! {
            fn active_jobs() -> ::core::option::Option<
                &'static #runtime::__private::ActiveJobs<#labels>,
            > {
                static ACTIVE: #runtime::__private::ActiveJobs<#labels> =
                    #runtime::__private::ActiveJobs::new();
                ::core::option::Option::Some(&ACTIVE)
            }
        }
    });
    let observe = quote! {
        #(if let ::core::option::Option::Some(active) =
            <#ident as #runtime::JobSet>::active_jobs()
        {
            active.report_oldest_to(&instance.set().#oldest);
        })*
    };
    let job_set = quote! {
        #[automatically_derived]
        impl #runtime::JobSet for #ident {
            type Labels = #labels;

            #[allow(unused_variables)]
            fn on_event(
                &self,
                labels: &#labels,
                event: &#runtime::__private::JobEvent<'_>,
            ) {
                #(#events)*
            }

            #active
        }
    };
    (job_set, observe)
}
