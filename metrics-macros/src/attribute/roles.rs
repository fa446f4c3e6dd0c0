//! The key `roles(of = …, labels = …)` of metric sets.

use quote::ToTokens;
use syn::Path;

use super::{entries::Entries, entry::Value, errors::Errors, given_labels::lifetime};

/// The instrumentation whose roles a set records.
pub(crate) struct Roles {
    /// The struct with a field for each role.
    pub(crate) of: Path,
    /// The labels of an observed thing.
    pub(crate) labels: Option<Path>,
}

/// Reads `roles(of = …, labels = …)`.
pub(crate) fn roles(entries: &Entries, errors: &mut Errors) -> Option<Roles> {
    const EXAMPLE: &str = "roles(of = channel::ChannelRoles, labels = Labels)";
    let entry = entries.get("roles")?;
    let Value::List(tokens) = &entry.value else {
        errors.report_on(
            entry.written(),
            format!("the roles of an instrumentation are missing; write `{EXAMPLE}`"),
        );
        return None;
    };
    if let Ok(path) = syn::parse2::<Path>(tokens.clone())
        && !["of", "labels"].iter().any(|key| path.is_ident(key))
    {
        let written = path.to_token_stream().to_string().replace(' ', "");
        errors.report_on(path, format!("the key is missing; write `roles(of = {written})`"));
        return None;
    }
    let inside = Entries::inside(tokens.clone(), "of", errors);
    inside.check_keys(&["of", "labels"], errors);
    if inside.get("of").is_none() && inside.is_complete() {
        errors.report(
            entry.key.span(),
            format!("the roles of an instrumentation are missing; write `{EXAMPLE}`"),
        );
    }
    let labels = inside.path("labels", "Labels", errors);
    if let Some(lifetime) = labels.as_ref().and_then(lifetime) {
        errors.report_on(
            lifetime,
            "the labels of an observed thing are kept for as long as it is; write `'static`",
        );
        return None;
    }
    let of = inside.path("of", "channel::ChannelRoles", errors)?;
    // A missing type would be `()`, and an error in each metric that has the labels.
    let is_readable = inside.get("labels").is_none() || labels.is_some();
    is_readable.then_some(Roles { of, labels })
}
