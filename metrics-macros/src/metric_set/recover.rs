//! A declaration that cannot be read, as editors have it while it is typed.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

/// The error, and what other code uses of the set, so that an editor still completes there. The
/// compiler does not come here: it reports what cannot be read itself.
pub(super) fn recover(input: TokenStream, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    let global = name(input).map(|name| {
        quote! {
            #[automatically_derived]
            impl #name {
                pub fn global() -> &'static Self {
                    ::core::unreachable!()
                }
            }
        }
    });
    quote!(#error #global)
}

/// The name of a struct without parameters.
fn name(input: TokenStream) -> Option<Ident> {
    let mut tokens = input.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "struct"))?;
    match (tokens.next()?, tokens.next()?) {
        (TokenTree::Ident(name), TokenTree::Group(_)) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::metric_set::expand;

    #[test]
    fn a_set_that_is_being_typed_can_be_used() {
        for fields in ["a: Cou b: Gauge", "a", "a: Counter<", "a: Counter, b:"] {
            let input =
                format!("#[metric_set(prefix = \"shop\")] pub struct Orders {{ {fields} }}");
            let expanded = expand(input.parse().expect("tokens")).to_string();
            assert!(expanded.contains("fn global ()"), "{fields}: {expanded}");
        }
    }

    #[test]
    fn what_has_no_name_is_an_error_alone() {
        for input in ["struct", "struct Orders", "struct Orders<T { a }", "pub a: Counter"] {
            let expanded = expand(input.parse().expect("tokens")).to_string();
            assert!(expanded.contains("compile_error"), "{expanded}");
            assert!(!expanded.contains("global"), "{expanded}");
        }
    }
}
