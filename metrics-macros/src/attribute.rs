use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, Path, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{
    entry::{Entry, Value, quoted, until_comma},
    errors::Errors,
    nearest::{meant, unknown},
};

/// What was written in an item's attributes of one name: `key`, `key = value` and `key(…)`.
#[derive(Default)]
pub(crate) struct Entries {
    entries: Vec<Entry>,
    /// Whether something could not be read, so that a key that is not here may have been written.
    incomplete: bool,
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

/// The key that a text without one most likely belongs to, by the name of the attribute.
const KEY_OF_TEXT: [(&str, &str); 4] =
    [("metric", "name"), ("metric_set", "prefix"), ("label", "key"), ("error_type", "rename")];

/// Attributes that the compiler accepts in each other's place, and where they belong.
const MISPLACED: [(&str, &str); 2] = [("metric_set", "the struct"), ("metric", "a field")];

impl Entries {
    /// Reads all attributes of this name.
    pub(crate) fn of(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Self {
        let key = KEY_OF_TEXT.iter().find(|(attribute, _)| *attribute == name);
        Self::with_text(attributes, name, key.map_or("key", |(_, key)| key), errors)
    }

    /// Reads all attributes of this name on a variant, which each name one value.
    pub(crate) fn of_variant(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Self {
        Self::with_text(attributes, name, "rename", errors)
    }

    fn with_text(attributes: &[Attribute], name: &str, key: &str, errors: &mut Errors) -> Self {
        let mut entries = Self::default();
        for (other, belongs) in MISPLACED.iter().filter(|(other, ..)| *other != name) {
            let of_set = MISPLACED.iter().any(|(known, _)| *known == name);
            let here = attributes.iter().find(|a| of_set && a.path().is_ident(other));
            if let Some(attribute) = here {
                let message = format!("`#[{other}]` goes on {belongs}; write `#[{name}(…)]` here");
                errors.report_on(attribute.path(), message);
            }
        }
        for attribute in attributes.iter().filter(|a| a.path().is_ident(name)) {
            match &attribute.meta {
                syn::Meta::List(list) => entries.read(list.tokens.clone(), key, errors),
                meta => {
                    entries.incomplete = true;
                    let value = match meta {
                        syn::Meta::NameValue(meta) => quoted(&meta.value),
                        _ => None,
                    };
                    let value = value.unwrap_or_else(|| "\"…\"".to_owned());
                    errors.report_on(
                        meta,
                        format!("`#[{name}]` has no keys; write `#[{name}({key} = {value})]`"),
                    );
                }
            }
        }
        entries
    }

    /// Reads the inside of an attribute or of a list. A text without a key most likely belongs to
    /// `key_of_text`.
    pub(crate) fn inside(tokens: TokenStream, key_of_text: &str, errors: &mut Errors) -> Self {
        let mut entries = Self::default();
        entries.read(tokens, key_of_text, errors);
        entries
    }

    fn read(&mut self, tokens: TokenStream, key_of_text: &str, errors: &mut Errors) {
        let mut broken = Vec::new();
        let entries = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let error = match Entry::parse(input, key_of_text) {
                    Ok(entry) => {
                        self.entries.push(entry);
                        let ends = input.is_empty() || input.peek(Token![,]);
                        let missing = "a comma is missing; put `,` between the keys";
                        (!ends).then(|| input.error(missing))
                    }
                    Err(error) => Some(error),
                };
                if let Some(error) = error {
                    broken.push(error);
                    // What follows the next comma can be read again.
                    until_comma(input)?;
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        let unread = entries.parse2(tokens).err();
        broken.extend(unread);
        self.incomplete |= !broken.is_empty();
        for error in broken {
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

    /// Whether a key is missing because it was written as another one, which has been reported.
    pub(crate) fn misses(&self, key: &str, known: &[&str]) -> bool {
        let names = self.entries.iter().map(|entry| entry.key.unraw().to_string());
        let mut unknown = names.filter(|name| !known.contains(&name.as_str()));
        self.get(key).is_none()
            && (self.incomplete || unknown.any(|name| meant(&name, known) == Some(key)))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.unraw() == key)
    }

    /// Whether a key has another value than the text that it takes, which has been reported.
    pub(crate) fn is_no_text(&self, key: &str) -> bool {
        let is_text = |value: &Value| {
            matches!(value, Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Str(_), .. })))
        };
        self.get(key).is_some_and(|entry| !is_text(&entry.value))
    }

    /// `key = "text"`
    pub(crate) fn text(&self, key: &str, errors: &mut Errors) -> Option<Text> {
        let entry = self.get(key)?;
        if let Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) = &entry.value
            && text.suffix().is_empty()
        {
            return Some(Text { value: text.value(), span: text.span() });
        }
        let text = entry.quoted().unwrap_or_else(|| "\"…\"".to_owned());
        let message = match &entry.value {
            Value::Assigned(Expr::Path(path)) if is_constant(&path.path) => {
                format!("what a constant holds is not known here; write `{key} = \"…\"`")
            }
            Value::Assigned(Expr::Macro(_)) => {
                format!("what another macro makes is not known here; write `{key} = \"…\"`")
            }
            _ => format!("`{key}` takes text in quotes; write `{key} = {text}`"),
        };
        errors.report_on(entry.written(), message);
        None
    }

