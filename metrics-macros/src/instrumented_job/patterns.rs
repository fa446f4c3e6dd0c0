//! The patterns of a function's arguments.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Ident, Pat, PatIdent, PatRest, PatStruct, PatWild, visit_mut::VisitMut};

/// What a pattern does with the value of its argument.
#[derive(Default)]
pub(super) struct Pattern {
    /// The variables that it binds, in order.
    pub(super) bindings: Vec<PatIdent>,
    /// Whether a part of the value stays with the function: `_`, `..`, or what `ref` borrows.
    pub(super) leaves_a_part: bool,
}

impl Pattern {
    pub(super) fn of(pattern: &Pat) -> Self {
        let mut read = Self::default();
        read.visit_pat_mut(&mut pattern.clone());
        read
    }

    /// Whether tokens name one of the variables.
    pub(super) fn is_named_in(&self, tokens: &TokenStream) -> bool {
        self.bindings.iter().any(|binding| names(tokens, &binding.ident))
    }
}

impl VisitMut for Pattern {
    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        // The patterns that a macro makes are not known here.
        self.leaves_a_part |= matches!(pattern, Pat::Macro(_));
        syn::visit_mut::visit_pat_mut(self, pattern);
    }

    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.leaves_a_part |= pattern.by_ref.is_some();
        self.bindings.push(pattern.clone());
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }

    fn visit_pat_wild_mut(&mut self, _: &mut PatWild) {
        self.leaves_a_part = true;
    }

    fn visit_pat_rest_mut(&mut self, _: &mut PatRest) {
        self.leaves_a_part = true;
    }

    fn visit_pat_struct_mut(&mut self, pattern: &mut PatStruct) {
        self.leaves_a_part |= pattern.rest.is_some();
        syn::visit_mut::visit_pat_struct_mut(self, pattern);
    }
}

/// Whether a name occurs among tokens, also as an argument in the text of a format string.
pub(super) fn names(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => names(&group.stream(), name),
        TokenTree::Literal(literal) => {
            let literal = literal.to_string();
            let argument = format!("{{{name}");
            let mut after =
                literal.match_indices(&argument).map(|(at, _)| &literal[at + argument.len()..]);
            after.any(|rest| rest.starts_with(['}', ':']))
        }
        TokenTree::Punct(_) => false,
    })
}
