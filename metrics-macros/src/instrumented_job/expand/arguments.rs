use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, FnArg, Ident, PatIdent, Receiver, ReceiverKind, Type, visit_mut::VisitMut};

use crate::{
    instrumented_job::spec::{Spec, Target},
    primitives::is_primitive,
};

/// Statements that make the body's closure capture its arguments whole.
///
/// A closure captures only the fields that its body names, so that the rest of an argument would be
/// dropped after the job has ended. A mention of the whole argument makes the closure own it, and
/// the argument is dropped with the body. The last argument comes first: a closure drops its
/// captures in the order in which it names them, and a function drops its arguments in the opposite
/// order.
///
/// An argument that the body does not name is not mentioned, unless its name begins with `_`: the
/// compiler would no longer warn that it is unused. An argument that the expression for the job's
/// labels names is not mentioned either, because that expression may have moved a part of it.
pub(super) fn capture_whole(spec: &Spec<'_>, body: &TokenStream) -> Vec<TokenStream> {
    let labels = match spec.target {
        Target::JobMetrics => TokenStream::new(),
        Target::Set { labels, .. } => labels.to_token_stream(),
    };
    let mut arguments: Vec<(Ident, &[Attribute])> = Vec::new();
    for argument in &spec.function.signature.inputs {
        match argument {
            // A reference and a primitive value have no destructor.
            FnArg::Receiver(Receiver { kind: ReceiverKind::Reference(..), .. }) => {}
            FnArg::Typed(typed)
                if matches!(*typed.ty, Type::Reference(_)) || is_primitive(&typed.ty) => {}
            FnArg::Receiver(receiver) => {
                arguments.push((receiver.self_token.into(), &receiver.attrs));
            }
            FnArg::Typed(typed) => {
                let mut bindings = PatternBindings::default();
                bindings.visit_pat_mut(&mut typed.pat.clone());
                let attributes = typed.attrs.as_slice();
                arguments.extend(bindings.0.into_iter().map(|name| (name, attributes)));
            }
        }
    }
    let in_use = |name: &Ident| names(body, name) || name.to_string().starts_with('_');
    let whole = arguments.iter().rev().filter(|(name, _)| in_use(name) && !names(&labels, name));
    whole
        .map(|(name, attributes)| {
            // A condition on the argument applies to its mention too.
            let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
            quote! {
                #(#conditions)*
                #[allow(clippy::used_underscore_binding)]
                let _ = &#name;
            }
        })
        .collect()
}

/// The variables that a pattern binds.
#[derive(Default)]
struct PatternBindings(Vec<Ident>);

impl VisitMut for PatternBindings {
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
