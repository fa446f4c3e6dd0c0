//! The model of an error enum after the check.

use syn::{Field, Generics, Ident};

use crate::runtime_path::RuntimePath;

/// An error enum with the class of each variant.
pub(super) struct Spec<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) runtime: RuntimePath,
    pub(super) variants: Vec<(&'a Ident, Class<'a>)>,
}

/// The class of a variant.
pub(super) enum Class<'a> {
    Named {
        name: String,
        effect: Effect,
    },
    /// The class of the error in the variant's only field.
    Inner(&'a Field),
}

/// What an error makes of the job that returns it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Effect {
    Failure,
    Timeout,
    /// The job has completed.
    Benign,
}
