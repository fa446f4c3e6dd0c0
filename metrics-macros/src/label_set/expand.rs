use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use crate::{attribute::Count, located::at};

use super::{
    check::{Form, Label, LabelKind, Limit, Spec},
    from_job::{Base, FromJob, JobPart},
};
use crate::runtime_path::RuntimePath;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, form, .. } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let ((labels, list), visit, index) = match form {
        Form::Fields(labels) => (
            descriptors(labels, runtime),
            labels.iter().map(|label| visit(label, runtime)).collect(),
            labels.iter().fold(quote!(0), |index, label| index_after(&index, label, runtime)),
        ),
        Form::Itself { key } => (
            (
                quote!(&[#runtime::LabelDescriptor::new(
                    #key,
                    <Self as #runtime::LabelValue>::LABEL_VALUES,
                )]),
                None,
            ),
            quote!(__osapi_visitor(#runtime::LabelValue::as_closed_label(self));),
            quote!(#runtime::LabelValue::index(self)),
        ),
    };
    let from_job = from_job(spec);
    let check_keys = check_keys(spec);
    let (limits, check_limits) = limits(spec);
    let constants = (list.is_some() || !limits.is_empty()).then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #ident #ty_generics #where_clause {
                #list
                #limits
            }
        }
    });
    quote! {
        #constants

        #[automatically_derived]
        impl #impl_generics #runtime::LabelSet for #ident #ty_generics #where_clause {
            const LABELS: &'static [#runtime::LabelDescriptor] = #labels;

            #[allow(unused_variables, clippy::trivially_copy_pass_by_ref)]
            fn visit(&self, __osapi_visitor: &mut #runtime::LabelVisitor<'_>) {
                #visit
            }

            #[allow(clippy::identity_op, clippy::erasing_op)]
            fn combination(&self) -> ::core::primitive::usize {
                #index
            }
        }

        #check_keys
        #check_limits
        #from_job
    }
}

/// Rule L2, where the macro does not see the keys: in flattened sets.
fn check_keys(Spec { ident, generics, runtime, form, .. }: &Spec<'_>) -> Option<TokenStream> {
    let Form::Fields(labels) = form else { return None };
    let flattened = labels.iter().any(|label| matches!(label.kind, LabelKind::Flattened));
    let here = runtime.located_at(ident.span());
    (flattened && generics.params.len() == generics.lifetimes().count()).then(|| {
        quote_spanned! {at(ident.span())=>
            const _: () = #here::__private::assert_distinct_keys(
                <#ident as #here::LabelSet>::LABELS,
            );
        }
    })
}

/// The constant that holds the limit of a label whose attribute names another constant.
fn limit_constant(index: usize) -> Ident {
    format_ident!("__OSAPI_LIMIT_{index}")
}

/// The constants of the limits that are named by other constants, and the check that each is at least 1.
fn limits(Spec { ident, runtime, form, .. }: &Spec<'_>) -> (TokenStream, TokenStream) {
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
            let here = runtime.located_at(path.span());
            (
                quote! {
                    #[doc(hidden)]
                    const #constant: ::core::primitive::usize = #path;
                },
                quote_spanned! {at(path.span())=>
                    const _: () = #here::__private::assert_count(<#ident>::#constant);
                },
            )
        })
        .unzip()
}

