use proc_macro2::TokenStream;
use quote::quote;

use super::{check, expand, parse::Function};
use crate::attribute::{Entries, Errors};

/// The function as a job with these keys. `prefix` is in front of a name that is made of the
/// function's.
pub(super) fn expand_function(
    function: &Function,
    entries: &Entries,
    prefix: Option<&str>,
    errors: &mut Errors,
) -> TokenStream {
    match check::check(function, entries, prefix, errors) {
        Some(spec) if !errors.any() => expand::expand(&spec),
        // The rest of the user's code calls the function. Emitting it unchanged avoids further
        // errors.
        _ => quote!(#function),
    }
}
