use crate::{
    attribute::{Entries, Errors},
    instrumented_job::{expressions::ERROR_KEYS, form::Form},
};

/// Checks the keys that mean something else, or nothing, for a stream.
pub(super) fn check_keys(form: &Form<'_>, entries: &Entries, errors: &mut Errors) {
    let item_errors = entries.get("item_errors");
    if !matches!(form, Form::Stream { .. }) {
        if let Some(entry) = item_errors {
            errors.report(
                entry.key.span(),
                "`item_errors` is about the items of a stream, and the function returns none; remove \
                 it",
            );
        }
        return;
    }
    for key in ERROR_KEYS {
        if let (Some(entry), None) = (entries.get(key), item_errors) {
            let message = format!(
                "an item that is an `Err` does not end the job; add `item_errors`, so that it does, \
                 or remove `{key}`"
            );
            errors.report(entry.key.span(), message);
        }
    }
    if let Some(entry) = entries.get("output_size") {
        errors.report(
            entry.key.span(),
            "a stream has items and no output of one size; remove `output_size`",
        );
    }
}
