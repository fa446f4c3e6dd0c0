//! The labels that only exemplars have.

use proc_macro2::TokenStream;
use quote::quote;

use super::{keys, ty::of_type};
use crate::{
    label_set::spec::{Form, Label, LabelKind},
    runtime_path::RuntimePath,
};

/// The items of a set that has labels of exemplars, or may have some of flattened sets.
#[derive(Default)]
pub(super) struct ExemplarItems {
    /// The constant that joins the keys with those of flattened sets.
    pub(super) list: Option<TokenStream>,
    /// The items of `LabelSet`.
    pub(super) items: TokenStream,
}

/// The items for the labels of exemplars; none for a set that cannot have such labels.
pub(super) fn exemplar_items(form: &Form<'_>, runtime: &RuntimePath) -> ExemplarItems {
    let Form::Fields(labels) = form else { return ExemplarItems::default() };
    let has_part =
        |(_, label): &(usize, &Label<'_>)| label.is_of_exemplars() || label.is_flattened();
    let labels: Vec<_> = labels.iter().enumerate().filter(has_part).collect();
    if labels.is_empty() {
        return ExemplarItems::default();
    }
    let key = |index, label: &Label<'_>| match &label.kind {
        LabelKind::Exemplar { key } => keys::key(key, index),
        _ => TokenStream::new(),
    };
    let (keys, list) = if labels.iter().any(|(_, label)| label.is_flattened()) {
        let parts = labels.iter().map(|&(index, label)| {
            if label.is_flattened() {
                return of_type(label, "LabelSet", "EXEMPLAR_LABELS", runtime);
            }
            let key = key(index, label);
            quote!(&[#key])
        });
        let private = runtime.private();
        let list = quote! {
            #[doc(hidden)]
            const __OSAPI_EXEMPLAR_LABELS: #private::KeyList =
                #private::concat_keys(&[#(#parts),*]);
        };
        (quote!(#private::KeyList::as_slice(&Self::__OSAPI_EXEMPLAR_LABELS)), Some(list))
    } else {
        let keys = labels.iter().map(|&(index, label)| key(index, label));
        (quote!(&[#(#keys),*]), None)
    };
    let visits = labels.iter().map(|(_, label)| visit(label, runtime));
    let items = quote! {
        const EXEMPLAR_LABELS: &'static [&'static ::core::primitive::str] = #keys;

        fn visit_exemplar_labels(&self, __osapi_visitor: &mut #runtime::labels::LabelVisitor<'_>) {
            #(#visits)*
        }
    };
    ExemplarItems { list, items }
}

fn visit(label: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let field = label.field;
    if label.is_flattened() {
        let visit = of_type(label, "LabelSet", "visit_exemplar_labels", runtime);
        return quote!(#visit(&self.#field, __osapi_visitor););
    }
    let as_label = of_type(label, "labels::OpenLabelValue", "as_label", runtime);
    quote!(__osapi_visitor(#as_label(&self.#field));)
}
