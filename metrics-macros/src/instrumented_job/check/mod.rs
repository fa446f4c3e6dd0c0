//! Checks an instrumented function and its attribute, and reports every mistake.

mod function;
mod returned;
mod slo;
mod stream;
mod target;

use super::{
    expressions::Expressions,
    form::Form,
    parse::Function,
    spec::{Spec, Target},
};
use crate::{
    attribute::{Entries, Errors},
    runtime_path::RuntimePath,
};

/// The keys of the attribute: the name of the job, the data of the job, the set that records it.
fn keys() -> impl Iterator<Item = &'static str> {
    ["name"].into_iter().chain(data_keys()).chain(["item_errors", "metrics", "labels", "crate"])
}

/// The keys that add data to the job.
fn data_keys() -> impl Iterator<Item = &'static str> {
    Expressions::KEYS.iter().copied().chain(["slo"])
}

/// Keys that belong in another key, or on another item.
const MISPLACED: [(&str, &str); 4] = [
    ("latency", "`latency` is part of the objective; write `slo(latency = …, target = …)`"),
    ("target", "`target` is part of the objective; write `slo(latency = …, target = …)`"),
    (
        "min_events",
        "`min_events` is part of the objective; write `slo(latency = …, target = …, min_events = …)`",
    ),
    (
        "runbook",
        "`runbook` is that of a metric set; move it to the `#[metric_set(…)]` of the set that \
         records the jobs",
    ),
];

pub(super) fn check<'a>(
    function: &'a Function,
    entries: &'a Entries,
    errors: &mut Errors,
) -> Option<Spec<'a>> {
    entries.check_placed_keys(&keys().collect::<Vec<_>>(), &MISPLACED, errors);
    let body = function::check_function(function, errors);
    let runtime = RuntimePath::of(entries, errors);
    let form = Form::of(function);
    let item_errors = entries.flag("item_errors", errors);
    function::check_error_keys(&form, function, entries, errors);
    stream::check_keys(&form, entries, errors);
    returned::check_returned(&form, function, errors);
    let expressions = Expressions::of(entries, errors);
    let slo = slo::check_slo(entries, errors);
    let (name, target) = target::check_target(function, entries, errors);
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
        item_errors,
        data_keys,
    })
}

#[cfg(test)]
mod tests {
    use super::keys;
    use crate::documentation::{all, documented};

    #[test]
    fn every_key_is_documented() {
        let keys: Vec<_> = keys().collect();
        assert_eq!(documented("instrumented_job"), all(&[&keys]));
    }
}
