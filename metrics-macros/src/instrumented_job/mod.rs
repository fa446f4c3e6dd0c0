//! `#[instrumented_job]`: each call of a function is recorded as a job, or each call of each method
//! of a block.

mod block;
mod check;
mod expand;
mod expressions;
mod form;
mod job;
mod keys;
mod parse;
mod patterns;
mod spec;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};

use crate::attribute::{Entries, Errors};
use block::Block;
use parse::Function;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let entries = Entries::inside(arguments, "name", &mut errors);
    let expanded = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Function(function)) => {
            keys::check_function_keys(&entries, &mut errors);
            job::expand_function(&function, &entries, None, &mut errors)
        }
        Ok(Item::Block(block)) => block::expand(*block, &entries, &mut errors),
        Err(error) => {
            errors.push(error);
            item
        }
    };
    let errors = errors.into_tokens();
    quote!(#errors #expanded)
}

/// The item that has the attribute.
enum Item {
    Function(Box<Function>),
    Block(Box<Block>),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if Block::begins(input) {
            input.parse().map(|block| Self::Block(Box::new(block)))
        } else {
            input.parse().map(|function| Self::Function(Box::new(function)))
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    /// rust-analyzer completes a constant in what the macro makes of the part that is written, with
    /// this word behind it.
    #[test]
    fn an_editor_finds_the_constant_that_is_being_typed() {
        let handler = quote!(
            fn resize() {}
        );
        let expanded = expand(quote!(name = names::RESintellijRulezz), handler).to_string();
        assert!(expanded.contains("= names :: RESintellijRulezz ;"), "{expanded}");
    }

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
