//! A metric of tasker that gets another name in the code, while its catalogue, its dashboards and
//! its rules are those that are committed.

use std::{
    env, fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

use osapi_metrics::testing::assert_catalogue;
use serde_json::Value;
use tempfile::TempDir;

use super::{Run, applications, osapi_metrics, service};

/// The metric, of a declared board and of an alert.
const OLD: &str = "mpsc_channel_full_events_total";
/// Its name in the code.
const NEW: &str = "mpsc_channel_blocked_events_total";

/// The files of the application.
fn tasker() -> PathBuf {
    applications::folder("tasker")
}

/// A folder with the catalogue of the application after the change: `new.json`. The declaration has
/// the former name, or not.
fn renamed(says_so: bool) -> TempDir {
    let committed = fs::read_to_string(tasker().join("catalogue.json")).unwrap();
    assert!(committed.contains(OLD) && !committed.contains(NEW));
    // The code of a board names the metric by its declaration, so the board follows.
    let mut catalogue: Value = serde_json::from_str(&committed.replace(OLD, NEW)).unwrap();
    let mut found = 0;
    for set in catalogue["sets"].as_array_mut().unwrap() {
        for metric in set["metrics"].as_array_mut().unwrap() {
            if metric["name"] == NEW {
                found += 1;
                if says_so {
                    metric["renamed_from"] = OLD.into();
                }
            }
        }
    }
    assert_eq!(found, 1);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("new.json"), catalogue.to_string()).unwrap();
    folder
}

/// Files of the application below a folder of the generated ones, as arguments.
fn generated(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(tasker().join("deploy/generated").join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path().display().to_string());
    let mut paths: Vec<_> = paths.filter(|path| path.ends_with(ending)).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// `check` of committed files by the new catalogue.
fn check(folder: &TempDir, files: &[String]) -> Run {
    let mut arguments = vec!["check", "--catalogue", "new.json"];
    arguments.extend(files.iter().map(String::as_str));
    osapi_metrics(folder.path(), &arguments)
}

/// `generate --check` of the committed files by the new catalogue, from the root of the repository,
/// where the command in each file holds.
fn generate_check(folder: &TempDir) -> Run {
    let catalogue = folder.path().join("new.json").display().to_string();
    let out = tasker().join("deploy/generated").display().to_string();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    osapi_metrics(&root, &["generate", "--catalogue", &catalogue, "--out", &out, "--check"])
}

fn diff(folder: &TempDir) -> Run {
    let committed = tasker().join("catalogue.json").display().to_string();
    osapi_metrics(folder.path(), &["diff", &committed, "new.json"])
}

/// A line has all of these words.
fn assert_line(run: &Run, words: &[&str]) {
    let has_all = |line: &str| words.iter().all(|word| line.contains(word));
    assert!(run.output.lines().any(has_all), "{words:?}:\n{}", run.output);
}

#[test]
fn a_renamed_metric_fails_in_its_catalogue_its_dashboards_and_its_rules() {
    let folder = renamed(false);

    let catalogue = diff(&folder);
    assert_eq!(catalogue.status, Some(1), "{}", catalogue.error);
    assert_line(&catalogue, &["breaking", &format!("`{OLD}` is gone")]);
    assert_line(&catalogue, &[&format!("`{NEW}` is new")]);

    let boards = generated("dashboards", ".json");
    let dashboards = check(&folder, &boards);
    assert_eq!(dashboards.status, Some(1), "{}", dashboards.error);
    let mistake = format!("no samples are named `{OLD}`; did you mean `{NEW}`?");
    for board in ["metrics.json", "resilience.json"] {
        assert_line(&dashboards, &[board, &mistake]);
    }

    let rules = check(&folder, &generated("rules", ".yml"));
    assert_eq!(rules.status, Some(1), "{}", rules.error);
    assert_line(&rules, &["metrics.yml:", &mistake]);

    let stale = generate_check(&folder);
    assert_eq!(stale.status, Some(1), "{}", stale.error);
    for file in ["dashboards/resilience.json", "metrics.md", "rules/metrics.yml"] {
        assert_line(&stale, &[file, "it has `"]);
    }
    assert_line(
        &stale,
        &[&format!("the files have the metric `{OLD}`, and the catalogues do not")],
    );
    assert_line(
        &stale,
        &[&format!("the catalogues have the metric `{NEW}`, and the files do not")],
    );
}

#[test]
fn a_declaration_with_the_former_name_brings_an_alias() {
    let folder = renamed(true);

    let catalogue = diff(&folder);
    assert_eq!(catalogue.status, Some(0), "{}{}", catalogue.output, catalogue.error);
    assert_line(&catalogue, &["compatible", OLD, NEW]);

    // The files that are committed still have the former name, which the check says with the new.
    let mistake = format!("`{OLD}` was renamed; use `{NEW}`");
    for files in [generated("dashboards", ".json"), generated("rules", ".yml")] {
        let run = check(&folder, &files);
        assert_eq!(run.status, Some(1), "{}", run.error);
        assert_line(&run, &[&mistake]);
        assert!(!run.output.contains("no samples are named"), "{}", run.output);
    }
    assert_line(&generate_check(&folder), &[&format!("`{OLD}` is named `{NEW}` now")]);

    // What is generated anew has a rule that records the former name: with it, the check of the
    // dashboards and rules of before has nothing to say.
    let arguments = ["generate", "--catalogue", "new.json", "--out", "out"];
    let generate = osapi_metrics(folder.path(), &arguments);
    assert_eq!(generate.status, Some(0), "{}", generate.error);
    let alias = folder.path().join("out/rules/renamed.yml");
    let rules = fs::read_to_string(&alias).unwrap();
    assert!(rules.contains(&format!("record: {OLD}\n")), "{rules}");
    assert!(rules.contains(&format!("expr: {NEW}\n")), "{rules}");
    let mut files = generated("dashboards", ".json");
    files.extend(generated("rules", ".yml"));
    files.push(alias.display().to_string());
    let run = check(&folder, &files);
    assert_eq!(run.status, Some(0), "{}{}", run.output, run.error);
}

/// The test that a service has of its committed catalogue, with the program of these tests.
#[test]
fn the_test_of_a_committed_catalogue_names_both_names() {
    if env::var_os("OSAPI_UPDATE").is_some_and(|value| value == "1") {
        // It would write the file.
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("catalogue.json");
    let program = service::catalogue();
    fs::write(&file, &program).unwrap();
    assert_catalogue(&file);

    fs::write(&file, program.replace("service_guests", "service_visitors")).unwrap();
    let panic = catch_unwind(|| assert_catalogue(&file)).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    for words in ["`service_visitors` is gone", "`service_guests` is new", "OSAPI_UPDATE=1"] {
        assert!(message.contains(words), "{words}: {message}");
    }
}
