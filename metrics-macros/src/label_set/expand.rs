use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::located::at;

use super::check::{Form, JobPart, Label, LabelKind, Spec};
use crate::runtime_path::RuntimePath;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, form } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let (labels, visit, index) = match form {
        Form::Fields(labels) => (
            descriptors(labels, runtime),
            labels.iter().map(|label| visit(label, runtime)).collect(),
            labels.iter().fold(quote!(0), |index, label| index_after(&index, label, runtime)),
        ),
        Form::Itself { key } => (
            quote!(#runtime::__private::concat(&[&[#runtime::LabelDescriptor::new(
                #key,
                <Self as #runtime::LabelValue>::LABEL_VALUES,
            )]])),
            quote!(visitor(#runtime::LabelValue::as_closed_label(*self));),
            quote!(#runtime::LabelValue::index(*self)),
        ),
    };
    let from_job = from_job(spec);
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc(hidden)]
            const __OSAPI_LABELS: #runtime::__private::LabelList = #labels;
        }

        #[automatically_derived]
        impl #impl_generics #runtime::LabelSet for #ident #ty_generics #where_clause {
            const LABELS: &'static [#runtime::LabelDescriptor] = Self::__OSAPI_LABELS.as_slice();

            #[allow(unused_variables, clippy::trivially_copy_pass_by_ref)]
            fn visit(&self, visitor: &mut #runtime::LabelVisitor<'_>) {
                #visit
            }

            #[allow(clippy::identity_op, clippy::erasing_op)]
            fn index(&self) -> ::core::primitive::usize {
                #index
            }
        }

        #from_job
    }
}

/// The list of all labels; a flattened set is asked for its own.
fn descriptors(labels: &[Label<'_>], runtime: &RuntimePath) -> TokenStream {
    let parts = labels.iter().map(|Label { ty, kind, .. }| {
        let place = at(ty.span());
        match kind {
            LabelKind::Closed { key } => quote_spanned! {place=>
                &[#runtime::LabelDescriptor::new(
                    #key,
                    <#ty as #runtime::LabelValue>::LABEL_VALUES,
                )]
            },
            LabelKind::Open { key, max } => quote! {
                &[#runtime::LabelDescriptor::new(#key, #runtime::LabelValues::Open { max: #max })]
            },
            LabelKind::Flattened => quote_spanned!(place=> <#ty as #runtime::LabelSet>::LABELS),
        }
    });
    quote!(#runtime::__private::concat(&[#(#parts),*]))
}

fn visit(Label { field, ty, kind, .. }: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let place = at(ty.span());
    match kind {
        LabelKind::Closed { .. } => {
            quote_spanned!(place=> visitor(#runtime::LabelValue::as_closed_label(self.#field));)
        }
        LabelKind::Open { .. } => {
            quote_spanned!(place=> visitor(#runtime::OpenLabelValue::as_label(&self.#field));)
        }
        LabelKind::Flattened => {
            quote_spanned!(place=> #runtime::LabelSet::visit(&self.#field, visitor);)
        }
    }
}

/// The place among all combinations, counted on by one label.
fn index_after(index: &TokenStream, label: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, ty, kind, .. } = label;
    match kind {
        LabelKind::Closed { .. } => quote! {
            (#index) * <#ty as #runtime::LabelValue>::VALUES.len()
                + #runtime::LabelValue::index(self.#field)
        },
        // Sets with open labels are never counted through.
        LabelKind::Open { .. } => index.clone(),
        LabelKind::Flattened => quote! {
            (#index) * #runtime::__private::series_count(<#ty as #runtime::LabelSet>::LABELS)
                + #runtime::LabelSet::index(&self.#field)
        },
    }
}

/// The way from a job's labels to these, for sets that a job's end completes.
fn from_job(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, form } = spec;
    let Form::Fields(labels) = form else { return TokenStream::new() };
    let base = labels.iter().find(|label| matches!(label.kind, LabelKind::Flattened));
    let (true, Some(base)) = (labels.iter().any(|label| label.job.is_some()), base) else {
        return TokenStream::new();
    };
    let fields = labels.iter().map(|Label { field, job, .. }| match job {
        None => quote!(#field: ::core::clone::Clone::clone(base)),
        Some(JobPart::Status) => quote!(#field: ::core::convert::From::from(end.status)),
        Some(JobPart::ErrorType) => quote! {
            #field: ::core::convert::From::from(::core::clone::Clone::clone(
                ::core::option::Option::as_ref(&end.error_type)?,
            ))
        },
    });
    let base = base.ty;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::FromJob<#base> for #ident #ty_generics #where_clause {
            fn from_job(
                base: &#base,
                end: ::core::option::Option<&#runtime::JobEnd>,
            ) -> ::core::option::Option<Self> {
                let end = end?;
                ::core::option::Option::Some(Self { #(#fields),* })
            }
        }
    }
}
