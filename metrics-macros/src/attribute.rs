use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    token,
};

use crate::{errors::Errors, ungrouped};

/// What was written in an item's attributes of one name: `key`, `key = value` and `key(…)`.
#[derive(Default)]
pub(crate) struct Entries {
    entries: Vec<Entry>,
    /// Whether something could not be read, so that a key that is not here may have been written.
    incomplete: bool,
}

/// One key with its value.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    /// `key`
    Flag,
    /// `key = expression`
    Assigned(Expr),
    /// `key(…)`
    List(TokenStream),
}

/// Text with the place that it was written at.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Span,
}

/// A number of at least 1. Whether a constant is one, only the compiler sees.
#[derive(Clone)]
pub(crate) enum Count {
    Literal(usize),
    Constant(Path),
}

impl Entries {
    /// Reads all attributes of this name.
    pub(crate) fn of(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Self {
        let mut entries = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident(name)) {
            match &attribute.meta {
                syn::Meta::List(list) => entries.read(list.tokens.clone(), errors),
                meta => {
                    entries.incomplete = true;
                    errors.report_on(
                        meta,
                        format!("`#[{name}]` has no keys; write `#[{name}(key = value)]`"),
                    );
                }
            }
        }
        entries
    }

    /// Reads the inside of an attribute.
    pub(crate) fn read(&mut self, tokens: TokenStream, errors: &mut Errors) {
        let entries = |input: ParseStream<'_>| {
            while !input.is_empty() {
                self.entries.push(input.parse()?);
                if !input.is_empty() && !input.peek(Token![,]) {
                    return Err(input.error("a comma is missing; put `,` between the keys"));
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        if let Err(error) = entries.parse2(tokens) {
            self.incomplete = true;
            errors.push(error);
        }
    }

    /// Whether a key that is missing is a mistake of its own, rather than of what could not be read.
    pub(crate) fn is_complete(&self) -> bool {
        !self.incomplete
    }

    /// Whether no key was written.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.incomplete
    }

    /// Reports keys that are not known, and keys that are given twice.
    pub(crate) fn check_keys(&self, known: &[&str], errors: &mut Errors) {
        self.check_placed_keys(known, &[], errors);
    }

    /// The same, with what to say of keys that belong elsewhere.
    pub(crate) fn check_placed_keys(
        &self,
        known: &[&str],
        misplaced: &[(&str, &str)],
        errors: &mut Errors,
    ) {
        for (i, Entry { key, .. }) in self.entries.iter().enumerate() {
            let name = key.unraw().to_string();
            if let Some((_, message)) = misplaced.iter().find(|(key, _)| *key == name) {
                errors.report(key.span(), message);
            } else if !known.contains(&name.as_str()) {
                errors.report(key.span(), unknown("key", &name, known));
            } else if let Some(first) = self.entries[..i].iter().find(|entry| entry.key == *key) {
                errors.report(
                    first.key.span(),
                    format!("`{name}` is given twice, here first; remove one of them"),
                );
                errors.report(
                    key.span(),
                    format!("`{name}` is given twice, here again; remove one of them"),
                );
            }
        }
    }

    /// Whether a key was written that nobody knows, which may have been meant for one that is missing.
    pub(crate) fn has_unknown(&self, known: &[&str]) -> bool {
        self.entries.iter().any(|entry| !known.iter().any(|known| entry.key.unraw() == known))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.unraw() == key)
    }

