//! Expands an instrumented function: the handler and its registration, and a body that runs the
//! user's body as a job.

mod arguments;
mod describe;
mod run;
mod site;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use super::spec::{Spec, Target};
use crate::{
    attribute::{Buckets, GivenText, at, list_of, slice_of},
    duration::duration,
    origin::{line, origin},
};
use arguments::Arguments;
use run::run;
use site::Site;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let attributes = &spec.function.attributes;
    let visibility = &spec.function.visibility;
    let Arguments { signature, statements } = Arguments::of(spec);
    let site = Site::of(spec);
    let items = items(spec, &site);
    let run = run(spec, &site, &statements);
    let import = spec.runtime.import();
    let mut block = Group::new(Delimiter::Brace, quote!(#import #items #run));
    block.set_span(spec.brace.span.join());
    quote!(#(#attributes)* #visibility #signature #block)
}

/// The items in front of the body: the handler, its registration, and the checks that the compiler
/// makes.
fn items(spec: &Spec<'_>, Site { place, set, private }: &Site) -> TokenStream {
    let Spec { function, runtime, name, target, data_keys, slo, .. } = spec;
    let (buckets, with_buckets) = buckets(spec);
    // Not at the name: an editor would show the documentation of `line!` for it.
    let origin = origin(&line(function.signature.fn_token.span), runtime);
    let keys = data_keys.iter().map(ToString::to_string);
    let with_keys = (!data_keys.is_empty()).then(|| quote!(.with_keys(&[#(#keys),*])));
    let with_slo = slo.as_ref().map(|slo| {
        let (latency, target) = (duration(slo.latency), slo.target);
        let min_events = slo.min_events.map(|min_events| quote!(.with_min_events(#min_events)));
        quote!(.with_slo(#runtime::jobs::Slo::new(#latency, #target) #min_events))
    });
    let (ty, constructor) = match target {
        Target::JobMetrics => (quote!(#private::NamedHandler), quote!(#private::NamedHandler::new)),
        Target::Set { .. } => (
            quote_spanned!(*place=> <#set as #private::HasHandler>::Handler),
            quote_spanned!(*place=> #private::SetHandler::new),
        ),
    };
    let set_name = set.to_string().replace(' ', "");
    let set_name = set_name.rsplit("::").next().unwrap_or_default();
    let (name, check_name) = match name {
        GivenText::Literal(name) => (name.value.to_token_stream(), None),
        GivenText::Constant(name) => {
            let private = runtime.private_at(name.span());
            let check = quote_spanned! {at(name.span())=>
                const _: () = #private::assert_job_name(__OSAPI_NAME);
            };
            let constant = quote! {
                const __OSAPI_NAME: &'static ::core::primitive::str = #name;
                #check
            };
            (quote!(__OSAPI_NAME), Some(constant))
        }
    };
    let handler = quote_spanned! {*place=>
        static __OSAPI_JOB: #ty = #constructor(
            #private::JobDescriptor::new(#name, #set_name, #origin) #with_keys #with_slo
                #with_buckets,
        );
    };
    let checks = checks(spec, set);
    let private = runtime.private();
    quote! {
        #buckets
        #handler
        #private::inventory::submit!(
            #private::JobRegistration(__OSAPI_JOB.registered())
        );
        #check_name
        #checks
    }
}

/// Checks that the set records the data that the keys give, and that its histogram can show the
/// latency of the objective.
fn checks(
    Spec { runtime, target, data_keys, slo, buckets, .. }: &Spec<'_>,
    set: &TokenStream,
) -> TokenStream {
    let is_job_metrics = matches!(target, Target::JobMetrics);
    let keys = data_keys.iter().filter(|key| !is_job_metrics && **key != "slo").map(|key| {
        let (private, name) = (runtime.private_at(key.span()), key.to_string());
        quote_spanned! {at(key.span())=>
            const _: () = <#set as #private::HasHandler>::Handler::assert_recorded(#name);
        }
    });
    let slo = slo.as_ref().map(|slo| {
        let (place, written) = (slo.written.span, &slo.written.value);
        let (private, latency) = (runtime.private_at(place), duration(slo.latency));
        let (assert, own) = match buckets {
            Buckets::None => ("assert_latency", None),
            _ => ("assert_latency_in", Some(quote!(, __OSAPI_BUCKETS))),
        };
        let assert = Ident::new(assert, at(place));
        quote_spanned! {at(place)=>
            const _: () =
                <#set as #private::HasHandler>::Handler::#assert(#latency, #written #own);
        }
    });
    let buckets = match buckets {
        Buckets::Constant(path) => {
            let private = runtime.private_at(path.span());
            Some(quote_spanned! {at(path.span())=>
                const _: () = #private::assert_buckets(
                    __OSAPI_BUCKETS,
                    ::core::option::Option::Some("s"),
                );
            })
        }
        Buckets::None | Buckets::Listed(_) => None,
    };
    quote!(#(#keys)* #slo #buckets)
}

/// The constant with the boundaries for the durations, and the call that gives them to the
/// descriptor.
fn buckets(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let boundaries = match &spec.buckets {
        Buckets::None => return (TokenStream::new(), TokenStream::new()),
        Buckets::Listed(boundaries) => list_of(boundaries),
        Buckets::Constant(path) => slice_of(path),
    };
    let constant = quote! {
        const __OSAPI_BUCKETS: &'static [::core::primitive::f64] = #boundaries;
    };
    (constant, quote!(.with_buckets(__OSAPI_BUCKETS)))
}
