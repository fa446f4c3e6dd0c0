//! The keys of labels that constants have, and the checks of all keys that only the compiler can
//! make.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, Ident, spanned::Spanned};

use super::ty::{has_only_lifetimes, of_any_lifetime};
use crate::{
    attribute::at,
    label_set::spec::{Form, Label, LabelKey, Spec},
};

/// A key that a constant has.
struct GivenKey<'a> {
    /// The position of the label.
    index: usize,
    key: &'a Expr,
    is_of_exemplars: bool,
}

/// The expression for the key of the label at this position.
pub(super) fn key(key: &LabelKey, index: usize) -> TokenStream {
    match key {
        LabelKey::Literal(key) => key.to_token_stream(),
        LabelKey::Constant(_) => {
            let constant = constant(index);
            quote!(Self::#constant)
        }
    }
}

/// The name of the constant that copies the constant in the attribute of a label.
fn constant(index: usize) -> Ident {
    format_ident!("__OSAPI_KEY_{index}")
}

/// The keys that constants have.
fn given<'a>(form: &'a Form<'_>) -> Vec<GivenKey<'a>> {
    match form {
        Form::SingleLabel { key } => {
            let key = key.constant().map(|key| GivenKey { index: 0, key, is_of_exemplars: false });
            key.into_iter().collect()
        }
        Form::Fields(labels) => {
            let key = |(index, label): (usize, &'a Label<'_>)| {
                let is_of_exemplars = label.is_of_exemplars();
                label.constant_key().map(|key| GivenKey { index, key, is_of_exemplars })
            };
            labels.iter().enumerate().filter_map(key).collect()
        }
    }
}

/// The constants that copy keys, and the checks of rule L1 for them.
pub(super) fn constants(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, generics, runtime, form, semconv_names, .. } = spec;
    let keys = given(form).into_iter().map(|GivenKey { index, key, is_of_exemplars }| {
        let (constant, ty) = (constant(index), of_any_lifetime(ident, generics));
        let private = runtime.private_at(key.span());
        let check = has_only_lifetimes(generics).then(|| {
            let assert = if is_of_exemplars {
                quote_spanned!(at(key.span())=> #private::assert_exemplar_label_key)
            } else {
                quote_spanned!(at(key.span())=> #private::assert_label_key)
            };
            quote_spanned! {at(key.span())=>
                const _: () = #assert(<#ty>::#constant, #semconv_names);
            }
        });
        let copy = quote! {
            #[doc(hidden)]
            const #constant: &'static ::core::primitive::str = #key;
        };
        (copy, check.unwrap_or_default())
    });
    keys.unzip()
}

/// Checks rule L2 for a set with keys that the macro does not know: those of constants and of
/// flattened sets.
pub(super) fn check_distinct(
    Spec { ident, generics, runtime, form, .. }: &Spec<'_>,
) -> Option<TokenStream> {
    let Form::Fields(labels) = form else { return None };
    let is_unknown = |label: &Label<'_>| label.is_flattened() || label.constant_key().is_some();
    let (here, private) = (runtime.located_at(ident.span()), runtime.private_at(ident.span()));
    (labels.iter().any(is_unknown) && has_only_lifetimes(generics)).then(|| {
        let ty = of_any_lifetime(ident, generics);
        quote_spanned! {at(ident.span())=>
            const _: () = #private::assert_distinct_keys(
                <#ty as #here::LabelSet>::LABELS,
                <#ty as #here::LabelSet>::EXEMPLAR_LABELS,
            );
        }
    })
}
