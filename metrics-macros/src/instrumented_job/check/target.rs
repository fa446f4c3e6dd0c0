use syn::ext::IdentExt;

use crate::{
    attribute::{Entries, Errors, GivenText, Text},
    instrumented_job::{parse::Function, spec::Target},
};

/// Checks the name of the job and the set that records it.
pub(super) fn check_target<'a>(
    function: &Function,
    entries: &'a Entries,
    prefix: Option<&str>,
    errors: &mut Errors,
) -> (GivenText, Option<Target<'a>>) {
    let given = entries.given_text("name", errors);
    if let Some(name) = given.as_ref().and_then(GivenText::literal)
        && name.value.is_empty()
    {
        errors.report(name.span, "the job's name is empty; leave it out to use the function's");
    }
    let name = given.clone().unwrap_or_else(|| {
        let name = function.signature.ident.unraw();
        let value = prefix.map_or_else(|| name.to_string(), |prefix| format!("{prefix}.{name}"));
        GivenText::Literal(Text { value, span: name.span() })
    });
    let labels = entries.expression("labels", "Labels { … }", errors);
    if entries.get("metrics").is_none() {
        if let Some(entry) = entries.get("labels") {
            errors.report(
                entry.key.span(),
                "`labels` are those of another metric set; add `metrics = Set`, or name the job \
                 with `name = \"…\"`",
            );
        }
        return (name, Some(Target::JobMetrics));
    }
    if let Some(given) = given {
        errors.report(
            given.span(),
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
    (name, labels.map(|labels| Target::Set { set, labels }))
}
