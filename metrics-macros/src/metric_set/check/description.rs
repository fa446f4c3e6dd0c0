use osapi_metrics_rules::explain_description;
use syn::Ident;

use crate::{
    attribute::{Documentation, Entries, Errors, GivenText},
    metric_set::spec::Help,
};

/// The description of a metric (rule D1), and the text about the metric beside it as Markdown.
///
/// The description is `description = "…"` or a constant, and the doc comment is the text beside it,
/// or the description is the first paragraph of the doc comment.
///
/// `is_misspelt` says that the key is missing because of a mistake that has been reported.
pub(super) fn help(
    field: &Ident,
    entries: &Entries,
    doc: Option<&Documentation>,
    is_misspelt: bool,
    errors: &mut Errors,
) -> (Help, String) {
    if let Some(given) = entries.given_text("description", errors) {
        let help = match given {
            GivenText::Literal(help) => {
                if let Some(mistake) = explain_description(&help.value) {
                    errors.report(help.span, mistake);
                }
                Help::Literal(help.value)
            }
            GivenText::Constant(help) => Help::Constant(help),
        };
        return (help, doc.map_or_else(String::new, Documentation::whole));
    }
    if entries.get("description").is_none() && !is_misspelt {
        let problem = match doc {
            Some(Documentation { summary, rest }) if !summary.is_empty() => {
                return (Help::Literal(summary.clone()), rest.clone());
            }
            Some(_) => "the metric has no description; write a doc comment, which becomes its HELP",
            None => {
                "the doc comment is put together by another macro, whose text cannot be read here; \
                 write it as a literal, or as `description = …`, which takes the macro too"
            }
        };
        errors.report(field.span(), problem);
    }
    let (help, details) =
        doc.map_or_else(Default::default, |doc| (doc.summary.clone(), doc.rest.clone()));
    (Help::Literal(help), details)
}
