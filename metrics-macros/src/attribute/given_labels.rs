//! The keys `job(labels = …)` and `scope(labels = …)`.

use quote::ToTokens;
use syn::{GenericArgument, Lifetime, Path, PathArguments};

use super::{entries::Entries, entry::Value, errors::Errors};

/// The type of the labels that jobs have from their start.
pub(crate) fn job_labels(entries: &Entries, errors: &mut Errors) -> Option<Path> {
    let labels = given_labels(entries, "job", "the job's labels", "JobLabels", errors)?;
    if let Some(lifetime) = lifetime(&labels) {
        errors.report_on(
            lifetime,
            "the labels of a job are kept for as long as it runs; write `'static`",
        );
        return None;
    }
    Some(labels)
}

/// The type of the labels that each instance of a set has.
pub(crate) fn scope_labels(entries: &Entries, errors: &mut Errors) -> Option<Path> {
    let labels =
        given_labels(entries, "scope", "the labels of an instance", "CacheLabels", errors)?;
    if let Some(lifetime) = lifetime(&labels) {
        errors.report_on(lifetime, "there is no such lifetime here; write `'static`");
        return None;
    }
    Some(labels)
}

/// A type of labels with any lifetimes, for an argument whose values are copied.
pub(crate) fn any_lifetime(labels: &Path) -> Path {
    let mut labels = labels.clone();
    for segment in &mut labels.segments {
        let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { continue };
        for argument in &mut arguments.args {
            if let GenericArgument::Lifetime(lifetime) = argument {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
    }
    labels
}

/// Reads a key with a list that has the key `labels` alone.
fn given_labels(
    entries: &Entries,
    key: &str,
    what: &str,
    example: &str,
    errors: &mut Errors,
) -> Option<Path> {
    let entry = entries.get(key)?;
    let missing = || format!("{what} are missing; write `{key}(labels = {example})`");
    let Value::List(tokens) = &entry.value else {
        errors.report_on(entry.written(), missing());
        return None;
    };
    if let Ok(path) = syn::parse2::<Path>(tokens.clone())
        && !path.is_ident("labels")
    {
        let written = path.to_token_stream().to_string().replace(' ', "");
        let message = format!("the key is missing; write `{key}(labels = {written})`");
        errors.report_on(path, message);
        return None;
    }
    let inside = Entries::inside(tokens.clone(), "labels", errors);
    inside.check_keys(&["labels"], errors);
    if inside.is_empty() {
        errors.report(entry.key.span(), missing());
    }
    inside.path("labels", example, errors)
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