/// The list of all labels; a flattened set is asked for its own, and the list put together in a
/// constant.
fn descriptors(labels: &[Label<'_>], runtime: &RuntimePath) -> (TokenStream, Option<TokenStream>) {
    let single = |label: &Label<'_>, index| {
        let (key, values) = match &label.kind {
            LabelKind::Closed { key } => {
                (key, of_type(label, "LabelValue", "LABEL_VALUES", runtime))
            }
            LabelKind::Open { key, limit } => (key, open_values(limit, index, runtime)),
            LabelKind::Flattened | LabelKind::Refused => return None,
        };
        Some(quote!(#runtime::LabelDescriptor::new(#key, #values)))
    };
    if !labels.iter().any(Label::is_flattened) {
        let labels = labels.iter().enumerate().filter_map(|(index, label)| single(label, index));
        return (quote!(&[#(#labels),*]), None);
    }
    let parts = labels.iter().enumerate().map(|(index, label)| match label.kind {
        LabelKind::Flattened => of_type(label, "LabelSet", "LABELS", runtime),
        _ => single(label, index).map_or_else(|| quote!(&[]), |label| quote!(&[#label])),
    });
    let constant = quote! {
        #[doc(hidden)]
        const __OSAPI_LABELS: #runtime::__private::LabelList =
            #runtime::__private::concat(&[#(#parts),*]);
    };
    (quote!(#runtime::__private::LabelList::as_slice(&Self::__OSAPI_LABELS)), Some(constant))
}

/// How many values an open label can have.
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
    quote!(#runtime::LabelValues::#values { max: #max })
}

fn visit(label: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, kind, .. } = label;
    match kind {
        LabelKind::Closed { .. } => {
            let as_label = of_type(label, "LabelValue", "as_closed_label", runtime);
            quote!(__osapi_visitor(#as_label(&self.#field));)
        }
        LabelKind::Open { .. } => {
            let as_label = of_type(label, "OpenLabelValue", "as_label", runtime);
            quote!(__osapi_visitor(#as_label(&self.#field));)
        }
        LabelKind::Flattened => {
            let visit = of_type(label, "LabelSet", "visit", runtime);
            quote!(#visit(&self.#field, __osapi_visitor);)
        }
        LabelKind::Refused => TokenStream::new(),
    }
}

/// `<Type as Trait>::item`, all at the type: wherever a type without the trait is used, the error is
/// the same, and the compiler reports it once.
fn of_type(label: &Label<'_>, of_trait: &str, item: &str, runtime: &RuntimePath) -> TokenStream {
    let ty = label.ty;
    let here = runtime.located_at(ty.span());
    let (of_trait, item) = (Ident::new(of_trait, at(ty.span())), Ident::new(item, at(ty.span())));
    quote_spanned!(at(ty.span())=> <#ty as #here::#of_trait>::#item)
}

/// The place among all combinations, counted on by one label.
fn index_after(index: &TokenStream, label: &Label<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, kind, .. } = label;
    match kind {
        LabelKind::Closed { .. } => {
            let values = of_type(label, "LabelValue", "VALUES", runtime);
            let place = of_type(label, "LabelValue", "index", runtime);
            quote!((#index) * #values.len() + #place(&self.#field))
        }
        // Sets with open labels are never counted through.
        LabelKind::Open { .. } | LabelKind::Refused => index.clone(),
        LabelKind::Flattened => {
            let labels = of_type(label, "LabelSet", "LABELS", runtime);
            let place = of_type(label, "LabelSet", "combination", runtime);
            quote!((#index) * #runtime::__private::series_count(#labels) + #place(&self.#field))
        }
    }
}

/// The way from a job's labels to these.
fn from_job(spec: &Spec<'_>) -> Option<TokenStream> {
    let Spec { ident, generics, runtime, form, from_job } = spec;
    let (Form::Fields(labels), Some(FromJob { base, fits })) = (form, from_job) else {
        return None;
    };
    let parts = || labels.iter().filter_map(|label| label.job);
    let of_error = parts().any(JobPart::is_of_error);
    let needs_end = parts().any(JobPart::needs_end);
    let needs_error = parts().any(JobPart::needs_error);
    let end = needs_end.then(|| {
        quote! {
            let #runtime::JobStage::Ended(__osapi_end) = __osapi_stage else {
                return ::core::option::Option::None;
            };
        }
    });
    let error_type = needs_error.then(|| {
        quote! {
            let __osapi_error_type = ::core::option::Option::as_ref(&__osapi_end.error_type)?;
        }
    });
    let fields = labels.iter().map(|label| filled(label, base, runtime));
    let made = if *fits {
        quote! {
            #end
            #error_type
            ::core::option::Option::Some(Self { #(#fields),* })
        }
    } else {
        quote!(::core::option::Option::None)
    };
    let base = match base {
        Base::Flattened(ty) => quote!(#ty),
        Base::Named(path) => quote!(#path),
    };
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::FromJob<#base> for #ident #ty_generics #where_clause {
            const OF_ERROR: ::core::primitive::bool = #of_error;
            const NEEDS_END: ::core::primitive::bool = #needs_end;
            const NEEDS_ERROR: ::core::primitive::bool = #needs_error;

            #[allow(unused_variables)]
            fn from_job(
                __osapi_base: &#base,
                __osapi_stage: #runtime::JobStage<'_>,
            ) -> ::core::option::Option<Self> {
                #made
            }
        }
    })
}

/// A field with what the job fills it with, at the field's type, which may not be made from that.
fn filled(label: &Label<'_>, base: &Base<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, ty, job, .. } = label;
    let place = at(ty.span());
    let here = runtime.located_at(ty.span());
    let Some(part) = job else {
        return match base {
            Base::Flattened(_) => quote!(#field: ::core::clone::Clone::clone(__osapi_base)),
            Base::Named(_) => quote_spanned! {place=>
                #field: ::core::clone::Clone::clone(&__osapi_base.#field)
            },
        };
    };
    let of_stage = |stage: TokenStream| quote_spanned!(place=> <#ty as #here::__private::FromStage<#stage>>::from_stage);
    let of_text = quote_spanned!(place=> <#ty as #here::__private::FromErrorText>::from_error_text);
    let (function, part) = match part {
        JobPart::Stage => (of_stage(quote!(#here::JobStage<'_>)), quote!(__osapi_stage)),
        JobPart::Status => (of_stage(quote!(#here::JobStatus)), quote!(__osapi_end.status)),
        // Such labels are not made.
        JobPart::Refused => return quote!(#field: ::core::unreachable!()),
        JobPart::ErrorType => (of_text, quote!(::core::clone::Clone::clone(__osapi_error_type))),
        JobPart::ErrorName => (
            of_text,
            quote!(::core::option::Option::unwrap_or(
                ::core::clone::Clone::clone(&__osapi_end.error_name),
                #here::__private::Cow::Borrowed("unknown"),
            )),
        ),
    };
    quote_spanned!(place=> #field: #function(#part))
}
