//! `derive(LabelValue)`: an enum without data becomes a closed set of label values.

mod check;
mod expand;
mod spec;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::{attribute::Errors, enum_input};

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = enum_input::parse(input, "label", &mut errors);
    let spec = check::check(&declaration, &mut errors);
    let expanded = spec.runtime.enclose(expand::expand(&spec));
    let errors = errors.into_tokens();
    quote!(#errors #expanded)
}
