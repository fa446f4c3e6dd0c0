use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Pat, PatIdent, Receiver, ReceiverKind, Signature, Type, parse_quote,
    spanned::Spanned, visit_mut::VisitMut,
};

use crate::{
    attribute::variable,
    instrumented_job::{
        form::Form,
        patterns::{Pattern, names},
        spec::{Spec, Target},
    },
    primitives::is_primitive,
};

/// The arguments of a function whose body is a closure.
///
/// A function drops the variables of its arguments in the opposite order, and of each argument the
/// variables of its pattern before what the pattern leaves. The closure of the body has to do the
/// same before the job ends.
///
/// A mention makes the closure own an argument whole. Closures capture only the fields that their
/// body names, and drop what they capture in the order in which they name it; so the last argument
/// comes first.
///
/// Where the order of captures is not enough, an argument and all that follow it become variables
/// of the closure: where the pattern leaves a part, which has no name to mention; where a variable
/// is not used, since the compiler would no longer warn of it; and where it is mutable, since the
/// compiler warns of values that are written to captures and not read.
pub(super) struct Arguments {
    /// The signature. A generated name stands for a pattern that the body takes apart.
    pub(super) signature: Signature,
    /// Statements in front of the body.
    pub(super) statements: TokenStream,
}

/// How an argument gets into the closure.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// As the body names it. A reference and a primitive value have no destructor.
    AsNamed,
    /// By a mention of its variables.
    Mention,
    /// By a variable of the closure.
    Local,
}

impl Arguments {
    pub(super) fn of(spec: &Spec<'_>) -> Self {
        let mut signature = spec.function.signature.clone();
        // The user wrote the block, and decides what it captures.
        if let Form::Block { .. } = spec.form {
            return Self { signature, statements: TokenStream::new() };
        }
        let (before, labels) = (before_the_body(spec), labels(spec));
        let way = |argument: &FnArg| way(argument, spec.body, &before, &labels);
        let ways: Vec<_> = signature.inputs.iter().map(way).collect();
        let first_local = ways.iter().position(|way| *way == Way::Local).unwrap_or(ways.len());
        let (mut mentions, mut locals) = (Vec::new(), Vec::new());
        for (index, (argument, way)) in signature.inputs.iter_mut().zip(ways).enumerate() {
            if way == Way::AsNamed {
                continue;
            }
            match argument {
                FnArg::Receiver(receiver) => {
                    let name = Ident::from(receiver.self_token);
                    mentions.push(mention(&receiver.attrs, &name));
                }
                FnArg::Typed(typed) => {
                    let attributes = typed.attrs.clone();
                    let conditions = lint_levels_and_conditions(&attributes);
                    let pattern = Pattern::of(&typed.pat);
                    let is_named = pattern.is_named_in(&before);
                    let hidden = variable(&format!("__osapi_argument_{index}"), typed.pat.span());
                    let is_local = index >= first_local;
                    if is_local && !is_named {
                        let written = std::mem::replace(&mut *typed.pat, parse_quote!(#hidden));
                        // What the pattern leaves is dropped after the variables of the pattern.
                        let whole = pattern
                            .leaves_a_part
                            .then(|| quote!(#(#conditions)* let #hidden = #hidden;));
                        let take = (!matches!(written, Pat::Wild(_)))
                            .then(|| quote!(#(#conditions)* let #written = #hidden;));
                        locals.push(quote!(#whole #take));
                    } else if is_local {
                        // The expressions of the keys read the variables outside of the closure.
                        Immutable.visit_pat_mut(&mut typed.pat);
                        for PatIdent { mutability, ident, .. } in &pattern.bindings {
                            let inside = if names(spec.body, ident) {
                                quote!(#mutability #ident)
                            } else {
                                let hidden = &hidden;
                                quote!(#hidden)
                            };
                            locals.push(quote!(#(#conditions)* let #inside = #ident;));
                        }
                    } else if let Pat::Wild(_) = *typed.pat {
                        *typed.pat = parse_quote!(#hidden);
                        mentions.push(mention(&attributes, &hidden));
                    } else {
                        let names = pattern.bindings.iter().map(|binding| &binding.ident);
                        mentions.extend(names.map(|name| mention(&attributes, name)));
                    }
                }
            }
        }
        mentions.reverse();
        Self { signature, statements: quote!(#(#mentions)* #(#locals)*) }
    }
}

/// The way of an argument, by itself.
fn way(argument: &FnArg, body: &TokenStream, before: &TokenStream, labels: &TokenStream) -> Way {
    match argument {
        FnArg::Receiver(Receiver { kind: ReceiverKind::Reference(..), .. }) => Way::AsNamed,
        // The expression for the labels may have moved a part of it.
        FnArg::Receiver(receiver) if names(labels, &receiver.self_token.into()) => Way::AsNamed,
        FnArg::Receiver(_) => Way::Mention,
        FnArg::Typed(typed)
            if matches!(*typed.ty, Type::Reference(_)) || is_primitive(&typed.ty) =>
        {
            Way::AsNamed
        }
        FnArg::Typed(typed) => {
            let pattern = Pattern::of(&typed.pat);
            if pattern.is_named_in(labels) {
                return Way::AsNamed;
            }
            let is_used = |name: &Ident| {
                names(body, name) || names(before, name) || name.to_string().starts_with('_')
            };
            let needs_local = |PatIdent { mutability, ident, .. }: &PatIdent| {
                mutability.is_some() || !is_used(ident)
            };
            let is_wild = matches!(*typed.pat, Pat::Wild(_));
            // The check has refused the pattern that leaves a part beside a part that a key reads.
            let leaves_a_part = pattern.leaves_a_part && !is_wild && !pattern.is_named_in(before);
            if leaves_a_part || pattern.bindings.iter().any(needs_local) {
                Way::Local
            } else {
                Way::Mention
            }
        }
    }
}

/// The expressions of the keys, which are evaluated before the body takes the arguments.
fn before_the_body(spec: &Spec<'_>) -> TokenStream {
    let mut tokens = labels(spec);
    tokens.extend(spec.expressions.before_the_body().map(ToTokens::to_token_stream));
    tokens
}

fn labels(spec: &Spec<'_>) -> TokenStream {
    match spec.target {
        Target::JobMetrics => TokenStream::new(),
        Target::Set { labels, .. } => labels.to_token_stream(),
    }
}

fn mention(attributes: &[Attribute], name: &Ident) -> TokenStream {
    // A condition on the argument applies to its mention too.
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    quote! {
        #(#conditions)*
        #[allow(clippy::used_underscore_binding)]
        let _ = &#name;
    }
}

/// The attributes of an argument that mean the same on a variable.
fn lint_levels_and_conditions(attributes: &[Attribute]) -> Vec<&Attribute> {
    const KEPT: [&str; 6] = ["allow", "cfg", "cfg_attr", "deny", "expect", "warn"];
    let is_kept = |attribute: &&Attribute| KEPT.iter().any(|kept| attribute.path().is_ident(kept));
    attributes.iter().filter(is_kept).collect()
}

/// Removes every `mut` before a variable.
struct Immutable;

impl VisitMut for Immutable {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        pattern.mutability = None;
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }
}
