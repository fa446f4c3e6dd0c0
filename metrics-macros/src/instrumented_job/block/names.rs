use std::collections::BTreeSet;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericParam, ItemImpl, ext::IdentExt};

use crate::case::Case;

/// The beginning of the names of a block's jobs: the type, and the trait if the block implements
/// one. Two blocks have the same beginning only if the last parts of their types and traits are the
/// same.
///
/// For `impl Resizer` it is `resizer`, for `impl<T> Handler<T> for Queue<u8>` it is
/// `queue_u8.handler`.
pub(super) fn prefix(ItemImpl { generics, trait_, self_ty, .. }: &ItemImpl) -> String {
    let parameters: BTreeSet<_> = generics.params.iter().filter_map(parameter).collect();
    let of_type = words(self_ty.to_token_stream(), &parameters);
    let of_trait = trait_.as_ref().map(|(path, _)| words(path.to_token_stream(), &parameters));
    let parts = [Some(of_type), of_trait];
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

/// The name of a parameter, which stands for every type or value.
fn parameter(parameter: &GenericParam) -> Option<String> {
    match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    }
}

/// The names in a type, each the last of its path, and its numbers.
fn words(tokens: TokenStream, parameters: &BTreeSet<String>) -> String {
    let mut words = Vec::new();
    collect(tokens, parameters, &mut words);
    words.join("_")
}

/// Words in types that name nothing.
const KEYWORDS: [&str; 8] = ["as", "const", "dyn", "extern", "fn", "for", "mut", "unsafe"];

fn collect(tokens: TokenStream, parameters: &BTreeSet<String>, words: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut is_lifetime = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(name) => {
                let is_path = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(next))
                        if next.as_char() == ':' && next.spacing() == Spacing::Joint
                );
                let written = name.to_string();
                let is_name =
                    !KEYWORDS.contains(&written.as_str()) && !parameters.contains(&written);
                if !is_lifetime && !is_path && is_name {
                    words.push(Case::Snake.of(&name.unraw().to_string()));
                }
            }
            TokenTree::Literal(literal) => words.push(literal.to_string()),
            TokenTree::Group(group) => collect(group.stream(), parameters, words),
            TokenTree::Punct(_) => {}
        }
        is_lifetime = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn a_block_is_named_by_its_type_and_its_trait() {
        for (block, expected) in [
            ("impl Resizer {}", "resizer"),
            ("unsafe impl ImageWorker for images::HTTPResizer {}", "http_resizer.image_worker"),
            ("impl<'a, T, const N: usize> Queue<'a, T, N> where T: Clone {}", "queue"),
            ("impl Queue<u8, 4> {}", "queue_u8_4"),
            (
                "impl<T> jobs::Handler<Vec<T>> for Queue<std::io::Error> {}",
                "queue_error.handler_vec",
            ),
            ("impl<T: ?Sized, V: for<'a> FnMut(&'a T)> Visit<T> for V {}", "visit"),
            ("impl Default for Box<dyn Shape + 'static> {}", "box_shape.default"),
            ("impl Run for (Left, &mut [Right; 2]) {}", "left_right_2.run"),
            ("impl r#type {}", "type"),
        ] {
            assert_eq!(prefix(&syn::parse_str(block).unwrap()), expected, "{block}");
        }
    }
}
