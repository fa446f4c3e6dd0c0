//! `derive(LabelSet)`.

mod check;
mod expand;
mod from_job;
mod parse;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = parse::parse(input, &mut errors);
    let spec = check::check(&declaration, &mut errors);
    let expanded = spec.runtime.enclose(expand::expand(&spec));
    let errors = errors.into_tokens();
    quote::quote!(#errors #expanded)
}
