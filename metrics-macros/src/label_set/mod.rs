//! `derive(LabelSet)`: a struct of labels, or an enum that is one label, becomes the labels of a
//! metric.

mod check;
mod expand;
mod parse;
mod spec;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attribute::Errors;

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = parse::parse(input, &mut errors);
    let spec = check::check(&declaration, &mut errors);
    let expanded = spec.runtime.enclose(expand::expand(&spec));
    let errors = errors.into_tokens();
    quote!(#errors #expanded)
}
