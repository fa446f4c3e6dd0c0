use proc_macro2::TokenStream;
use syn::{
    Attribute, Ident, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use super::{
    entry::{Entry, quoted, until_comma},
    errors::Errors,
};

/// The entries of all attributes of one name on an item: `key`, `key = value` and `key(…)`.
#[derive(Default)]
pub(crate) struct Entries {
    pub(super) entries: Vec<Entry>,
    /// Whether a part of the attributes is unreadable, so that a missing key may stand in that
    /// part.
    pub(super) incomplete: bool,
}

/// For each attribute, the key that most likely belongs to a text without a key.
const KEY_OF_TEXT: [(&str, &str); 4] =
    [("metric", "name"), ("metric_set", "prefix"), ("label", "key"), ("error_type", "rename")];

/// Attributes that the compiler accepts in place of each other, and the item that each belongs on.
const MISPLACED: [(&str, &str); 2] = [("metric_set", "the struct"), ("metric", "a field")];

impl Entries {
    /// Reads all attributes of this name.
    pub(crate) fn of(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Self {
        let key = KEY_OF_TEXT.iter().find(|(attribute, _)| *attribute == name);
        Self::with_text(attributes, name, key.map_or("key", |(_, key)| key), errors)
    }

    /// Reads all attributes of this name on a variant, whose text is the name of one value.
    pub(crate) fn of_variant(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Self {
        Self::with_text(attributes, name, "rename", errors)
    }

    fn with_text(attributes: &[Attribute], name: &str, key: &str, errors: &mut Errors) -> Self {
        check_misplaced(attributes, name, errors);
        let mut entries = Self::default();
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
                    // The entries after the next comma are readable again.
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

    /// Whether all entries were readable. Only then is a missing key a mistake of its own.
    pub(crate) fn is_complete(&self) -> bool {
        !self.incomplete
    }

    /// Whether the attributes have no key.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.incomplete
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.unraw() == key)
    }

    /// The first key beside this one.
    pub(crate) fn other_than(&self, key: &str) -> Option<&Ident> {
        self.entries.iter().map(|entry| &entry.key).find(|other| other.unraw() != key)
    }

    /// The entries, and those of the item around them that have another key and are inherited.
    pub(crate) fn with_inherited(&self, outer: &Self, is_inherited: impl Fn(&str) -> bool) -> Self {
        let mut entries = self.entries.clone();
        let inherited = outer.entries.iter().filter(|entry| {
            let key = entry.key.unraw().to_string();
            self.get(&key).is_none() && is_inherited(&key)
        });
        entries.extend(inherited.cloned());
        Self { entries, incomplete: self.incomplete || outer.incomplete }
    }
}

/// Reports an attribute that belongs on another item, such as `#[metric_set]` on a field.
fn check_misplaced(attributes: &[Attribute], name: &str, errors: &mut Errors) {
    for (other, belongs) in MISPLACED.iter().filter(|(other, ..)| *other != name) {
        let of_set = MISPLACED.iter().any(|(known, _)| *known == name);
        let here = attributes.iter().find(|a| of_set && a.path().is_ident(other));
        if let Some(attribute) = here {
            let message = format!("`#[{other}]` goes on {belongs}; write `#[{name}(…)]` here");
            errors.report_on(attribute.path(), message);
        }
    }
}
