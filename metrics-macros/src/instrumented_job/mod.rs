//! `#[instrumented_job]`: each call of a function is recorded as a job.

mod check;
mod expand;
mod expressions;
mod form;
mod parse;
mod patterns;
mod spec;

use proc_macro2::TokenStream;
use quote::quote;

use crate::attribute::{Entries, Errors};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let entries = Entries::inside(arguments, "name", &mut errors);
    let expanded = match syn::parse2::<parse::Function>(item.clone()) {
        Ok(function) => match check::check(&function, &entries, &mut errors) {
            Some(spec) if !errors.any() => expand::expand(&spec),
            // The rest of the user's code calls the function. Emitting it unchanged avoids further
            // errors.
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

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    /// The expansion of a simple handler is short: the functions that it calls do the work.
    #[test]
    fn the_expansion_is_short() {
        let handler = quote! {
            /// Resizes an image.
            async fn resize(image: Vec<u8>, percent: u8) -> Result<Vec<u8>, ResizeError> {
                if percent == 0 { Err(ResizeError::Nothing) } else { Ok(image) }
            }
        };
        let expanded = syn::parse2(expand(TokenStream::new(), handler)).unwrap();
        assert_eq!(prettyplease::unparse(&expanded), include_str!("expanded.txt"));
    }
}
