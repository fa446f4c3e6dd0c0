//! The keys of the attribute, by the item that has it: a function, a block, or a method of a block.

use super::expressions::Expressions;
use crate::attribute::{Entries, Errors};

/// The keys of a job: its name, its data, the set that records it.
fn keys() -> impl Iterator<Item = &'static str> {
    ["name"].into_iter().chain(keys_of_blocks())
}

/// The keys that the methods of a block can have in common.
pub(super) fn keys_of_blocks() -> impl Iterator<Item = &'static str> {
    data_keys().chain(["item_errors", "metrics", "labels", "crate"])
}

/// The keys that add data to the job.
pub(super) fn data_keys() -> impl Iterator<Item = &'static str> {
    Expressions::KEYS.iter().copied().chain(["slo", "buckets"])
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

/// Checks the keys of a function that is in no block with the attribute.
pub(super) fn check_function_keys(entries: &Entries, errors: &mut Errors) {
    let misplaced = [
        (
            "skip",
            "`skip` leaves a method out of a block with `#[instrumented_job]`, and here is none; \
             remove the attribute",
        ),
        ("prefix", "`prefix` is in front of the names of a block's methods; write `name = \"…\"`"),
    ];
    check(entries, keys(), &misplaced, errors);
}

/// Checks the keys that a method of a block has of its own.
pub(super) fn check_method_keys(entries: &Entries, errors: &mut Errors) {
    let prefix = "`prefix` is that of the block; write `name = \"…\"` on a method";
    check(entries, keys().chain(["skip"]), &[("prefix", prefix)], errors);
}

/// Checks the keys of a block.
pub(super) fn check_block_keys(entries: &Entries, errors: &mut Errors) {
    let misplaced = [
        (
            "name",
            "`name` is that of one job, and the block has several; write `prefix = \"…\"` here, or \
             `#[instrumented_job(name = \"…\")]` on a method",
        ),
        ("skip", "`skip` leaves out one method; write `#[instrumented_job(skip)]` on it"),
    ];
    check(entries, ["prefix"].into_iter().chain(keys_of_blocks()), &misplaced, errors);
}

fn check(
    entries: &Entries,
    known: impl Iterator<Item = &'static str>,
    misplaced: &[(&str, &str)],
    errors: &mut Errors,
) {
    entries.check_placed_keys(
        &known.collect::<Vec<_>>(),
        &[&MISPLACED, misplaced].concat(),
        errors,
    );
}

#[cfg(test)]
mod tests {
    use super::keys;
    use crate::documentation::{all, documented};

    #[test]
    fn every_key_is_documented() {
        let keys: Vec<_> = keys().chain(["prefix", "skip"]).collect();
        assert_eq!(documented("instrumented_job"), all(&[&keys]));
    }
}
