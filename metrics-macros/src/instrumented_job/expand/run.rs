use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ReturnType, Type, parse_quote, spanned::Spanned, visit_mut::VisitMut};

use super::{
    describe::{describe, describe_item},
    site::Site,
};
use crate::{
    attribute::{at, variable},
    instrumented_job::{
        form::{AsyncBlock, Boxing, Form, Output},
        spec::{Spec, Target},
    },
    runtime_path::RuntimePath,
};

/// The code that runs the job. It ends with a `return`, because the block has the place of the
/// user's block, for which clippy's `implicit_return` can be on.
/// `arguments` are the statements that bring the arguments into the closure of the body.
pub(super) fn run(
    spec: &Spec<'_>,
    Site { place, private, .. }: &Site,
    arguments: &TokenStream,
) -> TokenStream {
    // What never returns has no value to return.
    let end = match spec.output() {
        Output::Written(Type::Never(_)) => None,
        _ => Some(quote!(return)),
    };
    // The expressions of the keys are evaluated before the closure of the body takes the arguments.
    let start = begin(spec, "start");
    match &spec.form {
        Form::Async => {
            let body = body(spec, arguments, spec.body, spec.brace.span.join());
            let describe = describe(spec);
            quote_spanned! {*place=>
                #end #private::run_async(#start, async move #body, #describe).await
            }
        }
        Form::Block { block: AsyncBlock { pin, head, block }, .. } => {
            let body = body(spec, arguments, &block.stream(), block.span());
            let describe = describe(spec);
            let run = quote_spanned! {*place=>
                #end #private::run_async(#start, #head #body, #describe).await
            };
            let mut outer = Group::new(Delimiter::Brace, run);
            outer.set_span(block.span());
            let block = quote!(#head #outer);
            let Some((path, parentheses)) = pin else { return quote!(return #block) };
            let mut inside = Group::new(Delimiter::Parenthesis, block);
            inside.set_span(parentheses.span());
            quote!(return #path #inside)
        }
        Form::Future { boxing, .. } | Form::Stream { boxing, .. } => {
            returned(spec, *boxing, arguments, *place, private)
        }
        Form::Sync => {
            let body = body(spec, arguments, spec.body, spec.brace.span.join());
            // The guard stays where it is made: it is large, and a move would copy it.
            let (guard, describe) = (variable("__osapi_guard", *place), describe(spec));
            quote_spanned! {*place=>
                let mut #guard = #start;
                #end #private::run(&mut #guard, move || #body, #describe)
            }
        }
    }
}

/// The code of a job that is the future or the stream that the body makes.
fn returned(
    spec: &Spec<'_>,
    boxing: Boxing,
    arguments: &TokenStream,
    place: Span,
    private: &TokenStream,
) -> TokenStream {
    let body = body(spec, arguments, spec.body, spec.brace.span.join());
    let (guard, work) = (variable("__osapi_guard", place), variable("__osapi_work", place));
    let (make, run, describe) = match spec.form {
        Form::Stream { .. } => ("make_stream", "run_stream", describe_item(spec)),
        _ => ("make_future", "run_async", describe(spec)),
    };
    // The type argument gives the compiler the output of the signature before it reads the body. A
    // mismatch is then reported in the body and not in generated code.
    let make = match spec.output() {
        Output::Written(ty) => {
            let (private, output) = (spec.runtime.private_at(ty.span()), nameable(ty));
            let make = Ident::new(make, at(ty.span()));
            quote_spanned!(at(ty.span())=> #private::#make::<#output, _>)
        }
        Output::Unit | Output::OfFuture(_) => {
            let make = Ident::new(make, place);
            quote_spanned!(place=> #private::#make::<_, _>)
        }
    };
    let run = Ident::new(run, place);
    let run = quote_spanned!(place=> #private::#run(#guard, #work, #describe));
    let constructor = match boxing {
        Boxing::None => None,
        Boxing::Box => Some(quote_spanned!(place=> new)),
        Boxing::PinBox => Some(quote_spanned!(place=> pin)),
    };
    let run = match constructor {
        // If recording is off, the box of the user's work is returned without another box.
        Some(constructor) => quote_spanned! {place=>
            if #guard.is_off() { #work } else { #private::Box::#constructor(#run) }
        },
        None => run,
    };
    let prepare = begin(spec, "prepare");
    quote_spanned! {place=>
        let #guard = #prepare;
        let #work = #make(move || #body);
        return #run
    }
}

/// The call of `start` or `prepare`, with the labels and the data that exist before the job.
fn begin(Spec { runtime, target, expressions, .. }: &Spec<'_>, method: &str) -> TokenStream {
    let data = [
        with_key("queued_at", Some("waited"), expressions.queued_at, runtime),
        with_key("scheduled_at", Some("waited"), expressions.scheduled_at, runtime),
        with_key("attempt", Some("attempt"), expressions.attempt, runtime),
        with_key("final_attempt", None, expressions.final_attempt, runtime),
    ];
    let has_data = data.iter().any(|data| !data.is_empty());
    let data = has_data.then(|| {
        let start = variable("__osapi_start", Span::call_site());
        quote!(|#start| #start #(#data)*)
    });
    let (place, labels) = match target {
        Target::JobMetrics => (Span::call_site(), None),
        Target::Set { set, labels } => {
            let place = at(set.span());
            (place, Some(quote_spanned!(place=> || #labels,)))
        }
    };
    let method = format_ident!("{method}{}", if has_data { "_with" } else { "" }, span = place);
    quote_spanned!(place=> __OSAPI_JOB.#method(#labels #data))
}

/// `.key(|| conversion(&expression))`. The reference avoids that the expression moves a field out
/// of an argument.
fn with_key(
    key: &str,
    conversion: Option<&str>,
    expression: Option<&Expr>,
    runtime: &RuntimePath,
) -> TokenStream {
    let Some(expression) = expression else { return TokenStream::new() };
    let place = at(expression.span());
    let private = runtime.private_at(expression.span());
    let key = Ident::new(key, place);
    match conversion.map(|conversion| Ident::new(conversion, place)) {
        Some(conversion) => {
            quote_spanned!(place=> .#key(|| #private::#conversion(&(#expression))))
        }
        None => quote_spanned!(place=> .#key(|| #expression)),
    }
}

/// The user's body, after a `return` that never runs.
///
/// The `return` gives the compiler the type of the block before it reads the user's body. The
/// compiler then reports a mismatch against the signature, at the expression that has the wrong
/// type.
fn body(spec: &Spec<'_>, arguments: &TokenStream, body: &TokenStream, braces: Span) -> TokenStream {
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
    // The body has a block of its own. Inner attributes and items of the user are valid only at the
    // beginning of a block.
    let mut block = Group::new(Delimiter::Brace, body.clone());
    block.set_span(at(braces));
    quote!({ #typed #arguments #block })
}

/// The type of the user's body, unless the type cannot be written.
fn body_type(spec: &Spec<'_>) -> Option<(Span, TokenStream)> {
    let written = match (&spec.form, spec.output()) {
        // The body makes the future or the stream that the function returns.
        (Form::Future { .. } | Form::Stream { .. }, _) => match &spec.function.signature.output {
            ReturnType::Type(_, ty) => ty.as_ref(),
            ReturnType::Default => return None,
        },
        (_, Output::Unit) => return Some((Span::call_site(), quote!(()))),
        (_, Output::OfFuture(Type::ImplTrait(_))) => return None,
        (_, Output::OfFuture(ty)) => {
            let (place, future) = (at(ty.span()), nameable(ty));
            let output = quote_spanned!(place=> <#future as ::core::future::Future>::Output);
            return Some((place, output));
        }
        (_, Output::Written(ty)) => ty,
    };
    // A variable of type `!` or `impl Trait` cannot be declared.
    if let Type::Never(_) | Type::ImplTrait(_) = written {
        return None;
    }
    Some((at(written.span()), nameable(written)))
}

/// The type with `_` in place of every `impl Trait`, so that a variable can have it.
fn nameable(ty: &Type) -> TokenStream {
    let mut ty = ty.clone();
    InferOpaqueTypes.visit_type_mut(&mut ty);
    quote!(#ty)
}

/// Replaces every `impl Trait` by `_`.
struct InferOpaqueTypes;

impl VisitMut for InferOpaqueTypes {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = parse_quote!(_);
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}
