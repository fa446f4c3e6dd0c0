use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type, spanned::Spanned};

use super::constants::descriptor_index;
use crate::{
    attribute::at,
    metric_set::spec::{Metric, Spec},
    runtime_path::RuntimePath,
};

/// A job event that a metric records.
struct EventBinding<'a> {
    /// The position of its cache among the caches of a handler, if handlers keep series.
    cached_at: Option<usize>,
    metric: &'a Metric<'a>,
    event: &'a Ident,
}

/// Whether handlers keep the series of a set: those of `JobMetrics`, whose jobs all have the label
/// of their handler. A job of any other set has labels of its own.
fn keeps_series(runtime: &RuntimePath) -> bool {
    runtime.is_inside()
}

/// The implementation of `JobMetricSet`, and the code that each instance of the set begins with.
pub(super) fn job_set(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, runtime, rules, metrics, .. } = spec;
    let Some(labels) = &rules.job_labels else { return (TokenStream::new(), TokenStream::new()) };
    let private = runtime.private();
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let bindings: Vec<_> = usable
        .flat_map(|metric| metric.events.iter().map(move |event| (metric, event)))
        .enumerate()
        .map(|(index, (metric, event))| {
            let cached_at = keeps_series(runtime).then_some(index);
            EventBinding { cached_at, metric, event }
        })
        .collect();

    let cached = || bindings.iter().filter(|binding| binding.cached_at.is_some());
    let cache_types = cached().map(|binding| {
        let series = binding.series(runtime);
        quote!(#private::EventSeries<#series>)
    });
    let empty_caches = cached().map(|_| quote!(#private::EventSeries::EMPTY));
    let on_events = on_events(&bindings, labels, runtime);
    let described = bindings.iter().map(|EventBinding { metric, event, .. }| {
        let (on, index) = (event.to_string(), descriptor_index(metric, spec));
        quote!(#private::EventBinding { on: #on, metric: #index })
    });
    let label_checks = bindings.iter().filter_map(|binding| binding.check_labels(labels, runtime));
    let active_series = active_series(&bindings, labels, runtime);
    let (oldest_active, observe) = oldest_active(&bindings, labels, runtime);
    let job_set = quote! {
        #[automatically_derived]
        impl #runtime::JobMetricSet for #ident {
            type Labels = #labels;

            const EVENT_BINDINGS: &'static [#private::EventBinding] = &[#(#described),*];

            type Cache = (#(#cache_types,)*);

            #[allow(clippy::declare_interior_mutable_const)]
            const EMPTY_CACHE: Self::Cache = (#(#empty_caches,)*);

            #on_events

            // Provided methods of the trait would be compiled in each crate with a handler. Written
            // out, the two methods are compiled once, in the crate of the set.
            #[inline(never)]
            fn begin_job(
                __osapi_context: #private::JobContext<Self::Cache>,
                __osapi_start: #private::Start<#labels>,
            ) -> #runtime::JobGuard<Self> {
                #private::begin(__osapi_context, __osapi_start)
            }

            #[inline(never)]
            fn end_job(
                __osapi_job: &mut #private::ActiveJob<Self>,
                __osapi_report: &mut #private::JobReport,
            ) {
                #private::end(__osapi_job, __osapi_report);
            }

            #active_series
            #oldest_active
        }

        #(#label_checks)*
    };
    (job_set, observe)
}

/// The methods of `JobMetricSet` that record events, each with its events.
const ON_EVENTS: [(&str, &[&str]); 8] = [
    ("on_created", &["created"]),
    ("on_started", &["started", "active"]),
    ("on_retried", &["retried"]),
    ("on_waited", &["queue_wait"]),
    ("on_output", &["output_size"]),
    (
        "on_ended",
        &[
            "completed",
            "failed",
            "timed_out",
            "cancelled",
            "panicked",
            "finished",
            "dead_lettered",
            "duration",
            "attempts",
        ],
    ),
    ("on_succeeded", &["last_success"]),
    ("on_judged", &["slo_valid", "slo_good", "slo_target", "slo_latency"]),
];

/// The methods that record events. A method without events keeps its empty default.
fn on_events(bindings: &[EventBinding<'_>], labels: &Type, runtime: &RuntimePath) -> TokenStream {
    let private = runtime.private();
    let methods = ON_EVENTS.iter().filter_map(|(method, events)| {
        let selected =
            bindings.iter().filter(|binding| events.iter().any(|event| binding.event == event));
        let calls: Vec<_> = selected.filter_map(|binding| binding.call(labels, runtime)).collect();
        if calls.is_empty() {
            return None;
        }
        let method = format_ident!("{method}");
        Some(quote! {
            // The caller knows the event. Inlined there, most of the branches disappear.
            #[allow(unused_variables, clippy::inline_always)]
            #[inline(always)]
            fn #method(
                &self,
                __osapi_labels: &#labels,
                __osapi_event: &#private::JobEvent<'_>,
                __osapi_cache: ::core::option::Option<&'static Self::Cache>,
            ) {
                #(#calls)*
            }
        })
    });
    quote!(#(#methods)*)
}

/// The methods that count a job among the active jobs, from its start to its end.
fn active_series(
    bindings: &[EventBinding<'_>],
    labels: &Type,
    runtime: &RuntimePath,
) -> TokenStream {
    let private = runtime.private();
    let active: Vec<_> = bindings.iter().filter(|binding| binding.is_active()).collect();
    let types = active.iter().map(|active| {
        let series = active.series(runtime);
        quote!(::core::option::Option<#series>)
    });
    let marks = active.iter().map(|active| {
        let place = active.metric.ty.span();
        let private = runtime.private_at(place);
        let started = quote_spanned!(at(place)=> &#private::JobEvent::Started);
        let arguments = active.arguments(labels, &started, runtime);
        quote_spanned!(at(place)=> #private::on::active(#arguments))
    });
    let unmarks = (0..active.len()).map(|index| {
        let index = syn::Index::from(index);
        quote!(#private::on::inactive(__osapi_series.#index);)
    });
    quote! {
        type ActiveSeries = (#(#types,)*);

        #[allow(unused_variables, clippy::inline_always, clippy::unused_unit)]
        #[inline(always)]
        fn mark_active(
            &self,
            __osapi_labels: &#labels,
            __osapi_cache: ::core::option::Option<&'static Self::Cache>,
        ) -> Self::ActiveSeries {
            (#(#marks,)*)
        }

        #[allow(unused_variables, clippy::inline_always)]
        #[inline(always)]
        fn mark_inactive(__osapi_series: &Self::ActiveSeries) {
            #(#unmarks)*
        }
    }
}

/// The method that returns the series for the age of the oldest job, and the code that makes an
/// instance of the set observe the age.
fn oldest_active(
    bindings: &[EventBinding<'_>],
    labels: &Type,
    runtime: &RuntimePath,
) -> (TokenStream, TokenStream) {
    let Some(oldest) = bindings.iter().find(|binding| binding.is_oldest_active()) else {
        return (TokenStream::new(), TokenStream::new());
    };
    let (field, cache) = (oldest.metric.field, oldest.cache());
    let place = oldest.metric.ty.span();
    let private_at_type = runtime.private_at(place);
    let series = quote_spanned! {at(place)=>
        #private_at_type::on::oldest_active::<#labels, _>(&self.#field, #cache, __osapi_labels)
    };
    let oldest_active = quote! {
        #[inline]
        fn oldest_active(
            &self,
            __osapi_labels: &#labels,
            __osapi_cache: ::core::option::Option<&'static Self::Cache>,
        ) -> ::core::option::Option<#runtime::instruments::ObservableSeries> {
            #series
        }
    };
    let private = runtime.private();
    let observe = quote! {
        #private::report_oldest(&__osapi_set.#field);
    };
    (oldest_active, observe)
}

impl EventBinding<'_> {
    fn is_active(&self) -> bool {
        self.event == "active"
    }

    fn is_oldest_active(&self) -> bool {
        self.event == "oldest_active"
    }

    /// Checks at compile time that the labels of the metric are available when the event happens.
    fn check_labels(&self, labels: &Type, runtime: &RuntimePath) -> Option<TokenStream> {
        let ty = self.metric.ty;
        if !self.metric.has_labels() {
            return None;
        }
        let (private, event) = (runtime.private_at(ty.span()), self.event.to_string());
        // The constants of `LabelNeeds` shadow the constants of the trait `NoLabelNeeds` for labels
        // that are made from a job. For all other labels, the trait provides them. The compiler
        // reports the missing conversion elsewhere, and this check does not repeat it.
        Some(quote_spanned! {at(ty.span())=>
            const _: () = {
                #[allow(unused_imports)]
                use #private::NoLabelNeeds as _;
                type __OsapiLabelNeeds = #private::LabelNeeds<
                    <#ty as #private::JobInstrument>::Labels,
                    #labels,
                >;
                #private::assert_labels_available(
                    #event,
                    __OsapiLabelNeeds::NEEDS_END,
                    __OsapiLabelNeeds::NEEDS_ERROR,
                );
            };
        })
    }

    /// The type of the series of the metric.
    fn series(&self, runtime: &RuntimePath) -> TokenStream {
        let ty = self.metric.ty;
        let private = runtime.private_at(ty.span());
        quote_spanned!(at(ty.span())=> <#ty as #private::JobInstrument>::Series)
    }

    /// The call that records the event.
    fn call(&self, labels: &Type, runtime: &RuntimePath) -> Option<TokenStream> {
        if self.is_oldest_active() {
            return None;
        }
        let declared = self.is_active().then(|| format_ident!("active_declared"));
        let event = declared.as_ref().unwrap_or(self.event);
        let arguments = self.arguments(labels, &quote!(__osapi_event), runtime);
        let place = self.metric.ty.span();
        let private = runtime.private_at(place);
        Some(quote_spanned! {at(place)=>
            #private::on::#event(#arguments);
        })
    }

    /// The arguments of the functions that record events: the metric, and the recording, which
    /// consists of the conversion of labels, the handler's cache of the series, the labels of the
    /// job, and the event.
    fn arguments(&self, labels: &Type, event: &TokenStream, runtime: &RuntimePath) -> TokenStream {
        let Metric { field, ty, .. } = self.metric;
        let private_at_type = runtime.private_at(ty.span());
        let conversion = if self.metric.has_labels() {
            quote_spanned!(at(ty.span())=> #private_at_type::FromJobLabels::<#labels>::CONVERSION)
        } else {
            let private = runtime.private();
            quote!(#private::NoLabels)
        };
        let cache = self.cache();
        quote_spanned! {at(ty.span())=>
            &self.#field,
            #private_at_type::Recording::new(#conversion, #cache, __osapi_labels, #event),
        }
    }

    /// The handler's cache of the series of the metric.
    fn cache(&self) -> TokenStream {
        let Some(index) = self.cached_at.map(syn::Index::from) else {
            return quote!(::core::option::Option::None);
        };
        quote!(::core::option::Option::map(__osapi_cache, |__osapi_cache| &__osapi_cache.#index))
    }
}
