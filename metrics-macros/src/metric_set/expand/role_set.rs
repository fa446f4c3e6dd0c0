use osapi_metrics_rules::parse_unit;
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
    let Some(Roles { of, labels }) = &rules.roles else { return TokenStream::new() };
    let labels = labels.as_ref().map_or_else(|| quote!(()), |labels| quote!(#labels));
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let bound: Vec<_> = usable
        .flat_map(|metric| metric.roles.iter().map(move |role| BoundRole { metric, role }))
        .collect();
    let binds = bound.iter().map(|bound| bound.bind(runtime));
    let checks = bound.iter().filter_map(|bound| bound.check(runtime));
    let empty = quote_spanned!(at(of.span())=> <#of as ::core::default::Default>::default());
    quote! {
        #[automatically_derived]
        impl #runtime::roles::RecordRoles<#of> for #ident {
            type Labels = #labels;

            #[allow(unused_mut, unused_variables)]
            fn roles(&'static self, __osapi_labels: &Self::Labels) -> #of {
                let mut __osapi_made: #of = #empty;
                // A reference, as in the checks: the compiler reports an unknown role once.
                let __osapi_roles = &mut __osapi_made;
                #(#binds)*
                __osapi_made
            }
        }

        const _: () = {
            #[allow(dead_code)]
            type __OsapiRoles = #of;
            #(#checks)*
        };
    }
}

/// The function that names the struct of roles, for the registration of the set.
pub(super) fn roles_name(spec: &Spec<'_>) -> TokenStream {
    match &spec.rules.roles {
        // The compiler reports an invalid type where the roles are made.
        Some(Roles { of, .. }) if spec.metrics.iter().all(Metric::is_usable) => {
            quote_spanned! {at(of.span())=>
                ::core::option::Option::Some(::core::any::type_name::<#of>)
            }
        }
        _ => quote!(::core::option::Option::None),
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
        let conversion = if self.metric.has_labels() { "FromObserved" } else { "NoRoleLabels" };
        let conversion = Ident::new(conversion, at(ty.span()));
        let unit = text(unit.as_ref().or(records_in.as_ref()));
        // The compiler knows the type of the role before it looks for the instrument's
        // implementation, so that the error is about the instrument.
        let place = at(role.span());
        let role = quote_spanned!(place=> let __osapi_role = &mut __osapi_roles.#role;);
        quote_spanned! {at(ty.span())=>
            #role
            #private::bind_role(
                __osapi_role,
                __osapi_labels,
                #unit,
                #private::#conversion,
                &self.#field,
            );
        }
    }

    /// Checks the unit: the roles know their units, and the macro does not know the roles. An
    /// unknown unit has been reported.
    fn check(&self, runtime: &RuntimePath) -> Option<TokenStream> {
        let Metric { unit, records_in, .. } = self.metric;
        let role = self.role;
        let written = unit.as_ref().or(records_in.as_ref());
        if written.is_some_and(|written| parse_unit(&written.value).is_err()) {
            return None;
        }
        let place = written.map_or(role.span(), |written| written.span);
        let (unit, records_in) = (text(unit.as_ref()), text(records_in.as_ref()));
        let private = runtime.private_at(place);
        let on = role.to_string();
        let closure = quote_spanned!(at(role.span())=> |__osapi_roles| &mut __osapi_roles.#role);
        Some(quote_spanned! {at(place)=>
            const _: () =
                #private::assert_role_unit::<__OsapiRoles, _>(#closure, #on, #unit, #records_in);
        })
    }
}

fn text(text: Option<&Text>) -> TokenStream {
    match text {
        Some(Text { value, .. }) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
