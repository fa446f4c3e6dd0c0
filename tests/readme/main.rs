//! The README's tables say what is in the code, no more and no less.

use std::{collections::BTreeSet, fmt::Debug, fs, path::Path};

use osapi_metrics::{
    Format, MetricDescriptor, Metrics, MetricsConfig,
    config::Environment,
    instrumentation::{http_server::HttpServerMetrics, nats::NatsMetrics},
};

const README: &str = include_str!("../../README.md");

/// The README's example.
mod example {
    include!("example.rs");

    pub(super) fn run() -> Result<(), Box<dyn std::error::Error>> {
        main()
    }
}

/// The README's test.
mod testing;

#[test]
fn examples_are_shown_as_they_are_compiled() {
    for (example, begins, ends) in [
        (include_str!("example.rs"), "use ", ""),
        (include_str!("testing.rs"), "use ", ""),
        (include_str!("../../examples/router.rs"), "async fn run", "\n#[tokio::main]"),
    ] {
        let begin = example.find(begins).unwrap();
        let end = if ends.is_empty() { example.len() } else { example.find(ends).unwrap() };
        assert!(README.contains(&example[begin..end]), "{}", &example[begin..end]);
    }
}

#[test]
fn the_exposition_shown_is_that_of_the_example() {
    example::run().unwrap();
    let metrics = Metrics::builder().enabled(true).environment(Environment::default());
    let exposition = metrics.install().unwrap().render(Format::OpenMetrics);
    let mut shown = README.split("```").filter_map(|block| block.strip_prefix("text\n"));
    let shown = shown.find(|block| block.starts_with("# TYPE osapi_image")).unwrap();
    assert!(exposition.contains(shown), "{exposition}");
}

#[test]
fn built_in_metrics_are_those_of_the_catalogue() {
    // Naming the sets links them in.
    let _ = (HttpServerMetrics::global(), NatsMetrics::global());
    let metrics = Metrics::builder().environment(Environment::default()).install().unwrap();
    let ours = metrics.catalogue().iter().filter(|m| m.origin.package == "osapi-metrics");
    assert_same(&rows(section("## Built-in metrics")), &ours.map(row_of).collect());
}

/// What the README says of a metric: its name, its kind and unit, its labels.
fn row_of(metric: &MetricDescriptor) -> Vec<String> {
    let observable = if metric.observable { "observable " } else { "" };
    let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{}`", label.key)).collect();
    vec![
        format!("`{}`", metric.name),
        format!("{observable}{}, `{}`", metric.kind.as_str(), metric.unit.unwrap_or("none")),
        labels.join(", "),
    ]
}

#[test]
fn attributes_are_those_that_the_macros_accept_and_document() {
    for (heading, macros) in [
        ("### `derive(MetricSet)` on a struct of instruments", &["metric_set"][..]),
        ("### `derive(LabelSet)` and `derive(LabelValue)`", &["label_set", "label_value"]),
        ("### `derive(ErrorType)` on an error enum", &["error_type"]),
        ("### `#[instrumented_job]` on a function", &["instrumented_job"]),
    ] {
        let listed: BTreeSet<_> =
            rows(section(heading)).iter().flat_map(|row| keys(&row[0])).collect();
        let accepted = macros.iter().flat_map(|name| accepted_keys(name)).collect();
        assert_same(&listed, &accepted);

        let documented: BTreeSet<_> =
            macros.iter().flat_map(|name| documented_keys(name)).collect();
        assert!(documented.len() > 1, "no keys were found in the documentation of {macros:?}");
        assert!(documented.is_subset(&listed), "{heading}: {listed:?}, not {documented:?}");
    }
}

