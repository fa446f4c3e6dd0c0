use syn::Ident;

use crate::attribute::{Documentation, Entries, Errors, Text};

/// The description of a metric (rule D1), and the text about the metric beside it as Markdown.
///
/// The description is `description = "…"`, and the doc comment is the text beside it, or the
/// description is the first paragraph of the doc comment.
///
/// `is_misspelt` says that the key is missing because of a mistake that has been reported.
pub(super) fn help(
    field: &Ident,
    entries: &Entries,
    doc: Option<&Documentation>,
    is_misspelt: bool,
    errors: &mut Errors,
) -> (String, String) {
    let written = entries.text("description", errors);
    if let Some(Text { value, span }) = written {
        if value.trim().is_empty() {
            errors.report(span, "the description is empty; say what is measured");
        }
        return (value, doc.map_or_else(String::new, Documentation::whole));
    }
    if entries.get("description").is_none() && !is_misspelt {
        let problem = match doc {
            Some(Documentation { summary, rest }) if !summary.is_empty() => {
                return (summary.clone(), rest.clone());
            }
            Some(_) => "the metric has no description; write a doc comment, which becomes its HELP",
            None => {
                "the doc comment is put together by another macro, whose text cannot be read here; \
                 write it as a literal, or as `description = \"…\"`"
            }
        };
        errors.report(field.span(), problem);
    }
    doc.map_or_else(Default::default, |doc| (doc.summary.clone(), doc.rest.clone()))
}
