use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Type, parse_quote, spanned::Spanned, visit_mut::VisitMut};

use super::{
    arguments,
    check::{Recorded, Spec},
    describe::describe,
    form::{AsyncBlock, Boxed, Form, Output},
};
use crate::{
    located::{at, variable},
    origin::origin,
    runtime_path::RuntimePath,
};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let attributes = &spec.function.attributes;
    let (visibility, signature) = (&spec.function.visibility, &spec.function.signature);
    let site = Site::of(spec);
    let items = items(spec, &site);
    let run = run(spec, &site);
    let named = spec.runtime.named();
    let mut block = Group::new(Delimiter::Brace, quote!(#named #items #run));
    block.set_span(spec.brace.span.join());
    quote!(#(#attributes)* #visibility #signature #block)
}

/// The set that the jobs of a handler are recorded in. All that concerns it is located there, so that
/// a set that follows no jobs is reported there, and once.
struct Site {
    place: Span,
    set: TokenStream,
    /// Where the generated code finds what it needs.
    private: TokenStream,
}

impl Site {
    fn of(Spec { recorded, runtime, .. }: &Spec<'_>) -> Self {
        let set = match recorded {
            Recorded::Named => quote!(#runtime::JobMetrics),
            Recorded::In { set, .. } => quote!(#set),
        };
        let here = runtime.located_at(set.span());
        let place = at(set.span());
        Self { place, set, private: quote_spanned!(place=> #here::__private) }
    }
}

/// What stands beside the body: the handler, its registration, and what the compiler checks of it.
fn items(spec: &Spec<'_>, Site { place, set, private }: &Site) -> TokenStream {
    let Spec { function, runtime, name, recorded, keys, slo, .. } = spec;
    let origin = origin(function.signature.ident.span(), runtime);
    let given = keys.iter().map(ToString::to_string);
    let with_keys = (!keys.is_empty()).then(|| quote!(.with_keys(&[#(#given),*])));
    let with_slo = slo.as_ref().map(|slo| {
        let (latency, target) = (latency(slo.latency), slo.target);
        quote!(.with_slo(#runtime::Slo::new(#latency, #target)))
    });
    let (ty, constructor) = match recorded {
        Recorded::Named => (quote!(#private::NamedHandler), quote!(#private::NamedHandler::named)),
        Recorded::In { .. } => (
            quote_spanned!(*place=> <#set as #private::Handled>::Handler),
            quote_spanned!(*place=> #private::Handler::new),
        ),
    };
    let set_name = set.to_string().replace(' ', "");
    let set_name = set_name.rsplit("::").next().unwrap_or_default();
    let handler = quote_spanned! {*place=>
        static __OSAPI_JOB: #ty = #constructor(
            #private::JobDescriptor::new(#name, #set_name, #origin) #with_keys #with_slo,
        );
    };
    let checks = checks(spec, set);
    quote! {
        #handler
        #runtime::__private::inventory::submit!(
            #runtime::__private::JobRegistration(&__OSAPI_JOB)
        );
        #checks
    }
}

/// Whether the set records what the keys tell, and the histogram can show the latency.
fn checks(Spec { runtime, recorded, keys, slo, .. }: &Spec<'_>, set: &TokenStream) -> TokenStream {
    let named = matches!(recorded, Recorded::Named);
    let recorded = keys.iter().filter(|key| !named && **key != "slo").map(|key| {
        let (here, name) = (runtime.located_at(key.span()), key.to_string());
        quote_spanned! {at(key.span())=>
            const _: () = <#set as #here::__private::Handled>::Handler::assert_recorded(#name);
        }
    });
    let slo = slo.as_ref().map(|slo| {
        let (place, written) = (slo.written.span, &slo.written.value);
        let (here, latency) = (runtime.located_at(place), latency(slo.latency));
        quote_spanned! {at(place)=>
            const _: () =
                <#set as #here::__private::Handled>::Handler::assert_latency(#latency, #written);
        }
    });
    quote!(#(#recorded)* #slo)
}

fn latency(latency: std::time::Duration) -> TokenStream {
    let (seconds, nanos) = (latency.as_secs(), latency.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}

/// What runs the job.
fn run(spec: &Spec<'_>, Site { place, private, .. }: &Site) -> TokenStream {
    let (job, describe) = (job(spec), describe(spec));
    // Evaluated before the body is made, which takes the arguments along.
    let start = quote_spanned!(*place=> __OSAPI_JOB.start(|| #job));
    match &spec.form {
        Form::Async => {
            let body = body(spec, spec.body, spec.brace.span.join());
            quote_spanned!(*place=> #private::run_async(#start, async move #body, #describe).await)
        }
        Form::Block { block: AsyncBlock { pin, head, block }, .. } => {
            let body = body(spec, &block.stream(), block.span());
            let run =
                quote_spanned!(*place=> #private::run_async(#start, #head #body, #describe).await);
            let mut outer = Group::new(Delimiter::Brace, run);
            outer.set_span(block.span());
            let block = quote!(#head #outer);
            let Some((path, parentheses)) = pin else { return block };
            let mut arguments = Group::new(Delimiter::Parenthesis, block);
            arguments.set_span(parentheses.span());
            quote!(#path #arguments)
        }
        Form::Future { boxed, .. } => {
            let body = body(spec, spec.body, spec.brace.span.join());
            let (guard, future) =
                (variable("__osapi_guard", *place), variable("__osapi_future", *place));
            // What the signature says of the output is known before the body is read.
            let make = match spec.output() {
                Output::Written(ty) => {
                    let (here, output) = (spec.runtime.located_at(ty.span()), nameable(ty));
                    quote_spanned!(at(ty.span())=> #here::__private::make_future::<#output, _>)
                }
                Output::Unit | Output::Of(_) => {
                    quote_spanned!(*place=> #private::make_future::<_, _>)
                }
            };
            let run = quote_spanned!(*place=> #private::run_async(#guard, #future, #describe));
            let boxed = match boxed {
                Boxed::No => None,
                Boxed::Plain => Some(quote_spanned!(*place=> new)),
                Boxed::Pinned => Some(quote_spanned!(*place=> pin)),
            };
            let run = match boxed {
                // What the body made can be given back as it is.
                Some(boxed) => quote_spanned! {*place=>
                    if #guard.is_off() { #future } else { #private::Box::#boxed(#run) }
                },
                None => run,
            };
            quote_spanned! {*place=>
                let #guard = __OSAPI_JOB.prepare(|| #job);
                let #future = #make(move || #body);
                #run
            }
        }
        Form::Sync => {
            let body = body(spec, spec.body, spec.brace.span.join());
            // Where it is made: a guard is too large to be moved for nothing.
            let guard = variable("__osapi_guard", *place);
            quote_spanned! {*place=>
                let mut #guard = #start;
                #private::run(&mut #guard, move || #body, #describe)
            }
        }
    }
}

/// What is known of a job before it starts.
fn job(spec: &Spec<'_>) -> TokenStream {
    let Spec { runtime, recorded, .. } = spec;
    let start = match recorded {
        Recorded::Named => quote!(__OSAPI_JOB.job()),
        Recorded::In { set, labels } => {
            quote_spanned!(at(set.span())=> __OSAPI_JOB.labelled(|| #labels))
        }
    };
    let told = [
        // By reference, so that a field of an argument is not moved out of it.
        tell("queued_at", Some("waited"), spec.queued_at, runtime),
        tell("scheduled_at", Some("waited"), spec.scheduled_at, runtime),
        tell("attempt", Some("attempt"), spec.attempt, runtime),
        tell("final_attempt", None, spec.final_attempt, runtime),
    ];
    quote!(#start #(#told)*)
}

/// `.key(|| expression)`, with what makes of the expression what is needed.
fn tell(
    key: &str,
    of: Option<&str>,
    expression: Option<&Expr>,
    runtime: &RuntimePath,
) -> TokenStream {
    let Some(expression) = expression else { return TokenStream::new() };
    let place = at(expression.span());
    let here = runtime.located_at(expression.span());
    let key = Ident::new(key, place);
    match of.map(|of| Ident::new(of, place)) {
        Some(of) => quote_spanned!(place=> .#key(|| #here::__private::#of(&(#expression)))),
        None => quote_spanned!(place=> .#key(|| #expression)),
    }
}

/// The user's body, after a `return` that never happens: it tells the compiler the type of the
/// block before it reads what the user returns, and a mismatch is reported against the signature.
fn body(spec: &Spec<'_>, body: &TokenStream, braces: Span) -> TokenStream {
    let typed = body_type(spec).map(|(place, ty)| {
        let returned = variable("__osapi_returned", place);
        quote_spanned! {place=>
            #[allow(unreachable_code, clippy::all, clippy::unreachable)]
            if false {
                let #returned: #ty = loop {};
                return #returned;
            }
        }
    });
    let whole = match spec.form {
        // The user's own block takes what it takes.
        Form::Block { .. } => Vec::new(),
        _ => arguments::take_whole(spec, body),
    };
    // A block of its own: what the user begins with is its first statement.
    let mut block = Group::new(Delimiter::Brace, body.clone());
    block.set_span(at(braces));
    quote!({ #typed #(#whole)* #block })
}

/// The type of the user's body, unless it cannot be written.
fn body_type(spec: &Spec<'_>) -> Option<(Span, TokenStream)> {
    let written = match (&spec.form, spec.output()) {
        // There the body makes the future.
        (Form::Future { .. }, _) => match &spec.function.signature.output {
            syn::ReturnType::Type(_, ty) => ty.as_ref(),
            syn::ReturnType::Default => return None,
        },
        (_, Output::Unit) => return Some((Span::call_site(), quote!(()))),
        (_, Output::Of(Type::ImplTrait(_))) => return None,
        (_, Output::Of(ty)) => {
            let (place, future) = (at(ty.span()), nameable(ty));
            let output = quote_spanned!(place=> <#future as ::core::future::Future>::Output);
            return Some((place, output));
        }
        (_, Output::Written(ty)) => ty,
    };
    // A block that never ends has no type, and neither has a future that is made here.
    if let Type::Never(_) | Type::ImplTrait(_) = written {
        return None;
    }
    Some((at(written.span()), nameable(written)))
}

/// The type with every `impl Trait` in it left to inference.
fn nameable(ty: &Type) -> TokenStream {
    let mut ty = ty.clone();
    Unnameable.visit_type_mut(&mut ty);
    quote!(#ty)
}

struct Unnameable;

impl VisitMut for Unnameable {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = parse_quote!(_);
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}
