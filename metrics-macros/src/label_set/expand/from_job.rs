use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::{
    attribute::at,
    label_set::spec::{Base, Form, FromJob, JobPart, Label, Spec},
    runtime_path::RuntimePath,
};

/// The implementation of the conversion from a job.
pub(super) fn from_job(spec: &Spec<'_>) -> Option<TokenStream> {
    let Spec { ident, generics, runtime, form, from_job, .. } = spec;
    let (Form::Fields(labels), Some(FromJob { base, is_complete })) = (form, from_job) else {
        return None;
    };
    let parts = || labels.iter().filter_map(|label| label.job);
    let of_error = parts().any(JobPart::is_of_error);
    let needs_end = parts().any(JobPart::needs_end);
    let needs_error = parts().any(JobPart::needs_error);
    let end = needs_end.then(|| {
        quote! {
            let #runtime::jobs::JobStage::Ended(__osapi_end) = __osapi_stage else {
                return ::core::option::Option::None;
            };
        }
    });
    let error_type = needs_error.then(|| {
        quote! {
            let __osapi_error_type = #runtime::jobs::JobEnd::failure_class(__osapi_end)?;
        }
    });
    let fields = labels.iter().map(|label| filled(label, base, runtime));
    let made = if *is_complete {
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
        impl #impl_generics #runtime::jobs::FromJob<#base> for #ident #ty_generics #where_clause {
            const OF_ERROR: ::core::primitive::bool = #of_error;
            const NEEDS_END: ::core::primitive::bool = #needs_end;
            const NEEDS_ERROR: ::core::primitive::bool = #needs_error;

            #[allow(unused_variables)]
            fn from_job(
                __osapi_base: &#base,
                __osapi_stage: #runtime::jobs::JobStage<'_>,
            ) -> ::core::option::Option<Self> {
                #made
            }
        }
    })
}

/// The field with its value from the job. The tokens have the position of the field's type, where
/// the compiler reports a missing conversion.
fn filled(label: &Label<'_>, base: &Base<'_>, runtime: &RuntimePath) -> TokenStream {
    let Label { field, ty, job, .. } = label;
    let place = at(ty.span());
    let (here, private) = (runtime.located_at(ty.span()), runtime.private_at(ty.span()));
    let Some(part) = job else {
        return match base {
            Base::Flattened(_) => quote!(#field: ::core::clone::Clone::clone(__osapi_base)),
            // The type is stated before the call, so that an error is about the two fields alone.
            Base::Named(_) => quote_spanned! {place=>
                #field: {
                    let __osapi_field: &#ty = &__osapi_base.#field;
                    ::core::clone::Clone::clone(__osapi_field)
                }
            },
        };
    };
    let of_stage = |stage: TokenStream| {
        let of_trait = quote_spanned!(place=> #private::FromStage<#stage>);
        quote_spanned!(place=> <#ty as #of_trait>::from_stage)
    };
    let of_text = quote_spanned!(place=> <#ty as #private::FromErrorText>::from_error_text);
    let (function, part) = match part {
        JobPart::Stage => (of_stage(quote!(#here::jobs::JobStage<'_>)), quote!(__osapi_stage)),
        JobPart::Status => (of_stage(quote!(#here::JobStatus)), quote!(__osapi_end.status)),
        // An incomplete conversion does not fill labels.
        JobPart::Invalid => return quote!(#field: ::core::unreachable!()),
        JobPart::ErrorType => (of_text, quote!(::core::clone::Clone::clone(__osapi_error_type))),
        JobPart::ErrorName => (
            of_text,
            quote!(::core::option::Option::unwrap_or(
                ::core::clone::Clone::clone(&__osapi_end.error_name),
                #private::Cow::Borrowed("unknown"),
            )),
        ),
    };
    quote_spanned!(place=> #field: #function(#part))
}
