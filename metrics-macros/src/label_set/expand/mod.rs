//! Expands a label set: its descriptors, the visit of its values, the index of a combination of
//! closed values, the labels that only exemplars have, and the conversion from a job.

mod exemplar;
mod from_job;
mod keys;
mod ty;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use super::spec::{Form, Label, LabelKind, Limit, Spec};
use crate::{
    attribute::{Count, at},
    runtime_path::RuntimePath,
};
use exemplar::{ExemplarItems, exemplar_items};
use from_job::from_job;
use ty::{of_any_lifetime, of_type};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, form, .. } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let ((labels, list), visit, index) = match form {
        Form::Fields(labels) => (
            descriptors(labels, runtime),
            labels.iter().map(|label| visit(label, runtime)).collect(),
            labels.iter().fold(quote!(0), |index, label| index_after(&index, label, runtime)),
        ),
        Form::SingleLabel { key } => {
            let key = keys::key(key, 0);
            (
                (
                    quote!(&[#runtime::descriptor::LabelDescriptor::new(
                        #key,
                        <Self as #runtime::LabelValue>::LABEL_VALUES,
                    )]),
                    None,
                ),
                quote!(__osapi_visitor(#runtime::LabelValue::as_closed_label(self));),
                quote!(#runtime::LabelValue::index(self)),
            )
        }
    };
    let from_job = from_job(spec);
    let check_keys = keys::check_distinct(spec);
    let (keys, check_constant_keys) = keys::constants(spec);
    let (limits, check_limits) = limits(spec);
    let ExemplarItems { list: exemplar_list, items: of_exemplars } = exemplar_items(form, runtime);
    let has_lists = list.is_some() || exemplar_list.is_some();
    let has_constants = has_lists || !keys.is_empty() || !limits.is_empty();
    let constants = has_constants.then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #ident #ty_generics #where_clause {
                #list
                #exemplar_list
                #keys
                #limits
            }
        }
    });
    quote! {
        #constants

        #[automatically_derived]
        impl #impl_generics #runtime::LabelSet for #ident #ty_generics #where_clause {
            const LABELS: &'static [#runtime::descriptor::LabelDescriptor] = #labels;

            #[allow(unused_variables, clippy::trivially_copy_pass_by_ref)]
            fn visit(&self, __osapi_visitor: &mut #runtime::labels::LabelVisitor<'_>) {
                #visit
            }

            #[allow(clippy::identity_op, clippy::erasing_op)]
            fn combination(&self) -> ::core::primitive::usize {
                #index
            }

            #of_exemplars
        }

        #check_keys
        #check_constant_keys
        #check_limits
        #from_job
    }
}

/// The name of the constant that copies the constant in the attribute of a label.
fn limit_constant(index: usize) -> Ident {
    format_ident!("__OSAPI_LIMIT_{index}")
}

/// The constants that copy the limits given as constants, and the checks that each limit is at
/// least 1.
fn limits(spec: &Spec<'_>) -> (TokenStream, TokenStream) {
    let Spec { ident, generics, runtime, form, .. } = spec;
    let Form::Fields(labels) = form else { return (TokenStream::new(), TokenStream::new()) };
    let paths = labels.iter().enumerate().filter_map(|(index, label)| match &label.kind {
        LabelKind::Open { limit, .. } => match limit.count() {
            Count::Constant(path) => Some((limit_constant(index), path)),
            Count::Literal(_) => None,
        },
        _ => None,
    });
    paths
        .map(|(constant, path)| {
            let (ty, private) = (of_any_lifetime(ident, generics), runtime.private_at(path.span()));
            (
                quote! {
                    #[doc(hidden)]
                    const #constant: ::core::primitive::usize = #path;
                },
                quote_spanned! {at(path.span())=>
                    const _: () = #private::assert_count(<#ty>::#constant);
                },
            )
        })
        .unzip()
}

/// The expression for the list of all labels, and the constant that joins the list with the labels
/// of flattened sets.
fn descriptors(labels: &[Label<'_>], runtime: &RuntimePath) -> (TokenStream, Option<TokenStream>) {
    let single = |label: &Label<'_>, index| {
        let (key, values) = match &label.kind {
            LabelKind::Closed { key } => {
                (key, of_type(label, "LabelValue", "LABEL_VALUES", runtime))
            }
            LabelKind::Open { key, limit } => (key, open_values(limit, index, runtime)),
            LabelKind::Exemplar { .. } | LabelKind::Flattened | LabelKind::Invalid => return None,
        };
        let key = keys::key(key, index);
        Some(quote!(#runtime::descriptor::LabelDescriptor::new(#key, #values)))
    };
    if !labels.iter().any(Label::is_flattened) {
        let labels = labels.iter().enumerate().filter_map(|(index, label)| single(label, index));
        return (quote!(&[#(#labels),*]), None);
    }
    let has_label = |(_, label): &(usize, &Label<'_>)| !label.is_of_exemplars();
    let labels = labels.iter().enumerate().filter(has_label);
    let parts = labels.map(|(index, label)| match label.kind {
        LabelKind::Flattened => of_type(label, "LabelSet", "LABELS", runtime),
        _ => single(label, index).map_or_else(|| quote!(&[]), |label| quote!(&[#label])),
    });
    let private = runtime.private();
    let constant = quote! {
        #[doc(hidden)]
        const __OSAPI_LABELS: #private::LabelList = #private::concat(&[#(#parts),*]);
    };
    (quote!(#private::LabelList::as_slice(&Self::__OSAPI_LABELS)), Some(constant))
}

/// The expression for the number of values of an open label.
fn open_values(limit: &Limit, index: usize, runtime: &RuntimePath) -> TokenStream {
    let values = match limit {
        Limit::Max(_) => quote!(Open),
        Limit::Recent(_) => quote!(Recent),
    };
    let max = match limit.count() {
        Count::Literal(max) => quote!(#max),
        Count::Constant(_) => {
            let constant = limit_constant(index);
            quote!(Self::#constant)
        }
    };
    quote!(#runtime::descriptor::LabelValues::#values { max: #max })
}

fn visit(label: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, kind, .. } = label;
    match kind {
        LabelKind::Closed { .. } => {
            let as_label = of_type(label, "LabelValue", "as_closed_label", runtime);
            quote!(__osapi_visitor(#as_label(&self.#field));)
        }
        LabelKind::Open { .. } => {
            let as_label = of_type(label, "labels::OpenLabelValue", "as_label", runtime);
            quote!(__osapi_visitor(#as_label(&self.#field));)
        }
        LabelKind::Flattened => {
            let visit = of_type(label, "LabelSet", "visit", runtime);
            quote!(#visit(&self.#field, __osapi_visitor);)
        }
        LabelKind::Exemplar { .. } | LabelKind::Invalid => TokenStream::new(),
    }
}

/// The index among all combinations of values, extended by one more label.
fn index_after(index: &TokenStream, label: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, kind, .. } = label;
    match kind {
        LabelKind::Closed { .. } => {
            let values = of_type(label, "LabelValue", "VALUES", runtime);
            let value_index = of_type(label, "LabelValue", "index", runtime);
            quote!((#index) * #values.len() + #value_index(&self.#field))
        }
        // A set with open labels has no index of combinations.
        LabelKind::Open { .. } | LabelKind::Exemplar { .. } | LabelKind::Invalid => index.clone(),
        LabelKind::Flattened => {
            let labels = of_type(label, "LabelSet", "LABELS", runtime);
            let combination = of_type(label, "LabelSet", "combination", runtime);
            let private = runtime.private();
            quote!((#index) * #private::series_count(#labels) + #combination(&self.#field))
        }
    }
}
