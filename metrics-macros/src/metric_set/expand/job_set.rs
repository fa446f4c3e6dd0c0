use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use crate::{
    located::at,
    metric_set::{
        check::{Metric, Spec},
        follows::Follows,
    },
    runtime_path::RuntimePath,
};

/// Something that a metric records of jobs, and its place among all that the set records.
struct Following<'a> {
    index: usize,
    metric: &'a Metric<'a>,
    follows: &'a Follows,
}

/// What makes the set follow jobs, and what each of its instances begins with.
pub(super) fn job_set(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, runtime, job_labels, metrics, .. } = spec;
    let Some(labels) = job_labels else { return (TokenStream::new(), TokenStream::new()) };
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let following: Vec<_> = usable
        .flat_map(|metric| metric.follows.iter().map(move |follows| (metric, follows)))
        .enumerate()
        .map(|(index, (metric, follows))| Following { index, metric, follows })
        .collect();

    let known_types = following.iter().map(|following| {
        let series = following.series(runtime);
        quote!(#runtime::__private::KnownSeries<#series>)
    });
    let unknown = following.iter().map(|_| quote!(#runtime::__private::KnownSeries::NONE));
    let on_events = on_events(&following, labels, runtime);
    let recorded = following.iter().map(|Following { metric, follows, .. }| {
        let (on, index) = (follows.event.to_string(), place_among(metric, metrics));
        quote!(#runtime::__private::Following { on: #on, metric: #index })
    });
    let told = following.iter().filter_map(|following| following.told(labels, runtime));
    let entering = entering(&following, labels, runtime);
    let (oldest_active, observe) = oldest_active(&following, labels, runtime);
    let job_set = quote! {
        #[automatically_derived]
        impl #runtime::JobSet for #ident {
            type Labels = #labels;

            const FOLLOWING: &'static [#runtime::__private::Following] = &[#(#recorded),*];

            type Known = (#(#known_types,)*);

            #[allow(clippy::declare_interior_mutable_const)]
            const UNKNOWN: Self::Known = (#(#unknown,)*);

            #on_events

            #[inline(never)]
            fn begin_job(
                __osapi_of: #runtime::__private::Concerned<Self>,
                __osapi_start: #runtime::__private::Start<#labels>,
            ) -> #runtime::JobGuard<Self> {
                #runtime::__private::begin(__osapi_of, __osapi_start)
            }

            #[inline(never)]
            fn end_job(
                __osapi_job: &mut #runtime::__private::RunningJob<Self>,
                __osapi_finished: &mut #runtime::__private::Finished,
            ) {
                #runtime::__private::end(__osapi_job, __osapi_finished);
            }

            #entering
            #oldest_active
        }

        #(#told)*
    };
    (job_set, observe)
}

/// A metric's place among the descriptors of its set, which has none for unusable ones.
fn place_among(metric: &Metric<'_>, metrics: &[Metric<'_>]) -> usize {
    metrics.iter().take_while(|other| other.index != metric.index).filter(|m| m.is_usable()).count()
}

/// What happens to a job, and the words after `on` that it concerns.
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

/// What the set does when something happens to a job; nothing where it concerns no metric.
fn on_events(following: &[Following<'_>], labels: &Type, runtime: &RuntimePath) -> TokenStream {
    let methods = ON_EVENTS.iter().filter_map(|(method, words)| {
        let concerned = following
            .iter()
            .filter(|following| words.iter().any(|word| following.follows.is(word)));
        let events: Vec<_> =
            concerned.filter_map(|following| following.event(labels, runtime)).collect();
        if events.is_empty() {
            return None;
        }
        let method = format_ident!("{method}");
        Some(quote! {
            // With the event known, little of it remains where it is called.
            #[allow(unused_variables, clippy::inline_always)]
            #[inline(always)]
            fn #method(
                &self,
                __osapi_labels: &#labels,
                __osapi_event: &#runtime::__private::JobEvent<'_>,
                __osapi_known: ::core::option::Option<&'static Self::Known>,
            ) {
                #(#events)*
            }
        })
    });
    quote!(#(#methods)*)
}

/// How a job is counted among the active ones.
fn entering(following: &[Following<'_>], labels: &Type, runtime: &RuntimePath) -> TokenStream {
    let active: Vec<_> = following.iter().filter(|following| following.is_active()).collect();
    let types = active.iter().map(|active| {
        let series = active.series(runtime);
        quote!(::core::option::Option<#series>)
    });
    let entered = active.iter().map(|active| {
        let arguments = active.arguments(labels, runtime);
        let place = active.metric.ty.span();
        let here = runtime.located_at(place);
        quote_spanned!(at(place)=> #here::__private::on::active(#arguments))
    });
    let left = (0..active.len()).map(|index| {
        let index = syn::Index::from(index);
        quote!(#runtime::__private::on::inactive(__osapi_entered.#index);)
    });
    quote! {
        type Entered = (#(#types,)*);

        #[allow(unused_variables, clippy::inline_always, clippy::unused_unit)]
        #[inline(always)]
        fn enter(
            &self,
            __osapi_labels: &#labels,
            __osapi_known: ::core::option::Option<&'static Self::Known>,
        ) -> Self::Entered {
            (#(#entered,)*)
        }

        #[allow(unused_variables, clippy::inline_always)]
        #[inline(always)]
        fn leave(__osapi_entered: &Self::Entered) {
            #(#left)*
        }
    }
}

/// How the age of the oldest job is known, and what an instance of the set begins with for it.
fn oldest_active(
    following: &[Following<'_>],
    labels: &Type,
    runtime: &RuntimePath,
) -> (TokenStream, TokenStream) {
    let Some(oldest) = following.iter().find(|following| following.is_oldest_active()) else {
        return (TokenStream::new(), TokenStream::new());
    };
    let (field, known) = (oldest.metric.field, oldest.known());
    let place = oldest.metric.ty.span();
    let here = runtime.located_at(place);
    let of_metric = quote_spanned! {at(place)=>
        #here::__private::on::oldest_active::<#labels, _>(&self.#field, #known, __osapi_labels)
    };
    let oldest_active = quote! {
        #[inline]
        fn oldest_active(
            &self,
            __osapi_labels: &#labels,
            __osapi_known: ::core::option::Option<&'static Self::Known>,
        ) -> ::core::option::Option<#runtime::ObservableSeries> {
            #of_metric
        }
    };
    let observe = quote! {
        #runtime::__private::report_oldest(&__osapi_set.#field);
    };
    (oldest_active, observe)
}

impl Following<'_> {
    fn is_active(&self) -> bool {
        self.follows.is("active")
    }

    fn is_oldest_active(&self) -> bool {
        self.follows.is("oldest_active")
    }

    /// Whether a job has the metric's labels when this happens, which the compiler checks.
    fn told(&self, labels: &Type, runtime: &RuntimePath) -> Option<TokenStream> {
        let Metric { ty, instrument, .. } = self.metric;
        if !instrument.is_some_and(|instrument| instrument.labelled) {
            return None;
        }
        let (here, event) = (runtime.located_at(ty.span()), self.follows.event.to_string());
        Some(quote_spanned! {at(ty.span())=>
            const _: () = {
                #[allow(unused_imports)]
                use #here::__private::Untold as _;
                type __OsapiTold = #here::__private::Told<
                    <#ty as #here::__private::Followed>::Labels,
                    #labels,
                >;
                #here::__private::assert_told(#event, __OsapiTold::NEEDS_END, __OsapiTold::NEEDS_ERROR);
            };
        })
    }

    /// The type of its series.
    fn series(&self, runtime: &RuntimePath) -> TokenStream {
        let ty = self.metric.ty;
        let here = runtime.located_at(ty.span());
        quote_spanned!(at(ty.span())=> <#ty as #here::__private::Followed>::Series)
    }

    /// What it records when something happens to a job.
    fn event(&self, labels: &Type, runtime: &RuntimePath) -> Option<TokenStream> {
        if self.is_oldest_active() {
            return None;
        }
        let declared = self.is_active().then(|| format_ident!("active_declared"));
        let event = declared.as_ref().unwrap_or(&self.follows.event);
        let arguments = self.arguments(labels, runtime);
        let place = self.metric.ty.span();
        let here = runtime.located_at(place);
        Some(quote_spanned! {at(place)=>
            #here::__private::on::#event(#arguments, __osapi_event);
        })
    }

    /// What every function is given that records what happens to jobs: the metric, the way to its
    /// labels, where the handler keeps the series that it knows, and the job's labels.
    fn arguments(&self, labels: &Type, runtime: &RuntimePath) -> TokenStream {
        let Metric { field, ty, instrument, .. } = self.metric;
        let here = runtime.located_at(ty.span());
        let label = if instrument.is_some_and(|instrument| instrument.labelled) {
            quote_spanned!(at(ty.span())=> #here::__private::Labelled::<#labels>::LABELLED)
        } else {
            quote!(#runtime::__private::Unlabelled)
        };
        let known = self.known();
        quote_spanned!(at(ty.span())=> &self.#field, #label, #known, __osapi_labels)
    }

    /// Where a handler keeps the series that it knows of the metric.
    fn known(&self) -> TokenStream {
        let index = syn::Index::from(self.index);
        quote!(::core::option::Option::map(__osapi_known, |__osapi_known| &__osapi_known.#index))
    }
}
