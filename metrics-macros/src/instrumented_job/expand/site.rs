use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;

use crate::{
    attribute::at,
    instrumented_job::spec::{Spec, Target},
};

/// The metric set that records the jobs of a handler, and the place of its tokens.
///
/// All code that concerns the set has one position. The compiler therefore reports a type that does
/// not record job events once, at the name of the type.
pub(super) struct Site {
    pub(super) place: Span,
    pub(super) set: TokenStream,
    /// The private module of the runtime, at this place.
    pub(super) private: TokenStream,
}

impl Site {
    pub(super) fn of(Spec { target, runtime, .. }: &Spec<'_>) -> Self {
        let set = match target {
            Target::JobMetrics => quote!(#runtime::JobMetrics),
            Target::Set { set, .. } => quote!(#set),
        };
        Self { place: at(set.span()), private: runtime.private_at(set.span()), set }
    }
}
