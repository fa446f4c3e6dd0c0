use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Token, Type, TypePath,
    ext::IdentExt,
    parse::{ParseStream, discouraged::Speculative},
    spanned::Spanned,
    token,
};

use crate::ungrouped;

/// A key with its value.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

#[derive(Clone)]
pub(crate) enum Value {
    /// `key`
    Flag,
    /// `key = expression`
    Assigned(Expr),
    /// `key(…)`
    List(TokenStream),
}

impl Entry {
    /// The tokens of the value, or of the key if there is no assigned value.
    pub(crate) fn written(&self) -> &dyn ToTokens {
        match &self.value {
            Value::Assigned(value) => value,
            Value::Flag | Value::List(_) => &self.key,
        }
    }

    /// The value in quotes, if the user most likely meant a text.
    pub(crate) fn quoted(&self) -> Option<String> {
        match &self.value {
            Value::Assigned(value) => quoted(value),
            Value::Flag => None,
            Value::List(tokens) => syn::parse2(tokens.clone()).ok().as_ref().and_then(quoted),
        }
    }

    pub(crate) fn parse(input: ParseStream<'_>, key_of_text: &str) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            let value = match input.fork().parse::<LitStr>() {
                Ok(text) => format!("{key_of_text} = {}", text.token()),
                Err(_) => "key = value".to_owned(),
            };
            return Err(input.error(format!("the key is missing; write `{value}`")));
        }
        let key = Ident::parse_any(input)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                let message = format!("a value is missing; write `{key} = …`");
                return Err(syn::Error::new(key.span(), message));
            }
            Value::Assigned(value(input)?)
        } else if input.peek(token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            Value::List(inside.parse()?)
        } else if input.peek(Token![:]) && !input.peek(Token![::]) {
            let colon: Token![:] = input.parse()?;
            let value = until_comma(input)?;
            let message = format!("a key and its value are joined by `=`; write `{key} = {value}`");
            return Err(syn::Error::new(colon.span(), message));
        } else if input.peek(Lit) || input.peek(token::Bracket) {
            let value = until_comma(&input.fork())?;
            let message = format!("`=` is missing; write `{key} = {value}`");
            return Err(input.error(message));
        } else {
            Value::Flag
        };
        Ok(Self { key, value })
    }
}

/// Parses a value: an expression, or a type with parameters, which is not an expression.
fn value(input: ParseStream<'_>) -> syn::Result<Expr> {
    let ahead = input.fork();
    if ahead.parse::<Expr>().is_err() {
        let ahead = input.fork();
        if let Ok(Type::Path(TypePath { qself: None, path, .. })) = ahead.parse() {
            input.advance_to(&ahead);
            return Ok(Expr::Path(ExprPath { attrs: Vec::new(), qself: None, path }));
        }
    }
    input.parse().map(ungrouped::expression)
}

/// Skips to the next comma and returns the skipped tokens.
pub(crate) fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut passed = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        passed.append(input.parse::<TokenTree>()?);
    }
    Ok(passed)
}

/// An expression in quotes, if the user most likely meant a text.
pub(crate) fn quoted(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(format!("{:?}", text.value())),
        Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. }) => {
            Some(format!("{:?}", String::from_utf8_lossy(&bytes.value())))
        }
        Expr::Lit(_) | Expr::Path(_) => {
            Some(format!("\"{}\"", value.to_token_stream().to_string().replace(' ', "")))
        }
        _ => None,
    }
}