/// The keys that a macro accepts: the lists in `check_keys(&[…])`, in constants `…KEYS` and in the
/// functions `…keys()`, and the rows of `expressions!`.
fn accepted_keys(name: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../metrics-macros/src").join(name);
    let mut source = sources(&folder);
    if source.contains("job_labels(") {
        source += &self::source("metrics-macros/src/attribute/job_labels.rs");
    }
    let in_calls = source.split("check_keys(&[").skip(1);
    let in_constants = source
        .split("KEYS: [")
        .skip(1)
        .filter_map(|constant| constant.split_once('=')?.1.trim_start().strip_prefix('['));
    let in_functions = source
        .split("keys() -> ")
        .skip(1)
        .filter_map(|function| function.split_once('{')?.1.split('}').next())
        .flat_map(|body| body.split('[').skip(1));
    let lists = in_calls.chain(in_constants).chain(in_functions);
    let listed = lists
        .filter_map(|list| list.split(']').next())
        .flat_map(|list| list.split('"').skip(1).step_by(2));
    let rows = source.split("expressions! {").skip(1).filter_map(|table| table.split('}').next());
    let expressions =
        rows.flat_map(str::lines).filter_map(|row| row.trim().split_once(": \"")).map(|row| row.0);
    listed.chain(expressions).map(str::to_owned).collect()
}

/// The text of all files in a folder.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(path).unwrap() })
        .collect()
}

/// The keys in the documentation of a macro.
fn documented_keys(name: &str) -> BTreeSet<String> {
    let source = source("metrics-macros/src/lib.rs");
    let items: Vec<_> = source.split("\npub fn ").collect();
    let documentation = items.windows(2).find_map(|pair| {
        let function = pair[1].split('(').next()?;
        (function.strip_prefix("derive_").unwrap_or(function) == name).then_some(pair[0])
    });
    let documentation = documentation.unwrap_or_else(|| panic!("there is no macro {name}"));
    let written = |code: &&str| code.contains(" = ") || code.ends_with(')');
    documentation.split('`').skip(1).step_by(2).filter(written).flat_map(keys_in).collect()
}

/// The keys in the code of a cell.
fn keys(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).flat_map(keys_in).collect()
}

