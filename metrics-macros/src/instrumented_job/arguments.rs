use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Ident, PatIdent, visit_mut::VisitMut};

use super::check::{Recorded, Spec};

/// The arguments that the body takes whole, although it may use parts of them only: they are dropped
/// with the body then, and not after the job has ended, as the rest of a closure's captures would be.
/// The last one comes first, since what a closure has taken is dropped in that order, and the
/// arguments of a function in the opposite one.
///
/// Those that the body never names stay outside, since the compiler is to warn of them, unless their
/// name begins with `_`; so do those that the job's labels may have taken a part of.
pub(super) fn to_take_whole(spec: &Spec<'_>, body: &TokenStream) -> Vec<Ident> {
    let labels = match spec.recorded {
        Recorded::Named => TokenStream::new(),
        Recorded::In { labels, .. } => labels.to_token_stream(),
    };
    let mut bound = Bound::default();
    for argument in &spec.function.signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => bound.0.push(receiver.self_token.into()),
            FnArg::Typed(typed) => bound.visit_pat_mut(&mut typed.pat.clone()),
        }
    }
    let in_use = |name: &Ident| names(body, name) || name.to_string().starts_with('_');
    bound.0.into_iter().rev().filter(|name| in_use(name) && !names(&labels, name)).collect()
}

/// The variables that patterns bind.
#[derive(Default)]
struct Bound(Vec<Ident>);

impl VisitMut for Bound {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.0.push(pattern.ident.clone());
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }
}

/// Whether a name occurs among tokens.
fn names(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => names(&group.stream(), name),
        _ => false,
    })
}
