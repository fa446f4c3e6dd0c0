use proc_macro2::TokenStream;
use quote::quote;

use super::check::Spec;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, values } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let texts = values.iter().map(|(_, value)| value);
    let arms = values
        .iter()
        .enumerate()
        .map(|(index, (variant, _))| quote!(Self::#variant { .. } => #index,));
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::LabelValue for #ident #ty_generics #where_clause {
            const VALUES: &'static [&'static ::core::primitive::str] = &[#(#texts),*];

            fn index(self) -> ::core::primitive::usize {
                #[allow(unreachable_patterns)]
                match self {
                    #(#arms)*
                    // Reached only where variants were refused.
                    _ => 0,
                }
            }
        }
    }
}
