//! The model of an enum of label values after the check.

use syn::{Generics, Ident};

use crate::runtime_path::RuntimePath;

/// An enum with a distinct value for each variant.
pub(super) struct Spec<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) runtime: RuntimePath,
    pub(super) values: Vec<(&'a Ident, String)>,
    /// The variant for every text that is not one of the values.
    pub(super) other: Option<&'a Ident>,
}
