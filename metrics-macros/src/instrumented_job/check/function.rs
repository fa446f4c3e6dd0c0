use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Abi, Expr, FnArg, Type, spanned::Spanned, token};

use crate::{
    attribute::{Entries, Errors},
    instrumented_job::{
        expressions::{ERROR_KEYS, Expressions},
        form::{Form, Output},
        parse::{Body, Function, is_instrumented_job},
        patterns::Pattern,
    },
    primitives::is_primitive,
};

/// Checks rule J1.
pub(super) fn check_function<'a>(
    function: &'a Function,
    errors: &mut Errors,
) -> Option<(token::Brace, &'a TokenStream)> {
    let signature = &function.signature;
    if let Some(constness) = &signature.constness {
        errors.report(
            constness.span(),
            "a `const fn` runs at compile time too, where nothing can be recorded; remove `const`, \
             or record the function that calls it",
        );
    }
    let foreign = |abi: &&Abi| abi.name.as_ref().is_none_or(|name| name.value() != "Rust");
    if let Some(abi) = signature.abi.as_ref().filter(foreign) {
        errors.report_on(
            abi,
            "a function with a foreign ABI cannot be recorded; record the Rust function that it \
             calls",
        );
    }
    if let Some(attribute) = function.attributes.iter().find(|a| a.path().is_ident("track_caller"))
    {
        errors.report_on(
            attribute,
            "the body of a job runs in a closure, which does not see who calls the function; remove \
             `#[track_caller]`, or take the `Location` as an argument",
        );
    }
    if let Some(attribute) = function.attributes.iter().find(|a| is_instrumented_job(a)) {
        errors.report_on(
            attribute,
            "the function is a job already, which would be counted twice; remove one of the \
             attributes",
        );
    }
    match &function.body {
        Body::Block { brace, tokens } => Some((*brace, tokens)),
        Body::Missing(semicolon) => {
            errors.report(
                semicolon.span(),
                "a declaration without a body runs nothing; put `#[instrumented_job]` on the \
                 implementations",
            );
            None
        }
    }
}

/// Reports an argument of which a key reads one part and the pattern leaves another one, which
/// could not be dropped when the function drops it.
pub(super) fn check_arguments(
    function: &Function,
    labels: Option<&Expr>,
    expressions: &Expressions<'_>,
    errors: &mut Errors,
) {
    let mut read = labels.to_token_stream();
    read.extend(expressions.before_the_body().map(ToTokens::to_token_stream));
    for argument in &function.signature.inputs {
        let FnArg::Typed(typed) = argument else { continue };
        let pattern = Pattern::of(&typed.pat);
        let has_destructor = !matches!(*typed.ty, Type::Reference(_)) && !is_primitive(&typed.ty);
        if has_destructor && pattern.leaves_a_part && pattern.is_named_in(&read) {
            errors.report_on(
                &typed.pat,
                "a key of the job reads one part of this argument, and the pattern leaves another \
                 part, which would be dropped too late; name the argument, and take it apart in \
                 the body",
            );
        }
    }
}

/// Reports the keys about errors on a function that returns no `Result`.
pub(super) fn check_error_keys(
    form: &Form<'_>,
    function: &Function,
    entries: &Entries,
    errors: &mut Errors,
) {
    if !is_no_result(form.output(&function.signature.output)) {
        return;
    }
    for key in ERROR_KEYS {
        if let Some(entry) = entries.get(key) {
            let message = format!(
                "the function returns no `Result`, so that there is no error to classify; remove \
                 `{key}`"
            );
            errors.report(entry.key.span(), message);
        }
    }
}

/// Whether the tokens of a type show that it is not a `Result`. An alias can be one.
pub(crate) fn is_no_result(output: Output<'_>) -> bool {
    let ty = match output {
        Output::Unit => return true,
        Output::OfFuture(_) => return false,
        Output::Written(ty) => ty,
    };
    is_primitive(ty)
        || matches!(
            ty,
            Type::Array(_) | Type::Never(_) | Type::Ptr(_) | Type::Reference(_) | Type::Tuple(_)
        )
}
