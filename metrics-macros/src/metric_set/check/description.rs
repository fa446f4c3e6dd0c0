use syn::Ident;

use crate::attribute::{Entries, Errors, Text};

/// The description of a metric (rule D1): `description = "…"`, or the doc comment.
///
/// `is_misspelt` says that the key is missing because of a mistake that has been reported.
pub(super) fn help(
    field: &Ident,
    entries: &Entries,
    doc: Option<&str>,
    is_misspelt: bool,
    errors: &mut Errors,
) -> String {
    let written = entries.text("description", errors);
    if let Some(Text { value, span }) = written {
        if value.trim().is_empty() {
            errors.report(span, "the description is empty; say what is measured");
        }
        return value;
    }
    if entries.get("description").is_none() && !is_misspelt {
        let problem = match doc {
            Some(doc) if !doc.is_empty() => return doc.to_owned(),
            Some(_) => "the metric has no description; write a doc comment, which becomes its HELP",
            None => {
                "the doc comment is put together by another macro, whose text cannot be read here; \
                 write it as a literal, or as `description = \"…\"`"
            }
        };
        errors.report(field.span(), problem);
    }
    doc.unwrap_or_default().to_owned()
}
