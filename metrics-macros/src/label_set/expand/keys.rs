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

/// The keys that constants have, with the positions of their labels.
fn given<'a>(form: &'a Form<'_>) -> Vec<(usize, &'a Expr)> {
    match form {
        Form::SingleLabel { key } => key.constant().map(|key| (0, key)).into_iter().collect(),
        Form::Fields(labels) => {
            let keys = labels.iter().map(Label::constant_key).enumerate();
            keys.filter_map(|(index, key)| key.map(|key| (index, key))).collect()
        }
    }
}

/// The constants that copy keys, and the checks of rule L1 for them.
pub(super) fn constants(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, generics, runtime, form, semconv_names, .. } = spec;
    let keys = given(form).into_iter().map(|(index, key)| {
        let (constant, ty) = (constant(index), of_any_lifetime(ident, generics));
        let private = runtime.private_at(key.span());
        let check = has_only_lifetimes(generics).then(|| {
            quote_spanned! {at(key.span())=>
                const _: () = #private::assert_label_key(<#ty>::#constant, #semconv_names);
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
            const _: () = #private::assert_distinct_keys(<#ty as #here::LabelSet>::LABELS);
        }
    })
}
