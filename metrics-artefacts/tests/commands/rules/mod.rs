//! Generated rules, judged by `promtool` and by a running Prometheus.

mod live;

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{osapi_metrics, tools::promtool};

/// A catalogue with every feature: `JobMetrics`, thresholds, states, a declared dashboard.
fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shop.json")
}

/// A catalogue with sets of jobs of other forms, and what `shop` does not have.
fn kiosk() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/rules/kiosk.json")
}

/// The rules of these catalogues in a temporary folder.
fn generated(catalogues: &[PathBuf], arguments: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let catalogues: Vec<_> = catalogues.iter().map(|path| path.to_str().unwrap()).collect();
    let mut all = vec!["generate", "--out", "."];
    for catalogue in catalogues {
        all.extend(["--catalogue", catalogue]);
    }
    all.extend(arguments);
    let run = osapi_metrics(folder.path(), &all);
    assert_eq!(run.status, Some(0), "{}{}", run.output, run.error);
    folder
}

/// The files of a folder whose names end so, by their names.
fn files(folder: &Path, end: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(end)).collect();
    names.sort();
    names
}

/// Whether promtool accepts the rules, without a finding of its lints.
fn assert_valid(folder: &Path) -> Option<()> {
    let rules = folder.join("rules");
    for file in files(&rules, ".yml") {
        let arguments = ["check", "rules", "--lint=all", "--lint-fatal", &file];
        let output = promtool(&rules, &arguments)?;
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Some(())
}

/// What promtool says of a file of tests; nothing if all succeed.
fn failures(folder: &Path, file: &str) -> Option<String> {
    let output = promtool(&folder.join("rules/tests"), &["test", "rules", file])?;
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said)).concat();
    assert_eq!(output.status.success(), !said.contains("FAILED"), "{said}");
    Some(if output.status.success() { String::new() } else { said })
}

fn assert_tests_succeed(folder: &Path, expected: &[&str]) {
    let tests = files(&folder.join("rules/tests"), "_test.yml");
    assert_eq!(tests, expected);
    for file in tests {
        let Some(failures) = failures(folder, &file) else { return };
        assert_eq!(failures, "", "{file}");
    }
}

#[test]
fn promtool_accepts_the_rules_of_job_metrics_and_runs_their_tests() {
    let folder = generated(&[shop()], &[]);
    let Some(()) = assert_valid(folder.path()) else { return };
    let expected = [
        "arrival_test.yml",
        "framework_test.yml",
        "jobs_slow_test.yml",
        "jobs_test.yml",
        "metrics_test.yml",
        "objectives_slow_test.yml",
        "objectives_test.yml",
        "renamed_test.yml",
    ];
    assert_tests_succeed(folder.path(), &expected);
}

#[test]
fn promtool_accepts_the_rules_of_other_sets_and_runs_their_tests() {
    let folder = generated(&[kiosk()], &[]);
    let Some(()) = assert_valid(folder.path()) else { return };
    let expected = [
        "jobs_slow_test.yml",
        "jobs_test.yml",
        "metrics_test.yml",
        "objectives_slow_test.yml",
        "objectives_test.yml",
        "renamed_test.yml",
    ];
    assert_tests_succeed(folder.path(), &expected);
}

/// Several programs with the same sets and handlers, and others: rules of what they share are there
/// once, which promtool's lint holds.
#[test]
fn several_catalogues_have_each_rule_once() {
    let folder = generated(&[shop(), kiosk(), shop()], &[]);
    let Some(()) = assert_valid(folder.path()) else { return };
    let rules = |folder: &Path, file| fs::read_to_string(folder.join("rules").join(file)).unwrap();
    let alone = generated(&[shop()], &[]);
    let other = generated(&[kiosk()], &[]);
    for file in ["framework.yml", "jobs.yml", "metrics.yml", "objectives.yml"] {
        let alone = rules(alone.path(), file).matches("  - alert: ").count();
        assert!(alone > 0);
        let with_kiosk = rules(folder.path(), file).matches("  - alert: ").count();
        let kiosk = fs::read_to_string(other.path().join("rules").join(file)).unwrap_or_default();
        assert_eq!(alone + kiosk.matches("  - alert: ").count(), with_kiosk, "{file}");
    }
    for file in ["jobs_test.yml", "metrics_test.yml", "renamed_test.yml"] {
        let Some(failures) = failures(folder.path(), file) else { return };
        assert_eq!(failures, "", "{file}");
    }
    let again = generated(&[shop(), kiosk(), shop()], &[]);
    for file in ["objectives.yml", "tests/objectives_test.yml"] {
        assert_eq!(rules(folder.path(), file), rules(again.path(), file));
    }
}

