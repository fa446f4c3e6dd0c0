//! The labels of `constant_labels(…)`, which all descriptors of a set have.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::constants;
use crate::{
    attribute::{ConstantLabel, at},
    metric_set::spec::Spec,
};

/// The constant with the labels, if the set has some.
pub(super) fn constant(Spec { runtime, rules, .. }: &Spec<'_>) -> Option<TokenStream> {
    if rules.constant_labels.is_empty() {
        return None;
    }
    let descriptor = quote!(#runtime::descriptor);
    let labels = rules.constant_labels.iter().map(
        |ConstantLabel { key, value, .. }| quote!(#descriptor::ConstantLabel::new(#key, #value)),
    );
    Some(quote! {
        const __OSAPI_CONSTANT_LABELS: &'static [#descriptor::ConstantLabel] = &[#(#labels),*];
    })
}

/// The call that gives a descriptor the labels.
pub(super) fn with_labels(Spec { ident, rules, .. }: &Spec<'_>) -> Option<TokenStream> {
    let has_labels = !rules.constant_labels.is_empty();
    has_labels.then(|| quote!(.with_constant_labels(#ident::__OSAPI_CONSTANT_LABELS)))
}

/// The metrics of a group in the set.
pub(super) fn of_group(
    metrics: TokenStream,
    Spec { ident, runtime, rules, .. }: &Spec<'_>,
) -> TokenStream {
    if rules.constant_labels.is_empty() {
        return metrics;
    }
    let private = runtime.private();
    quote!(#private::have_constant_labels(#metrics, #ident::__OSAPI_CONSTANT_LABELS))
}

/// Checks rule L7 for the keys of the metrics, since the macro does not know the types of their
/// labels.
pub(super) fn checks(spec: &Spec<'_>) -> TokenStream {
    let all = constants::descriptors(spec);
    let checks = spec.rules.constant_labels.iter().map(|ConstantLabel { key, span, .. }| {
        let private = spec.runtime.private_at(*span);
        quote_spanned! {at(*span)=>
            const _: () = #private::assert_constant_label(#key, #all);
        }
    });
    quote!(#(#checks)*)
}