    /// `key = 100`, or the path of a constant
    pub(crate) fn count(&self, key: &str, errors: &mut Errors) -> Option<Count> {
        let entry = self.get(key)?;
        let mut example = "100";
        match &entry.value {
            Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Int(count), .. })) => {
                let value = count.base10_parse().ok().filter(|value| *value > 0);
                match value {
                    Some(value) if count.suffix().is_empty() => return Some(Count::Literal(value)),
                    Some(_) => example = count.base10_digits(),
                    None => {}
                }
            }
            Value::Assigned(Expr::Path(path)) if path.qself.is_none() => {
                return Some(Count::Constant(path.path.clone()));
            }
            _ => {}
        }
        errors.report_on(
            entry.written(),
            format!("`{key}` takes a number of at least 1; write `{key} = {example}`"),
        );
        None
    }

    /// `key = CONSTANT`, where text may stand too. Other paths are most likely text without quotes.
    pub(crate) fn constant(&self, key: &str) -> Option<&Path> {
        match &self.get(key)?.value {
            Value::Assigned(Expr::Path(path))
                if path.qself.is_none() && is_constant(&path.path) =>
            {
                Some(&path.path)
            }
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
        errors.report_on(
            entry.written(),
            format!("`{key}` takes the path of a type; write `{key} = {example}`"),
        );
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
            let message = format!("`{key}` takes no value; write `{key}`, or leave it out");
            errors.report_on(entry.written(), message);
        }
        true
    }

    /// `key(one, of, these)`
    pub(crate) fn words(&self, key: &str, known: &[&str], errors: &mut Errors) -> Vec<String> {
        let Some(entry) = self.get(key) else { return Vec::new() };
        let Value::List(tokens) = &entry.value else {
            let given = entry.quoted().map(|text| text.trim_matches('"').to_owned());
            let given = given.filter(|given| known.contains(&given.as_str()));
            let list = given.unwrap_or_else(|| known.join(", "));
            let message = format!("`{key}` takes a list; write `{key}({list})`");
            errors.report_on(entry.written(), message);
            return Vec::new();
        };
        let written = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
        let written = written.unwrap_or_else(|error| {
            errors.push(error);
            Punctuated::new()
        });
        let mut words = Vec::new();
        for word in &written {
            match word {
                Expr::Path(path) => {
                    let word = path.path.get_ident().map(Ident::to_string).unwrap_or_default();
                    if !known.contains(&word.as_str()) {
                        errors.report_on(path, unknown("word", &word, known));
                    }
                    words.push(word);
                }
                _ => {
                    let meant = quoted(word).map(|text| text.trim_matches('"').to_owned());
                    let meant = meant.filter(|meant| known.contains(&meant.as_str()));
                    let list = meant.clone().unwrap_or_else(|| known.join(", "));
                    let message =
                        format!("`{key}` takes words without quotes; write `{key}({list})`");
                    errors.report_on(word, message);
                    words.extend(meant);
                }
            }
        }
        words
    }
}

/// Whether a path is written as constants are.
fn is_constant(path: &Path) -> bool {
    let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    !name.contains(|c: char| c.is_lowercase())
}
