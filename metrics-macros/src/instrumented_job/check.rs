use proc_macro2::TokenStream;
use syn::{
    Expr, GenericArgument, Path, PathArguments, ReturnType, Type, TypeParamBound, ext::IdentExt,
    spanned::Spanned, token,
};

use super::parse::{Body, Function};
use crate::{
    attribute::Entries, errors::Errors, primitives::PRIMITIVES, runtime_path::RuntimePath,
};

/// A function that can be recorded, and what to record of it.
pub(super) struct Spec<'a> {
    pub(super) function: &'a Function,
    pub(super) brace: token::Brace,
    pub(super) body: &'a TokenStream,
    pub(super) runtime: RuntimePath,
    pub(super) recorded: Recorded<'a>,
    pub(super) error_type: Option<&'a Expr>,
    pub(super) queued_at: Option<&'a Expr>,
    pub(super) output_size: Option<&'a Expr>,
}

/// Where the job is recorded.
pub(super) enum Recorded<'a> {
    /// In `JobMetrics`, by its name.
    Named(String),
    /// In another set, with the labels that it wants.
    In { set: Path, labels: &'a Expr },
}

const KEYS: [&str; 7] =
    ["name", "error_type", "queued_at", "output_size", "metrics", "labels", "crate"];

pub(super) fn check<'a>(
    function: &'a Function,
    entries: &'a Entries,
    errors: &mut Errors,
) -> Option<Spec<'a>> {
    entries.check_keys(&KEYS, errors);
    let body = check_function(function, errors);
    let runtime = RuntimePath::of(entries, errors);
    let error_type = entries.expression("error_type", "|e: &E| e.kind()", errors);
    if let Some(entry) = entries.get("error_type")
        && is_no_result(&function.signature.output)
    {
        errors.report(
            entry.key.span(),
            "the function returns no `Result`, so that there is no error to classify; remove \
             `error_type`",
        );
    }
    let queued_at = entries.expression("queued_at", "job.created_at", errors);
    let output_size = entries.expression("output_size", "|output: &T| output.len()", errors);
    let recorded = recorded(function, entries, errors);
    let (brace, body) = body?;
    let recorded = recorded?;
    Some(Spec { function, brace, body, runtime, recorded, error_type, queued_at, output_size })
}

/// Rule J1.
fn check_function<'a>(
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
    if let Some(abi) = &signature.abi {
        errors.report_on(
            abi,
            "a function with a foreign ABI cannot be recorded; record the Rust function that it \
             calls",
        );
    }
    if let ReturnType::Type(_, ty) = &signature.output
        && signature.asyncness.is_none()
        && is_future(ty)
    {
        errors.report_on(
            ty,
            "a function that returns a future has returned before the job begins; put the \
             attribute on an `async fn`, under `#[async_trait]` on one that the method calls",
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

/// What the tokens of a return type already tell; an alias can be a `Result`.
fn is_no_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else { return true };
    match ty.as_ref() {
        Type::Path(path) => PRIMITIVES.iter().any(|primitive| path.path.is_ident(primitive)),
        Type::Array(_) | Type::Never(_) | Type::Ptr(_) | Type::Reference(_) | Type::Tuple(_) => {
            true
        }
        _ => false,
    }
}

/// Whether the tokens of a return type say that it is a future.
fn is_future(ty: &Type) -> bool {
    let bounds = match ty {
        Type::ImplTrait(ty) => &ty.bounds,
        Type::TraitObject(ty) => &ty.bounds,
        Type::Group(ty) => return is_future(&ty.elem),
        Type::Paren(ty) => return is_future(&ty.elem),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return false };
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
            let wraps = last.ident == "Pin" || last.ident == "Box";
            let boxed = last.ident == "BoxFuture" || last.ident == "LocalBoxFuture";
            let inner = arguments.args.iter().any(
                |argument| matches!(argument, GenericArgument::Type(inner) if is_future(inner)),
            );
            return boxed || (wraps && inner);
        }
        _ => return false,
    };
    bounds.iter().any(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return false };
        bound.path.segments.last().is_some_and(|last| last.ident == "Future")
    })
}

fn recorded<'a>(
    function: &Function,
    entries: &'a Entries,
    errors: &mut Errors,
) -> Option<Recorded<'a>> {
    let name = entries.text("name", errors);
    if let Some(name) = &name
        && name.value.is_empty()
    {
        errors.report(name.span, "the job's name is empty; leave it out to use the function's");
    }
    let labels = entries.expression("labels", "Labels { … }", errors);
    if entries.get("metrics").is_none() {
        if let Some(entry) = entries.get("labels") {
            errors.report(
                entry.key.span(),
                "`labels` are those of another metric set; add `metrics = Set`, or name the job \
                 with `name = \"…\"`",
            );
        }
        let name = name.map_or_else(|| function.signature.ident.unraw().to_string(), |n| n.value);
        return Some(Recorded::Named(name));
    }
    if let Some(name) = name {
        errors.report(
            name.span,
            "`name` is the label of `JobMetrics`; in another set, give the job's name among the \
             `labels`",
        );
    }
    let set = entries.path("metrics", "Set", errors)?;
    if entries.get("labels").is_none() {
        errors.report_on(
            &set,
            "the job's labels are missing; add `labels = Labels { … }`, of the type that the set \
             names in `job(labels = …)`",
        );
    }
    Some(Recorded::In { set, labels: labels? })
}
