use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{
    constant_labels,
    constants::{self, of_instrument},
    scope,
};
use crate::{
    attribute::at,
    metric_set::spec::{Metric, Spec},
    origin::line,
};

/// The expression for the descriptor of a metric.
pub(super) fn descriptor(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let (Metric { field, ty, .. }, runtime) = (metric, &spec.runtime);
    let private = runtime.private();
    let (_, name) = constants::name(metric, spec);
    let (_, help) = constants::help(metric);
    let (_, boundaries) = constants::boundaries(metric);
    let unit = match metric.unit_code() {
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
        None => quote!(::core::option::Option::None),
    };
    let (shape, line) = (of_instrument(metric, "SHAPE", runtime), line(field.span()));
    let rendered = constants::rendered(metric, spec);
    let declared = quote! {
        #private::declare(
            #shape, __osapi_origin, #line, #name, #unit, #help, #boundaries, #rendered,
        )
    };
    let declared = scope::with_labels(declared, metric, spec);
    let declared = if metric.needs_series_check(&spec.rules) {
        declared
    } else {
        let private = runtime.private_at(ty.span());
        quote_spanned!(at(ty.span())=> #private::unlabelled(#declared))
    };
    let (extras, thresholds) = (constants::extras(metric), constants::thresholds(metric, runtime));
    let constant_labels = constant_labels::with_labels(spec);
    quote!(#declared #extras #thresholds #constant_labels)
}

/// The constants that the descriptor and the checks of a metric refer to.
pub(super) fn constants_of(metric: &Metric<'_>, spec: &Spec<'_>) -> TokenStream {
    let (joined, _) = constants::name(metric, spec);
    let (help, _) = constants::help(metric);
    let (buckets, _) = constants::boundaries(metric);
    let series = constants::max_series(metric);
    let violations = constants::violations(metric, spec);
    quote!(#joined #help #buckets #series #violations)
}
