//! `#[instrumented_job]`.

mod arguments;
mod check;
mod describe;
mod expand;
mod form;
mod parse;
mod slo;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{attribute::Entries, errors::Errors};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut entries = Entries::default();
    entries.read(arguments, &mut errors);
    let expanded = match syn::parse2::<parse::Function>(item.clone()) {
        Ok(function) => match check::check(&function, &entries, &mut errors) {
            Some(spec) if !errors.any() => expand::expand(&spec),
            // The function itself is what the rest of the user's code relies on.
            _ => quote!(#function),
        },
        Err(error) => {
            errors.push(error);
            item
        }
    };
    let errors = errors.into_tokens();
    quote!(#errors #expanded)
}