    /// `key = "text"`
    pub(crate) fn text(&self, key: &str, errors: &mut Errors) -> Option<Text> {
        let entry = self.get(key)?;
        if let Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) = &entry.value {
            return Some(Text { value: text.value(), span: text.span() });
        }
        let problem = match &entry.value {
            Value::Assigned(Expr::Path(_)) => "what a constant holds is not known here",
            Value::Assigned(Expr::Macro(_)) => "what another macro makes is not known here",
            _ => "not text",
        };
        errors.report_on(entry.written(), format!("{problem}; write `{key} = \"…\"`"));
        None
    }

    /// `key = 100`, or the path of a constant
    pub(crate) fn count(&self, key: &str, errors: &mut Errors) -> Option<Count> {
        let entry = self.get(key)?;
        match &entry.value {
            Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Int(count), .. })) => {
                if let Some(count) = count.base10_parse().ok().filter(|count| *count > 0) {
                    return Some(Count::Literal(count));
                }
            }
            Value::Assigned(Expr::Path(path)) if path.qself.is_none() => {
                return Some(Count::Constant(path.path.clone()));
            }
            _ => {}
        }
        errors
            .report_on(entry.written(), format!("not a number of at least 1; write `{key} = 100`"));
        None
    }

    /// `key = CONSTANT`, where text may stand too
    pub(crate) fn constant(&self, key: &str) -> Option<&Path> {
        match &self.get(key)?.value {
            Value::Assigned(Expr::Path(path)) if path.qself.is_none() => Some(&path.path),
            _ => None,
        }
    }

    /// `key = one::path`
    pub(crate) fn path(&self, key: &str, example: &str, errors: &mut Errors) -> Option<Path> {
        let entry = self.get(key)?;
        if let Value::Assigned(Expr::Path(path)) = &entry.value
            && path.qself.is_none()
        {
            return Some(path.path.clone());
        }
        errors.report_on(entry.written(), format!("not a path; write `{key} = {example}`"));
        None
    }

    /// `key = expression`
    pub(crate) fn expression(
        &self,
        key: &str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<&Expr> {
        let entry = self.get(key)?;
        if let Value::Assigned(expression) = &entry.value {
            return Some(expression);
        }
        errors.report_on(entry.written(), format!("a value is missing; write `{key} = {example}`"));
        None
    }

    /// `key`, without a value
    pub(crate) fn flag(&self, key: &str, errors: &mut Errors) -> bool {
        let Some(entry) = self.get(key) else { return false };
        if !matches!(entry.value, Value::Flag) {
            errors.report_on(entry.written(), format!("`{key}` takes no value; write `{key}`"));
        }
        true
    }

    /// `key(one, of, these)`
    pub(crate) fn words(&self, key: &str, known: &[&str], errors: &mut Errors) -> Vec<String> {
        let Some(entry) = self.get(key) else { return Vec::new() };
        let Value::List(tokens) = &entry.value else {
            let message = format!("a list is missing; write `{key}({})`", known.join(", "));
            errors.report_on(entry.written(), message);
            return Vec::new();
        };
        let words = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(tokens.clone());
        let words = words.unwrap_or_else(|error| {
            errors.push(error);
            Punctuated::new()
        });
        for word in &words {
            if !known.iter().any(|known| word == known) {
                errors.report(word.span(), unknown("word", &word.to_string(), known));
            }
        }
        words.iter().map(Ident::to_string).collect()
    }
}

impl Entry {
    /// The value as it was written, or the key if there is none.
    pub(crate) fn written(&self) -> &dyn ToTokens {
        match &self.value {
            Value::Assigned(value) => value,
            Value::Flag | Value::List(_) => &self.key,
        }
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("the key is missing; write `key = value`"));
        }
        let key = Ident::parse_any(input)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                let message = format!("a value is missing; write `{key} = …`");
                return Err(syn::Error::new(key.span(), message));
            }
            Value::Assigned(ungrouped::expression(input.parse()?))
        } else if input.peek(token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            Value::List(inside.parse()?)
        } else {
            Value::Flag
        };
        Ok(Self { key, value })
    }
}

/// "unknown …" with the nearest known word, if one is near, and the list of all.
pub(crate) fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(given, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 3)
        .min();
    let nearest =
        nearest.map_or_else(String::new, |(_, known)| format!("did you mean `{known}`? "));
    let list: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
    format!("unknown {what} `{given}`; {nearest}known are {}", list.join(", "))
}