/// A rule that is broken by hand makes its tests fail.
#[test]
fn promtool_refuses_rules_that_are_not_as_they_should_be() {
    let folder = generated(&[shop()], &[]);
    let folder = folder.path();
    for (file, tests, good, broken) in [
        ("objectives", "objectives", "> 14.4 and", "< 14.4 and"),
        ("objectives", "objectives", ">= 50", ">= 0"),
        ("objectives", "objectives_slow", " and on () count", " unless on () count"),
        ("jobs", "jobs", ">= 10) > 0.1", ">= 10) > 0.9"),
        ("jobs", "jobs", ">= 10) > 0.1", ">= 0) > 0.1"),
        ("jobs", "jobs_slow", " offset 1h", ""),
        ("metrics", "metrics", "shop_door_state >= 2", "shop_door_state > 2"),
        ("metrics", "metrics", "histogram_quantile(0.95", "histogram_quantile(0.05"),
        (
            "framework",
            "framework",
            "> 0 or (osapi_metrics_overflowed",
            "> 0 and (osapi_metrics_overflowed",
        ),
        ("framework", "framework", "outcome=\"failed\"", "outcome=\"succeeded\""),
        ("arrival", "arrival", "[1h:15s])) > 30", "[1h:15s])) > 3000"),
        ("arrival", "arrival", " or max_over_time(timestamp(shop_guests)[1h:15s])", ""),
        ("renamed", "renamed", "expr: shop_orders_paid_total", "expr: shop_orders_refused_total"),
    ] {
        let path = folder.join(format!("rules/{file}.yml"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(good), "{file}: {good}");
        fs::write(&path, text.replace(good, broken)).unwrap();
        let Some(failures) = failures(folder, &format!("{tests}_test.yml")) else { return };
        assert!(failures.contains("FAILED"), "{file}: `{broken}` instead of `{good}`");
        fs::write(&path, text).unwrap();
    }
}

#[test]
fn what_has_no_rules_is_named_with_the_reason() {
    let folder = generated(&[kiosk()], &["--docs-url", "https://example.org/m"]);
    let read = |file| fs::read_to_string(folder.path().join("rules").join(file)).unwrap();
    for (file, note) in [
        ("objectives.yml", "# KioskJobs: drink.cool: no rules, because no bucket of the histogram"),
        ("objectives.yml", "# KioskJobs: sweet.wrap, sweet.box: no rules, because handlers whose"),
        ("objectives.yml", "# KioskJobs: news.fold: no alert for a budget that is used up 3 times"),
        ("metrics.yml", "# KioskDeliverySecondsTooHigh (critical): no rule, because the quantile"),
        ("metrics.yml", "# KioskTrouble: no rule for a query of the panel \"Trouble\", because"),
        ("renamed.yml", "# `kiosk_alarms_total`, the former name of `kiosk_opened_total`, has no"),
    ] {
        let text = read(file);
        assert!(text.lines().any(|line| line.starts_with(note)), "{note}:\n{text}");
    }
    assert!(read("metrics.yml").contains("runbook_url: https://example.org/m#kiosk_sales_total\n"));
    assert!(read("jobs.yml").contains("runbook_url: https://runbooks.example.org/kiosk\n"));
}

#[test]
fn the_alert_of_the_readme_is_the_generated_one() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let alert = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = generated(&[shop()], &[]);
    let rules = fs::read_to_string(folder.path().join("rules/objectives.yml")).unwrap();
    assert!(rules.contains(alert), "{alert}");
}
