//! Checks an instrumented function and its attribute, and reports every mistake.

mod function;
mod returned;
mod slo;
mod stream;
mod target;

pub(super) use function::is_no_result;

use super::{
    expressions::Expressions,
    form::Form,
    keys::data_keys,
    parse::Function,
    spec::{Spec, Target},
};
use crate::{
    attribute::{Entries, Errors, buckets},
    runtime_path::RuntimePath,
};

pub(super) fn check<'a>(
    function: &'a Function,
    entries: &'a Entries,
    prefix: Option<&str>,
    errors: &mut Errors,
) -> Option<Spec<'a>> {
    let body = function::check_function(function, errors);
    let runtime = RuntimePath::of(entries, errors);
    let form = Form::of(function);
    let item_errors = entries.flag("item_errors", errors);
    function::check_error_keys(&form, function, entries, errors);
    stream::check_keys(&form, entries, errors);
    returned::check_returned(&form, function, errors);
    let expressions = Expressions::of(entries, errors);
    let slo = slo::check_slo(entries, errors);
    // The histogram of durations has a unit of time in every set.
    let buckets = buckets(entries, Some("s"), errors);
    let (name, target) = target::check_target(function, entries, prefix, errors);
    if !matches!(form, Form::Block { .. }) {
        let labels = match &target {
            Some(Target::Set { labels, .. }) => Some(*labels),
            Some(Target::JobMetrics) | None => None,
        };
        function::check_arguments(function, labels, &expressions, errors);
    }
    let data_keys = data_keys().filter_map(|key| entries.get(key)).map(|entry| &entry.key);
    let data_keys = data_keys.collect();
    let (brace, body) = body?;
    let target = target?;
    Some(Spec {
        function,
        form,
        brace,
        body,
        runtime,
        name,
        target,
        expressions,
        slo,
        buckets,
        item_errors,
        data_keys,
    })
}
