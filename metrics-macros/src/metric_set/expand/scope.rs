//! What a set with `scope(labels = …)` has in the place of its one instance.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Path, spanned::Spanned};

use super::{constants, names};
use crate::{
    attribute::{any_lifetime, at},
    metric_set::spec::{Metric, Spec},
    runtime_path::RuntimePath,
};

/// The static that holds the instance of the set, or its instances.
pub(super) fn instances(Spec { ident, runtime, rules, .. }: &Spec<'_>) -> TokenStream {
    let private = runtime.private();
    let holder = match rules.scope {
        None => quote!(SetInstance),
        Some(_) => quote!(ScopedInstances),
    };
    quote! {
        #[doc(hidden)]
        const fn __osapi_instance() -> &'static #private::#holder<Self> {
            static INSTANCE: #private::#holder<#ident> =
                #private::#holder::new(#ident::__osapi_make);
            &INSTANCE
        }
    }
}

/// The function that makes an instance.
pub(super) fn scoped(spec: &Spec<'_>) -> Option<TokenStream> {
    let Spec { visibility, runtime, rules, .. } = spec;
    let labels = any_lifetime(rules.scope.as_ref()?);
    // Without a bound on the type: its error would be another one beside that of the labels.
    let (place, located) = (at(labels.span()), runtime.located_at(labels.span()));
    let names = names::table(spec);
    let visit = quote_spanned!(place=> <#labels as #located::LabelSet>::visit);
    Some(quote! {
        /// The instance with these labels, which all of its series have in front of their own. It
        /// is shared if it exists. Its series end with the last clone.
        #[doc = #names]
        #[must_use]
        #visibility fn scoped(__osapi_labels: #labels) -> #runtime::ScopedSet<Self> {
            Self::__osapi_instance()
                .scoped(&|__osapi_visitor| #visit(&__osapi_labels, __osapi_visitor))
        }
    })
}

/// The descriptor of a metric with the labels that its type does not know: those of the scope, if
/// the set has one, and the state of a state set.
pub(super) fn with_labels(
    declared: TokenStream,
    metric: &Metric<'_>,
    spec: &Spec<'_>,
) -> TokenStream {
    let Spec { runtime, rules, .. } = spec;
    let private = runtime.private();
    match &rules.scope {
        Some(scope) => {
            let (scope, labels) = (labels_of(scope, runtime), all_labels(metric, spec));
            quote!(#private::in_scope(#declared, #scope, #labels))
        }
        None if metric.has_states() => {
            let labels = all_labels(metric, spec);
            quote!(#private::with_states(#declared, #labels))
        }
        None => declared,
    }
}

/// The labels of a metric in the form that a constant has: those of the scope, those of its type,
/// and the state of a state set.
fn all_labels(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, rules, .. } = spec;
    let private = runtime.private();
    let shape = constants::of_instrument(metric, "SHAPE", runtime);
    let scope = rules.scope.as_ref().map(|scope| {
        let labels = labels_of(scope, runtime);
        quote!(#labels,)
    });
    let state = metric.has_states().then(|| {
        let name = constants::name_of(metric, &quote!(#ident), rules);
        quote!(&[#private::Shape::state_label(#shape, #name)],)
    });
    quote! {{
        const LABELS: #private::LabelList = #private::concat(&[
            #scope
            #private::Shape::labels(#shape),
            #state
        ]);
        &LABELS
    }}
}

/// Checks rule L6.
pub(super) fn check(Spec { runtime, rules, .. }: &Spec<'_>) -> Option<TokenStream> {
    let scope = rules.scope.as_ref()?;
    let (private, labels) = (runtime.private_at(scope.span()), labels_of(scope, runtime));
    let of_exemplars = item_of(scope, "EXEMPLAR_LABELS", runtime);
    Some(quote_spanned! {at(scope.span())=>
        const _: () = #private::assert_scope(#labels, #of_exemplars);
    })
}

/// Checks rule L2 for the labels of the scope with those of a metric, and rules L1 and L2 for the
/// label with the state.
pub(super) fn check_labels(metric: &Metric<'_>, spec: &Spec<'_>) -> Option<TokenStream> {
    if metric.has_states() {
        let place = metric.name.span;
        let (private, descriptor) =
            (spec.runtime.private_at(place), constants::descriptor(metric, spec));
        return Some(quote_spanned! {at(place)=>
            const _: () = #private::assert_state_label(&#descriptor);
        });
    }
    spec.rules.scope.as_ref()?;
    let place: Span = metric.ty.span();
    let (private, descriptor) =
        (spec.runtime.private_at(place), constants::descriptor(metric, spec));
    Some(quote_spanned! {at(place)=>
        const _: () = #private::assert_distinct_keys(#descriptor.labels, &[]);
    })
}

/// The labels of the scope.
fn labels_of(scope: &Path, runtime: &RuntimePath) -> TokenStream {
    item_of(scope, "LABELS", runtime)
}

/// An item of the label set of the scope. If the type is no label set, all errors have the same
/// text and position, and the compiler reports them once.
fn item_of(scope: &Path, item: &str, runtime: &RuntimePath) -> TokenStream {
    let (place, runtime) = (at(scope.span()), runtime.located_at(scope.span()));
    let item = Ident::new(item, place);
    quote_spanned!(place=> <#scope as #runtime::LabelSet>::#item)
}
