use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use crate::{
    attribute::{Roles, Text, at},
    metric_set::spec::{Metric, Spec},
    runtime_path::RuntimePath,
};

/// The implementation of `RecordRoles`, and the checks of units.
pub(super) fn role_set(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, runtime, rules, metrics, .. } = spec;
    let (true, Some(Roles { of, labels })) = (rules.records_roles, &rules.roles) else {
        return TokenStream::new();
    };
    let labels = labels.as_ref().map_or_else(|| quote!(()), |labels| quote!(#labels));
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let bound: Vec<_> = usable
        .flat_map(|metric| metric.roles.iter().map(move |role| BoundRole { metric, role }))
        .collect();
    let binds = bound.iter().map(|bound| bound.bind(runtime));
    let checks = bound.iter().map(|bound| bound.check(&quote!(#of), runtime));
    quote! {
        #[automatically_derived]
        impl #runtime::roles::RecordRoles<#of> for #ident {
            type Labels = #labels;

            #[allow(unused_mut, unused_variables)]
            fn roles(&'static self, __osapi_labels: &Self::Labels) -> #of {
                let mut __osapi_roles: #of = ::core::default::Default::default();
                #(#binds)*
                __osapi_roles
            }
        }

        #(#checks)*
    }
}

/// A role that a metric records.
struct BoundRole<'a> {
    metric: &'a Metric<'a>,
    role: &'a Ident,
}

impl BoundRole<'_> {
    fn bind(&self, runtime: &RuntimePath) -> TokenStream {
        let Metric { field, ty, unit, records_in, .. } = self.metric;
        let role = self.role;
        let private = runtime.private_at(ty.span());
        let conversion = if self.metric.has_labels() { "FromObserved" } else { "Unlabelled" };
        let conversion = Ident::new(conversion, at(ty.span()));
        let unit = text(unit.as_ref().or(records_in.as_ref()));
        // Spanned at the role, with the closure as in the check, so that an unknown role is one
        // error of the compiler.
        let closure = quote_spanned!(at(role.span())=> |__osapi_roles| &mut __osapi_roles.#role);
        quote_spanned! {at(ty.span())=>
            #private::bind_role(
                &mut __osapi_roles,
                #closure,
                &self.#field,
                #private::#conversion,
                __osapi_labels,
                #unit,
            );
        }
    }

    /// The roles know their units, and the macro does not know the roles.
    fn check(&self, roles: &TokenStream, runtime: &RuntimePath) -> TokenStream {
        let Metric { unit, records_in, .. } = self.metric;
        let role = self.role;
        let place = unit.as_ref().or(records_in.as_ref()).map_or(role.span(), |unit| unit.span);
        let (unit, records_in) = (text(unit.as_ref()), text(records_in.as_ref()));
        let private = runtime.private_at(place);
        let on = role.to_string();
        let closure = quote_spanned!(at(role.span())=> |__osapi_roles| &mut __osapi_roles.#role);
        quote_spanned! {at(place)=>
            const _: () =
                #private::assert_role_unit::<#roles, _>(#closure, #on, #unit, #records_in);
        }
    }
}

fn text(text: Option<&Text>) -> TokenStream {
    match text {
        Some(Text { value, .. }) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
