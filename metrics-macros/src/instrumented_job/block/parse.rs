use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{TokenStreamExt, quote};
use syn::{
    Attribute, ItemImpl, Token, Visibility,
    parse::{Parse, ParseStream, Parser},
};

use crate::instrumented_job::parse::{Function, is_function};

/// An `impl` block as it was written.
pub(crate) struct Block {
    /// The tokens in front of the braces.
    pub(super) head: TokenStream,
    /// The head with its parts, as a block without members.
    pub(super) header: ItemImpl,
    pub(super) braces: Group,
    /// The attributes at the beginning of the block.
    pub(super) inner: Vec<Attribute>,
    pub(super) members: Vec<Member>,
}

pub(super) enum Member {
    Method(Box<Function>),
    /// A constant, a type, or the call of a macro.
    Other(TokenStream),
}

impl Block {
    /// Whether the input begins like an `impl` block.
    pub(crate) fn begins(input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer).is_ok()
            && (ahead.peek(Token![impl])
                || (ahead.peek(Token![unsafe]) && ahead.peek2(Token![impl]))
                || (ahead.peek(Token![default]) && !ahead.peek2(Token![fn])))
    }
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut tokens: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
        let Some(TokenTree::Group(braces)) =
            tokens.pop_if(|last| matches!(last, TokenTree::Group(_)))
        else {
            return Err(input.error("the block has no braces"));
        };
        let head: TokenStream = tokens.into_iter().collect();
        let header = syn::parse2(quote!(#head {}))?;
        let inside = |input: ParseStream<'_>| {
            let inner = input.call(Attribute::parse_inner)?;
            let mut members = Vec::new();
            while !input.is_empty() {
                members.push(input.parse()?);
            }
            Ok((inner, members))
        };
        let (inner, members) = inside.parse2(braces.stream())?;
        Ok(Self { head, header, braces, inner, members })
    }
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if is_function(&ahead) {
            return input.parse().map(|function| Self::Method(Box::new(function)));
        }
        // Ends with `;`, or with the braces of a macro's call.
        let mut tokens = TokenStream::new();
        let mut is_call = false;
        while !input.is_empty() {
            let token: TokenTree = input.parse()?;
            let is_last = match &token {
                TokenTree::Punct(punct) => punct.as_char() == ';',
                TokenTree::Group(group) => is_call && group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            is_call = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '!');
            tokens.append(token);
            if is_last {
                break;
            }
        }
        Ok(Self::Other(tokens))
    }
}
