use proc_macro2::{Ident, TokenStream};
use syn::{Abi, Attribute, Expr, Path, Type, ext::IdentExt, spanned::Spanned, token};

use super::{
    form::{Form, Output},
    parse::{Body, Function},
    slo::{Slo, check_slo},
};
use crate::{
    attribute::Entries, errors::Errors, primitives::is_primitive, runtime_path::RuntimePath,
};

/// A function that can be recorded, and what to record of it.
pub(super) struct Spec<'a> {
    pub(super) function: &'a Function,
    pub(super) form: Form<'a>,
    pub(super) brace: token::Brace,
    pub(super) body: &'a TokenStream,
    pub(super) runtime: RuntimePath,
    pub(super) name: String,
    pub(super) recorded: Recorded<'a>,
    pub(super) error_type: Option<&'a Expr>,
    pub(super) error_name: Option<&'a Expr>,
    pub(super) queued_at: Option<&'a Expr>,
    pub(super) scheduled_at: Option<&'a Expr>,
    pub(super) attempt: Option<&'a Expr>,
    pub(super) final_attempt: Option<&'a Expr>,
    pub(super) output_size: Option<&'a Expr>,
    pub(super) slo: Option<Slo>,
    /// The keys that were given of those that say what is recorded.
    pub(super) keys: Vec<&'a Ident>,
}

/// Where the job is recorded.
pub(super) enum Recorded<'a> {
    /// In `JobMetrics`, by its name.
    Named,
    /// In another set, with the labels that it wants.
    In { set: Path, labels: &'a Expr },
}

impl Spec<'_> {
    /// The type that a job gives back.
    pub(super) fn output(&self) -> Output<'_> {
        self.form.output(&self.function.signature.output)
    }
}

const KEYS: [&str; 12] = [
    "name",
    "error_type",
    "error_name",
    "queued_at",
    "scheduled_at",
    "attempt",
    "final_attempt",
    "output_size",
    "slo",
    "metrics",
    "labels",
    "crate",
];

/// Those that do not say what is recorded of a job, but where.
const PLACES: [&str; 4] = ["name", "metrics", "labels", "crate"];

pub(super) fn check<'a>(
    function: &'a Function,
    entries: &'a Entries,
    errors: &mut Errors,
) -> Option<Spec<'a>> {
    entries.check_keys(&KEYS, errors);
    let body = check_function(function, errors);
    let runtime = RuntimePath::of(entries, errors);
    let form = Form::of(function);
    check_errors(&form, function, entries, errors);
    let mut expression = |key, example| entries.expression(key, example, errors);
    let error_type = expression("error_type", "|e: &E| e.kind()");
    let error_name = expression("error_name", "|e: &E| e.name()");
    let queued_at = expression("queued_at", "job.created_at");
    let scheduled_at = expression("scheduled_at", "job.run_at");
    let attempt = expression("attempt", "job.attempt");
    let final_attempt = expression("final_attempt", "job.attempt == job.max_attempts");
    let output_size = expression("output_size", "|output: &T| output.len()");
    let slo = check_slo(entries, errors);
    let (name, recorded) = recorded(function, entries, errors);
    let keys = KEYS
        .iter()
        .filter(|key| !PLACES.contains(key))
        .filter_map(|key| entries.get(key))
        .map(|entry| &entry.key);
    let (brace, body) = body?;
    Some(Spec {
        function,
        form,
        brace,
        body,
        runtime,
        name,
        recorded: recorded?,
        error_type,
        error_name,
        queued_at,
        scheduled_at,
        attempt,
        final_attempt,
        output_size,
        slo,
        keys: keys.collect(),
    })
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
    let again = |attribute: &&Attribute| {
        attribute.path().segments.last().is_some_and(|last| last.ident == "instrumented_job")
    };
    if let Some(attribute) = function.attributes.iter().find(again) {
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

/// Errors can be described where there are any.
fn check_errors(form: &Form<'_>, function: &Function, entries: &Entries, errors: &mut Errors) {
    if !is_no_result(form.output(&function.signature.output)) {
        return;
    }
    for key in ["error_type", "error_name"] {
        if let Some(entry) = entries.get(key) {
            let message = format!(
                "the function returns no `Result`, so that there is no error to classify; remove \
                 `{key}`"
            );
            errors.report(entry.key.span(), message);
        }
    }
}

/// What the tokens of a type already tell; an alias can be a `Result`.
fn is_no_result(output: Output<'_>) -> bool {
    let ty = match output {
        Output::Unit => return true,
        Output::Of(_) => return false,
        Output::Written(ty) => ty,
    };
    is_primitive(ty)
        || matches!(
            ty,
            Type::Array(_) | Type::Never(_) | Type::Ptr(_) | Type::Reference(_) | Type::Tuple(_)
        )
}

/// The job's name, and where it is recorded.
fn recorded<'a>(
    function: &Function,
    entries: &'a Entries,
    errors: &mut Errors,
) -> (String, Option<Recorded<'a>>) {
    let given = entries.text("name", errors);
    if let Some(name) = &given
        && name.value.is_empty()
    {
        errors.report(name.span, "the job's name is empty; leave it out to use the function's");
    }
    let name = given.as_ref().map(|name| name.value.clone());
    let name = name.unwrap_or_else(|| function.signature.ident.unraw().to_string());
    let labels = entries.expression("labels", "Labels { … }", errors);
    if entries.get("metrics").is_none() {
        if let Some(entry) = entries.get("labels") {
            errors.report(
                entry.key.span(),
                "`labels` are those of another metric set; add `metrics = Set`, or name the job \
                 with `name = \"…\"`",
            );
        }
        return (name, Some(Recorded::Named));
    }
    if let Some(given) = given {
        errors.report(
            given.span,
            "`name` is the label of `JobMetrics`; in another set, give the job's name among the \
             `labels`",
        );
    }
    let Some(set) = entries.path("metrics", "Set", errors) else { return (name, None) };
    if entries.get("labels").is_none() {
        errors.report_on(
            &set,
            "the job's labels are missing; add `labels = Labels { … }`, of the type that the set \
             names in `job(labels = …)`",
        );
    }
    (name, labels.map(|labels| Recorded::In { set, labels }))
}
