use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, FnArg, Ident, PatIdent, Receiver, ReceiverKind, Type, visit_mut::VisitMut};

use super::check::{Recorded, Spec};
use crate::primitives::is_primitive;

/// Lets the body take arguments whole, although it may use parts of them only: they are dropped
/// with the body then, and not after the job has ended, as the rest of a closure's captures would be.
/// The last one comes first, since what a closure has taken is dropped in that order, and the
/// arguments of a function in the opposite one.
///
/// Those that the body never names stay outside, since the compiler is to warn of them, unless their
/// name begins with `_`; so do those that the job's labels may have taken a part of.
pub(super) fn take_whole(spec: &Spec<'_>, body: &TokenStream) -> Vec<TokenStream> {
    let labels = match spec.recorded {
        Recorded::Named => TokenStream::new(),
        Recorded::In { labels, .. } => labels.to_token_stream(),
    };
    let mut arguments: Vec<(Ident, &[Attribute])> = Vec::new();
    for argument in &spec.function.signature.inputs {
        match argument {
            // Nothing is dropped with these.
            FnArg::Receiver(Receiver { kind: ReceiverKind::Reference(..), .. }) => {}
            FnArg::Typed(typed)
                if matches!(*typed.ty, Type::Reference(_)) || is_primitive(&typed.ty) => {}
            FnArg::Receiver(receiver) => {
                arguments.push((receiver.self_token.into(), &receiver.attrs));
            }
            FnArg::Typed(typed) => {
                let mut bound = Bound::default();
                bound.visit_pat_mut(&mut typed.pat.clone());
                arguments.extend(bound.0.into_iter().map(|name| (name, typed.attrs.as_slice())));
            }
        }
    }
    let in_use = |name: &Ident| names(body, name) || name.to_string().starts_with('_');
    let taken = arguments.iter().rev().filter(|(name, _)| in_use(name) && !names(&labels, name));
    taken
        .map(|(name, attributes)| {
            // An argument may be there under a condition only.
            let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
            quote! {
                #(#conditions)*
                #[allow(clippy::used_underscore_binding)]
                let _ = &#name;
            }
        })
        .collect()
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