/// The keys in one piece of code: the word that it begins with, and every word before ` = `.
fn keys_in(code: &str) -> Vec<String> {
    let first = code.split(|c| !is_word(c)).next();
    let assigned =
        code.match_indices(" = ").filter_map(|(at, _)| code[..at].rsplit(|c| !is_word(c)).next());
    let keys = first.into_iter().chain(assigned);
    keys.filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[test]
fn events_of_jobs_are_those_that_the_macro_accepts() {
    let source = source("metrics-macros/src/metric_set/check/events.rs");
    let list = source.split("const EVENTS: ").nth(1).and_then(|rest| rest.split("];").next());
    let events: Vec<_> = list.unwrap().lines().filter_map(event).collect();

    let paragraph = README.lines().find(|line| line.starts_with("`on` takes ")).unwrap();
    let listed: BTreeSet<_> = paragraph.split('`').skip(3).step_by(2).collect();
    assert_same(&listed, &events.into_iter().collect());
}

/// The event of a line in the table of events.
fn event(line: &str) -> Option<&str> {
    line.trim().strip_prefix("(\"")?.split('"').next()
}

#[test]
fn instruments_are_those_that_the_macro_accepts() {
    let source = source("metrics-macros/src/metric_set/check/instrument.rs");
    let list = source.split("const INSTRUMENTS: ").nth(1).and_then(|rest| rest.split("];").next());
    let instruments: BTreeSet<_> = list
        .into_iter()
        .flat_map(|list| list.split('"').skip(1).step_by(2))
        .map(|name| format!("`{name}`"))
        .collect();
    let listed = rows(section("## Instruments")).iter().map(|row| row[0].clone()).collect();
    assert_same(&listed, &instruments);
}

#[test]
fn features_are_those_of_the_manifest() {
    let manifest = source("metrics-runtime/Cargo.toml");
    let features = manifest.split("[features]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let features: Vec<_> =
        features.unwrap().lines().filter_map(|line| line.split_once(" = ")).collect();
    let by_default = features.iter().find(|(name, _)| *name == "default").unwrap().1;
    let expected: BTreeSet<_> = features
        .iter()
        .filter(|(name, _)| *name != "default" && !name.starts_with('_'))
        .map(|(name, _)| {
            let is_default = by_default.contains(&format!("\"{name}\""));
            (format!("`{name}`"), if is_default { "yes" } else { "" }.to_owned())
        })
        .collect();
    let listed =
        rows(section("## Runtime")).iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_same(&listed, &expected);
}

#[test]
fn configuration_is_that_of_the_reference() {
    let reference = source("metrics-runtime/src/config/reference.md");
    assert_same(&rows(section("## Configuration")), &rows(reference.lines()));
}

#[test]
fn the_configuration_shown_is_accepted() {
    let shown = README.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let config = MetricsConfig::from_yaml(shown.unwrap()).unwrap();
    assert!(config.enabled && config.otlp.enabled);
    assert_eq!(config.buckets["osapi_job_duration_seconds"], [0.5, 1.0, 5.0]);
}

#[test]
fn versions_are_those_of_the_manifests() {
    let workspace = source("Cargo.toml");
    let toolchain = source("rust-toolchain.toml");
    for (manifest, key, sentence) in [
        (&workspace, "rust-version = ", "The libraries support Rust {}."),
        (&toolchain, "channel = ", "`rust-toolchain.toml` pins, {};"),
        (&workspace, "opentelemetry = { version = ", "OpenTelemetry are pinned to {},"),
    ] {
        let value = manifest.split(key).nth(1).and_then(|rest| rest.split('"').nth(1));
        let value = value.unwrap().trim_start_matches('=');
        let sentence = sentence.replace("{}", value);
        assert!(README.contains(&sentence), "{sentence}");
    }
}

#[test]
fn the_compiler_says_what_the_readme_shows() {
    let shown = include_str!("../ui/name/n3_counter_without_total_in_the_field.stderr");
    let shown = shown.replace("jobs_created_total", "images_handled_total");
    let message = shown.lines().next().unwrap();
    assert!(README.contains(&format!("{message}\n")), "{message}");
}

#[test]
fn links_lead_to_headings() {
    let headings: BTreeSet<String> = README
        .lines()
        .filter_map(|line| line.strip_prefix("##"))
        .map(|heading| heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-"))
        .collect();
    for link in README.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(headings.contains(link), "#{link}");
    }
}

/// Fails with the difference alone: the tables are long.
fn assert_same<T: Ord + Debug>(listed: &BTreeSet<T>, actual: &BTreeSet<T>) {
    assert!(!actual.is_empty(), "nothing was found to compare the README with");
    let missing: Vec<_> = actual.difference(listed).collect();
    assert!(missing.is_empty(), "the README lacks {missing:#?}");
    let wrong: Vec<_> = listed.difference(actual).collect();
    assert!(wrong.is_empty(), "the README lists what is not there: {wrong:#?}");
}

/// The lines under a heading, up to the next one of its level or above.
fn section(heading: &str) -> impl Iterator<Item = &'static str> {
    let level = heading.len() - heading.trim_start_matches('#').len();
    let mut lines = README.lines();
    assert!(lines.any(|line| line == heading), "there is no `{heading}`");
    let mut in_code = false;
    lines.take_while(move |line| {
        in_code ^= line.starts_with("```");
        let depth = line.len() - line.trim_start_matches('#').len();
        in_code || depth == 0 || depth > level
    })
}

/// The cells of all rows of the tables among some lines, without the heads.
fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<Vec<String>> {
    let lines: Vec<&str> = lines.collect();
    let is_rule = |line: &str| line.starts_with("|--");
    let mut rows = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        let is_head = lines.get(at + 1).is_some_and(|next| is_rule(next));
        if line.starts_with('|') && !is_rule(line) && !is_head {
            rows.insert(cells(line));
        }
    }
    rows
}

/// The cells of a row. `\|` is a character in one of them.
fn cells(row: &str) -> Vec<String> {
    let row = row.replace("\\|", "\0");
    let inside = row.trim().trim_start_matches('|').trim_end_matches('|');
    inside.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// A file of the workspace.
fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
