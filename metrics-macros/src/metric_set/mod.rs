//! `derive(MetricSet)`: a struct of instruments becomes a set of metrics.

mod check;
mod expand;
mod key;
mod parse;
mod recover;
mod rules;
mod spec;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attribute::Errors;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2(input.clone()) {
        Ok(input) => derive(input),
        Err(error) => recover::recover(input, &error),
    }
}

fn derive(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = parse::parse(input, &mut errors);
    let spec = check::check(&declaration, &mut errors);
    let expanded = spec.runtime.enclose(expand::expand(&spec));
    let errors = errors.into_tokens();
    quote!(#errors #expanded)
}
