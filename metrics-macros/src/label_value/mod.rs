//! `derive(LabelValue)`.

mod check;
mod expand;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{enum_input, errors::Errors};

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = enum_input::parse(input, "label", &mut errors);
    let spec = check::check(&declaration, &mut errors);
    let expanded = spec.runtime.enclose(expand::expand(&spec));
    let errors = errors.into_tokens();
    quote::quote!(#errors #expanded)
}
