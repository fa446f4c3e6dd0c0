//! Lengths of time in generated code.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;

/// The expression for a length of time.
pub(crate) fn duration(duration: Duration) -> TokenStream {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}
