use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    AttrStyle::Outer,
    Attribute, Signature, Token, Visibility,
    parse::{Parse, ParseStream},
    token,
};

/// A function as it was written. Its body is not parsed, because the compiler reports syntax errors
/// more precisely.
pub(super) struct Function {
    /// The attributes of the function, and those at the beginning of its body, which mean the same.
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) signature: Signature,
    pub(super) body: Body,
}

pub(super) enum Body {
    Block {
        brace: token::Brace,
        tokens: TokenStream,
    },
    /// A declaration in a trait or in an `extern` block.
    Missing(Token![;]),
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let fork = input.fork();
        if fork.parse::<Signature>().is_err() && !is_function(input) {
            return Err(input.error(
                "`#[instrumented_job]` goes on a function or an `impl` block; move it to the function \
                 that runs the job",
            ));
        }
        let signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            Body::Missing(input.parse()?)
        } else {
            let inside;
            let brace = syn::braced!(inside in input);
            let inner = inside.call(Attribute::parse_inner)?;
            attributes.extend(inner.into_iter().map(|inner| Attribute { style: Outer, ..inner }));
            Body::Block { brace, tokens: inside.parse()? }
        };
        Ok(Self { attributes, visibility, signature, body })
    }
}

/// Whether the input begins like a function, behind the attributes and the visibility.
pub(super) fn is_function(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern])
        || (input.peek(Token![const]) && !input.peek2(syn::Ident))
}

/// Whether an attribute is this macro, by the last part of its path.
pub(super) fn is_instrumented_job(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "instrumented_job")
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        tokens.append_all(attributes);
        visibility.to_tokens(tokens);
        signature.to_tokens(tokens);
        match body {
            Body::Block { brace, tokens: inside } => {
                let mut group = Group::new(Delimiter::Brace, inside.clone());
                group.set_span(brace.span.join());
                tokens.append(group);
            }
            Body::Missing(semicolon) => semicolon.to_tokens(tokens),
        }
    }
}
