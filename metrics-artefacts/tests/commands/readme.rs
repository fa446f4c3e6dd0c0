//! What the README of the project shows of this package.

use std::{fs, path::Path};

use super::{folder, osapi_metrics};

/// The blocks of code of a language in the README.
fn blocks(language: &str) -> Vec<String> {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let opening = format!("```{language}\n");
    let blocks = readme.split(&opening).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn its_alert_is_generated() {
    let rules = project().join("examples/tasker/deploy/generated/rules/metrics.yml");
    let rules = fs::read_to_string(rules).unwrap();
    let [alert] = &blocks("yaml")[..] else { panic!("there is one alert") };
    assert!(rules.contains(alert.as_str()), "no such rule: {alert}");
}

#[test]
fn its_message_is_what_the_check_says() {
    let rules = "\
groups:
- name: steps
  rules:
  - alert: NothingIsClaimed
    expr: sum(rate(tasker_steps_claimed_total[5m])) == 0
  - alert: NothingIsPolled
    expr: sum(rate(tasker_steps_claimed_total{claim_method=\"pull\"}[5m])) == 0
";
    let folder = folder(&[("alerts.yml", rules)]);
    let catalogue = project().join("examples/tasker/catalogue.json");
    let catalogue = catalogue.to_str().unwrap();
    let run = osapi_metrics(folder.path(), &["check", "--catalogue", catalogue, "alerts.yml"]);
    let shown = blocks("text").pop().unwrap();
    assert_eq!(run.output, format!("{shown}1 mistake found, 0 places could not be checked\n"));
    assert_eq!(run.status, Some(1));
}

#[test]
fn its_picture_is_there() {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let (_, picture) = readme.split_once("](docs/pictures/").expect("a picture");
    let (name, _) = picture.split_once(')').unwrap();
    assert!(project().join("docs/pictures").join(name).is_file(), "{name}");
}
