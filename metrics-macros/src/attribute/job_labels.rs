//! The key `job(labels = …)` of metric sets and label sets.

use quote::ToTokens;
use syn::{GenericArgument, Lifetime, Path, PathArguments};

use super::{entries::Entries, entry::Value, errors::Errors};

/// The type of the labels that jobs have from their start.
pub(crate) fn job_labels(entries: &Entries, errors: &mut Errors) -> Option<Path> {
    let entry = entries.get("job")?;
    let Value::List(tokens) = &entry.value else {
        errors.report_on(
            entry.written(),
            "the job's labels are missing; write `job(labels = JobLabels)`",
        );
        return None;
    };
    if let Ok(path) = syn::parse2::<Path>(tokens.clone())
        && !path.is_ident("labels")
    {
        let written = path.to_token_stream().to_string().replace(' ', "");
        let message = format!("the key is missing; write `job(labels = {written})`");
        errors.report_on(path, message);
        return None;
    }
    let job = Entries::inside(tokens.clone(), "labels", errors);
    job.check_keys(&["labels"], errors);
    if job.is_empty() {
        errors.report(
            entry.key.span(),
            "the job's labels are missing; write `job(labels = JobLabels)`",
        );
    }
    let labels = job.path("labels", "JobLabels", errors)?;
    if let Some(lifetime) = lifetime(&labels) {
        errors.report_on(
            lifetime,
            "the labels of a job are kept for as long as it runs; write `'static`",
        );
        return None;
    }
    Some(labels)
}

/// The first lifetime parameter of a type that is not `'static`.
pub(super) fn lifetime(path: &Path) -> Option<&Lifetime> {
    let arguments = path.segments.iter().filter_map(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments.flatten().find_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => Some(lifetime),
        _ => None,
    })
}
