//! Holds the terms in code, comments and pages: a former term does not come back.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use super::files::{TextFile, files};

/// Former terms that mean nothing else, with the terms that replace them.
const TERMS: [(&str, &str); 23] = [
    ("DirectInstrument", "CoreInstrument"),
    ("GUEST", "WRITER"),
    ("GoingOn", "ThreadFlag"),
    ("JobSet", "JobMetricSet"),
    ("KnownSeries", "SeriesCache"),
    ("Ledger", "SlotTable"),
    ("NOBODY", "VACANT"),
    ("SeriesSink", "ObservationSink"),
    ("Untold", "NoLabelNeeds"),
    ("ViewsHeard", "ViewMatch"),
    ("WAY_BACK", "RESPONSE_MARGIN"),
    ("assert_told", "assert_labels_available"),
    ("has_guests", "has_writers"),
    ("is_let", "is_current"),
    ("is_news", "should_record_success"),
    ("let_to", "assign"),
    ("looked_for", "registration_checked"),
    ("not_capturing", "suspended"),
    ("tell", "report or pass"),
    ("tells", "reports or passes"),
    ("told", "reported or passed"),
    ("unpushed", "disabled"),
    ("unserved", "disabled"),
];

/// Former terms that users have in their own fields: labels of examples and tests can have them.
const OF_THE_CRATES: [(&str, &str); 3] =
    [("Tenant", "generation"), ("tenant", "generation"), ("tenants", "generations")];

/// Former names of items that are words of plain English, too. In the crates no item has such a
/// name. Variants can have them, and so can the types of examples and tests.
const NAMES: [(&str, &str); 31] = [
    ("About", "MetricMetadata"),
    ("Alone", "CachePadded"),
    ("Busy", "ReentrancyGuard"),
    ("Concerned", "JobContext"),
    ("Entered", "ActiveSeries"),
    ("Finished", "JobReport"),
    ("Followed", "JobInstrument"),
    ("Following", "JobInstrument"),
    ("Follows", "EventBinding"),
    ("Growth", "SeriesLimits"),
    ("Handled", "HasHandler"),
    ("Itself", "SameLabels"),
    ("Kept", "HandlerCache"),
    ("Labelled", "FromJobLabels"),
    ("Lines", "SeriesPrefixes"),
    ("Locked", "TableGuard"),
    ("Mistakes", "ErrorCollector"),
    ("Problems", "ErrorCollector"),
    ("Refused", "Invalid"),
    ("Renderings", "SingleFlight"),
    ("Repeated", "Combine"),
    ("Returned", "ReturnValue"),
    ("Room", "Admission"),
    ("Shown", "SourceId"),
    ("Told", "LabelNeeds"),
    ("Unlabelled", "NoLabels"),
    ("Usage", "CellKind"),
    ("Uses", "LastUsed"),
    ("arrange", "regroup"),
    ("capturing", "capture"),
    ("contained", "catch_panic"),
];

/// The keywords behind which an item has its name.
const DEFINITIONS: [&str; 9] =
    ["const", "enum", "fn", "mod", "static", "struct", "trait", "type", "union"];

const CRATES: [&str; 5] =
    ["benches/", "metrics-artefacts/", "metrics-macros/", "metrics-rules/", "metrics-runtime/"];

/// The history names former terms, and so does this file.
const EXEMPT: [&str; 2] = ["CHANGELOG.md", "tests/layers/glossary.rs"];

/// Descriptions of metrics, which a scrape shows.
const HELP: [&str; 2] = ["with NATS, as the server told", "Beyond what a float can tell apart."];

#[test]
fn former_terms_do_not_come_back() {
    let mut found = Vec::new();
    for TextFile { name, text } in files(&["rs", "md"]) {
        if EXEMPT.iter().any(|exempt| name.starts_with(exempt)) {
            continue;
        }
        let is_of_a_crate = CRATES.iter().any(|folder| name.starts_with(folder));
        let is_code = Path::new(&name).extension().is_some_and(|extension| extension == "rs");
        for term in former_terms(&text, is_code, is_of_a_crate) {
            found.push(format!("{name}:{term}"));
        }
    }
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

fn former_terms(text: &str, is_code: bool, is_of_a_crate: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut report = |line: usize, word: &str, is_name: bool| {
        let lists = [
            (true, &TERMS[..]),
            (is_of_a_crate, &OF_THE_CRATES[..]),
            (is_of_a_crate && is_name, &NAMES[..]),
        ];
        for (applies, terms) in lists {
            for (_, term) in terms.iter().filter(|(former, _)| applies && *former == word) {
                found.push(format!("{line}: `{word}` is a former term; write `{term}`"));
            }
        }
    };
    for (nth, line) in text.lines().enumerate() {
        let prose = if is_code { comment(line) } else { line };
        if HELP.iter().any(|help| prose.contains(help)) {
            continue;
        }
        for word in prose.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')) {
            report(nth + 1, word, false);
        }
        // A name of an item in prose is written as code.
        for code in prose.split('`').skip(1).step_by(2) {
            let name = code.rsplit("::").next().unwrap_or(code);
            if NAMES.iter().any(|(former, _)| *former == name) {
                report(nth + 1, name, true);
            }
        }
    }
    if is_code {
        let mut identifiers = Vec::new();
        collect(text.parse().expect("source files can be parsed"), &mut identifiers);
        let mut before = "";
        for (line, word) in &identifiers {
            report(*line, word, DEFINITIONS.contains(&before));
            before = word;
        }
    }
    found
}

/// The comment of a line of code.
fn comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return line;
    }
    line.split_once(" // ").map_or("", |(_, comment)| comment)
}

/// Collects each identifier of the code with its line, also in macros.
fn collect(tokens: TokenStream, identifiers: &mut Vec<(usize, String)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), identifiers),
            TokenTree::Ident(ident) => {
                identifiers.push((ident.span().start().line, ident.to_string()));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[test]
fn a_former_term_is_named_with_its_line() {
    let code = "fn f() {\n    is_let(\"told\"); // It tells nothing.\n}\n";
    assert_eq!(
        former_terms(code, true, false),
        [
            "2: `tells` is a former term; write `reports or passes`",
            "2: `is_let` is a former term; write `is_current`",
        ]
    );
    let page = "# Page\n\nThe linker was told.\n";
    assert_eq!(
        former_terms(page, false, false),
        ["3: `told` is a former term; write `reported or passed`"]
    );
}

#[test]
fn a_word_of_plain_english_is_a_former_term_as_the_name_of_an_item() {
    let code = "/// Kept: a [`Kept`] is kept.\nstruct Kept;\nenum Fate {\n    Kept,\n}\n";
    assert_eq!(
        former_terms(code, true, true),
        [
            "1: `Kept` is a former term; write `HandlerCache`",
            "2: `Kept` is a former term; write `HandlerCache`",
        ]
    );
    assert_eq!(former_terms(code, true, false), Vec::<String>::new());
}

#[test]
fn a_label_of_a_user_can_have_a_former_term() {
    let code = "struct Labels {\n    tenant: String,\n}\n";
    assert_eq!(
        former_terms(code, true, true),
        ["2: `tenant` is a former term; write `generation`"]
    );
    assert_eq!(former_terms(code, true, false), Vec::<String>::new());
    assert_eq!(former_terms("headers: { x-tenant: dev }\n", false, true), Vec::<String>::new());
}
