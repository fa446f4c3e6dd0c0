//! The documentation of the macros has every key and every event that they accept.
//!
//! The messages about unknown keys list the known ones, and `tests/ui/` compares the messages with
//! the compiler's output.

use std::collections::BTreeSet;

use crate::{
    assert_same,
    markdown::{codes, rows_below},
    source,
};

#[test]
fn keys_are_the_keys_that_the_macros_accept() {
    for (macros, messages) in [
        (&["metric_set"][..], &["metric_set", "metric", "job", "roles", "scope", "threshold"][..]),
        (
            &["label_set", "label_value"],
            &["label_set", "label", "job_of_labels", "label_value", "label_value_of_the_enum"],
        ),
        (&["error_type"], &["error_type", "error_type_of_the_enum"]),
        (
            &["instrumented_job"],
            &[
                "instrumented_job",
                "instrumented_job_of_a_block",
                "instrumented_job_of_a_method",
                "slo",
            ],
        ),
    ] {
        let accepted: BTreeSet<_> = messages.iter().flat_map(|message| known(message)).collect();
        let pages: Vec<_> = macros.iter().map(|name| documentation(name)).collect();
        let named = pages.iter().flat_map(|page| codes(page)).flat_map(keys_in);
        let undocumented: BTreeSet<_> = accepted.difference(&named.collect()).cloned().collect();
        assert!(undocumented.is_empty(), "{macros:?}: the documentation lacks {undocumented:?}");

        let written = |code: &&str| code.contains(" = ") || code.ends_with(')');
        let documented: BTreeSet<_> =
            pages.iter().flat_map(|page| codes(page).filter(written)).flat_map(keys_in).collect();
        assert!(documented.len() > 1, "no keys were found in the documentation of {macros:?}");
        let wrong: BTreeSet<_> = documented.difference(&accepted).collect();
        assert!(wrong.is_empty(), "{macros:?}: the macro does not know {wrong:?}");
    }
}

#[test]
fn parts_of_jobs_are_the_parts_that_the_macro_accepts() {
    let page = documentation("label_set");
    let documented = codes(&page).filter_map(|code| code.strip_prefix("job = "));
    let documented = documented.filter(|part| *part != "…");
    assert_same(&documented.map(str::to_owned).collect(), &known("part_of_a_job"));
}

#[test]
fn words_that_allow_something_are_documented() {
    for (name, message) in [("metric_set", "allowance"), ("label_set", "allowance_of_labels")] {
        let page = documentation(name);
        let documented =
            codes(&page).filter_map(|code| code.strip_prefix("allow(")?.strip_suffix(')'));
        assert_same(&documented.map(str::to_owned).collect(), &known(message));
    }
}

#[test]
fn events_of_jobs_are_the_events_that_the_macro_accepts() {
    let page = documentation("metric_set");
    let listed = rows_below(&page, "`on = …`");
    let listed = listed.iter().flat_map(|row| codes(&row[0])).map(str::to_owned);
    assert_same(&listed.collect(), &known("event"));
}

/// The words that the compiler lists as known in the message of a file in `tests/ui/unknown_key/`.
fn known(message: &str) -> BTreeSet<String> {
    let output = source(&format!("tests/ui/unknown_key/{message}.stderr"));
    let line = output.lines().next().unwrap();
    let known = line.split("known are ").nth(1).or_else(|| line.split("known is ").nth(1));
    let known = known.unwrap_or_else(|| panic!("{message}: nothing is known in `{line}`"));
    codes(known).map(str::to_owned).collect()
}

/// The documentation of a macro.
fn documentation(name: &str) -> String {
    let source = source("metrics-macros/src/lib.rs");
    let items: Vec<_> = source.split("\npub fn ").collect();
    let documentation = items.windows(2).find_map(|pair| {
        let function = pair[1].split('(').next()?;
        (function.strip_prefix("derive_").unwrap_or(function) == name).then_some(pair[0])
    });
    let documentation = documentation.unwrap_or_else(|| panic!("there is no macro {name}"));
    let lines = documentation.lines().filter_map(|line| line.strip_prefix("///"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
}

/// The keys in one piece of code, which may be in its attribute: the first word, and every word
/// before ` = `.
fn keys_in(code: &str) -> Vec<String> {
    let code = match code.strip_prefix("#[") {
        Some(attribute) => attribute.split_once('(').map_or("", |(_, keys)| keys),
        None => code,
    };
    let first = code.split(|c| !is_word(c)).next();
    let assigned =
        code.match_indices(" = ").filter_map(|(at, _)| code[..at].rsplit(|c| !is_word(c)).next());
    let keys = first.into_iter().chain(assigned);
    keys.filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
