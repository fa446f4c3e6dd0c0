use osapi_metrics_rules::check_buckets;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprArray, Path, spanned::Spanned};

use super::{
    entries::Entries,
    errors::Errors,
    numbers::{digits_before_suffix, number},
    spans::at,
};

/// The bucket boundaries of a histogram.
pub(crate) enum Buckets {
    /// The instrument is not a histogram, or there are no boundaries, or they are invalid.
    None,
    Listed(Vec<f64>),
    /// The path of a constant, which the compiler checks.
    Constant(Path),
}

/// Reads `buckets = …`, and checks rules B2 to B4. A constant is left to the compiler.
pub(crate) fn buckets(entries: &Entries, unit: Option<&str>, errors: &mut Errors) -> Buckets {
    let written = entries.expression("buckets", "[0.1, 1, 10]", errors);
    let written = written.map(|written| match written {
        Expr::Reference(reference) => &*reference.expr,
        written => written,
    });
    match written {
        Some(Expr::Array(array)) => listed(array, unit, errors),
        Some(Expr::Path(path)) if path.qself.is_none() => Buckets::Constant(path.path.clone()),
        Some(other) => {
            errors.report_on(
                other,
                "the buckets are neither a list nor a constant; write `buckets = [0.1, 1, 10]`, or \
                 the name of a constant that holds them",
            );
            Buckets::None
        }
        None => Buckets::None,
    }
}

/// The expression for boundaries that are listed.
pub(crate) fn list_of(boundaries: &[f64]) -> TokenStream {
    let boundaries = boundaries.iter().map(|boundary| Literal::f64_suffixed(*boundary));
    quote!(&[#(#boundaries),*])
}

/// The body of a constant with the boundaries that another constant holds.
pub(crate) fn slice_of(path: &Path) -> TokenStream {
    // The pattern matches an array, a slice, and a reference to either. A conversion would have to
    // name the type of the user's constant.
    let boundaries = Ident::new("__osapi_boundaries", at(path.span()));
    let slice = quote_spanned! {at(path.span())=>
        let [#boundaries @ ..] = &#path;
    };
    quote! {{
        #slice
        #boundaries
    }}
}

fn listed(array: &ExprArray, unit: Option<&str>, errors: &mut Errors) -> Buckets {
    let mut boundaries = Vec::new();
    for element in &array.elems {
        match number(element) {
            Some(boundary) => boundaries.push(boundary),
            None => errors.report_on(element, explain_no_number(element)),
        }
    }
    if boundaries.len() < array.elems.len() {
        return Buckets::None;
    }
    if let Some(violation) = check_buckets(&boundaries, unit) {
        match violation.index().and_then(|index| array.elems.iter().nth(index)) {
            Some(element) => errors.report_on(element, violation.message(&boundaries)),
            None => errors.report_on(array, violation.message(&boundaries)),
        }
        return Buckets::None;
    }
    Buckets::Listed(boundaries)
}

/// The message about a boundary that is not a number, or a number with a suffix such as `ms`.
fn explain_no_number(element: &Expr) -> String {
    match digits_before_suffix(element) {
        None => "a bucket boundary is a number; write it as a literal such as `0.5`".to_owned(),
        Some(digits) => {
            format!("a bucket boundary is a number in the metric's unit; write `{digits}`")
        }
    }
}
