use crate::{
    attribute::{Entries, Errors},
    instrumented_job::{
        check::is_no_result, expressions::ERROR_KEYS, form::Form, keys::keys_of_blocks,
        parse::Function,
    },
};

/// The keys of a method: its own, and those of the block that it does not have and that fit it.
pub(super) fn inherit(function: &Function, own: &Entries, block: &Entries) -> Entries {
    let form = Form::of(function);
    let item_errors = [own, block].iter().any(|entries| entries.get("item_errors").is_some());
    let fits = |key: &str| fits(key, &form, function, item_errors);
    own.with_inherited(block, |key| keys_of_blocks().any(|known| known == key) && fits(key))
}

/// Whether a key of the block can be a key of a method: a closure for errors, of a method that
/// returns a `Result`, and so on.
fn fits(key: &str, form: &Form<'_>, function: &Function, item_errors: bool) -> bool {
    let is_stream = matches!(form, Form::Stream { .. });
    match key {
        "item_errors" => is_stream,
        "output_size" => !is_stream,
        _ if ERROR_KEYS.contains(&key) => {
            !is_no_result(form.output(&function.signature.output)) && (!is_stream || item_errors)
        }
        _ => true,
    }
}

/// Reports the keys of the block that fit none of its methods.
pub(super) fn check_use(methods: &[&Function], block: &Entries, errors: &mut Errors) {
    for key in keys_of_blocks() {
        let Some(entry) = block.get(key) else { continue };
        let is_used = methods.iter().any(|function| {
            let item_errors = block.get("item_errors").is_some();
            fits(key, &Form::of(function), function, item_errors)
        });
        if is_used {
            continue;
        }
        let reason = match key {
            "item_errors" => "no method of the block returns a stream",
            "output_size" => {
                "the methods of the block return streams, which have no output of one size"
            }
            _ => "no method of the block ends with an error",
        };
        errors.report(entry.key.span(), format!("{reason}; remove `{key}`"));
    }
}
