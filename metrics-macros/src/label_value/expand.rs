use proc_macro2::TokenStream;
use quote::quote;

use super::spec::Spec;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, values, .. } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let texts = values.iter().map(|(_, value)| value);
    let arms = values
        .iter()
        .enumerate()
        .map(|(index, (variant, _))| quote!(Self::#variant { .. } => #index,));
    let from_text = from_text(spec);
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::LabelValue for #ident #ty_generics #where_clause {
            const VALUES: &'static [&'static ::core::primitive::str] = &[#(#texts),*];

            #[allow(clippy::trivially_copy_pass_by_ref)]
            fn index(&self) -> ::core::primitive::usize {
                #[allow(unreachable_patterns)]
                match self {
                    #(#arms)*
                    // Reachable only if an invalid variant was left out.
                    _ => 0,
                }
            }
        }

        #from_text
    }
}

/// The conversions from text, for an enum with a variant for every other text.
fn from_text(Spec { ident, generics, runtime, values, other }: &Spec<'_>) -> Option<TokenStream> {
    let other = (*other)?;
    let private = runtime.private();
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let arms = values
        .iter()
        .filter(|(variant, _)| *variant != other)
        .map(|(variant, value)| quote!(#value => Self::#variant,));
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<&::core::primitive::str>
            for #ident #ty_generics #where_clause
        {
            fn from(__osapi_text: &::core::primitive::str) -> Self {
                match __osapi_text {
                    #(#arms)*
                    _ => Self::#other,
                }
            }
        }

        #[automatically_derived]
        impl #impl_generics
            ::core::convert::From<#private::Cow<'static, ::core::primitive::str>>
            for #ident #ty_generics #where_clause
        {
            fn from(
                __osapi_text: #private::Cow<'static, ::core::primitive::str>,
            ) -> Self {
                <Self as ::core::convert::From<&::core::primitive::str>>::from(&__osapi_text)
            }
        }
    })
}
