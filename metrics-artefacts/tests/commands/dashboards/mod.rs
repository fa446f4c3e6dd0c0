//! The boards of two programs: of a shop with the shipped set of jobs, and of a queue with a set of
//! its own.

mod linter;
mod prometheus;
mod samples;
mod schema;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use osapi_metrics::catalogue::document::CatalogueDocument;
use osapi_metrics_artefacts::{
    catalogue::Catalogues,
    generate::{Artefact, Origin, RuleOptions, generate},
    render::Variables,
};
use serde_json::Value;

use super::{applications, folder, osapi_metrics};

const SHOP: &str = include_str!("../../fixtures/shop.json");
const QUEUE: &str = include_str!("queue.json");

/// The catalogues, as several programs have them.
fn catalogues(of: &[&str]) -> Catalogues {
    Catalogues::of(of.iter().map(|json| CatalogueDocument::from_json(json).unwrap()).collect())
}

fn generated(of: &[&str]) -> Vec<Artefact> {
    let origin = Origin { catalogues: vec!["a.json".to_owned()], folder: "out".to_owned() };
    let mut artefacts = generate(&catalogues(of), &origin, &RuleOptions::default());
    artefacts.retain(|artefact| artefact.path.starts_with("dashboards/"));
    artefacts
}

/// The boards by their paths.
fn boards(of: &[&str]) -> BTreeMap<String, Value> {
    let parsed = |artefact: Artefact| {
        let board = serde_json::from_str(&artefact.content).unwrap();
        (artefact.path, board)
    };
    generated(of).into_iter().map(parsed).collect()
}

/// Every board: of the two programs, and those that are committed beside the applications.
fn all_boards() -> BTreeMap<String, Value> {
    let mut all = boards(&[SHOP, QUEUE]);
    for file in applications::files("deploy/generated/dashboards", "json") {
        let board = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        all.insert(file.display().to_string(), board);
    }
    all
}

/// All panels of a board but rows, also those in rows.
fn panels(board: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut rest: Vec<_> = board["panels"].as_array().unwrap().iter().rev().collect();
    while let Some(panel) = rest.pop() {
        rest.extend(panel["panels"].as_array().into_iter().flatten().rev());
        if panel["type"] != "row" {
            found.push(panel);
        }
    }
    found
}

/// The panel of a title.
fn panel<'a>(board: &'a Value, title: &str) -> &'a Value {
    let found = panels(board).into_iter().find(|panel| panel["title"] == title);
    found.unwrap_or_else(|| panic!("no panel is named {title}"))
}

/// The queries of a panel.
fn queries(panel: &Value) -> Vec<&str> {
    let targets = panel["targets"].as_array().unwrap();
    targets.iter().map(|target| target["expr"].as_str().unwrap()).collect()
}

/// Grafana's variables of time.
const OF_TIME: [(&str, &str); 5] = [
    ("__rate_interval", "30s"),
    ("__rate_interval_ms", "30000"),
    ("__range", "5m"),
    ("__range_s", "300"),
    ("__interval", "15s"),
];

/// A query as Grafana sends it, for everything that can be chosen.
fn filled(board: &Value, query: &str) -> String {
    let list = board["templating"]["list"].as_array().unwrap();
    let variables = Variables::of(list, &BTreeMap::new(), |selector, label| {
        panic!("{selector:?}, {label}: every variable has a value for all of them")
    });
    let filled = variables.query(query, &OF_TIME);
    assert!(!filled.contains('$'), "{filled} has a variable that the board does not have");
    filled
}

#[test]
fn the_same_catalogues_give_the_same_bytes() {
    for of in [&[SHOP][..], &[SHOP, QUEUE], &[QUEUE]] {
        assert_eq!(generated(of), generated(of));
    }
    let shop = generated(&[SHOP]);
    let paths: Vec<_> = shop.iter().map(|artefact| artefact.path.as_str()).collect();
    assert_eq!(paths, ["dashboards/jobs.json", "dashboards/metrics.json", "dashboards/till.json"]);
    // A library that two programs link has its board once, and another board a name of its own.
    let both = boards(&[SHOP, SHOP, QUEUE]);
    let paths: Vec<_> = both.keys().map(String::as_str).collect();
    let [jobs, metrics, till_2, till] =
        ["jobs", "metrics", "till-2", "till"].map(|name| format!("dashboards/{name}.json"));
    assert_eq!(paths, [&jobs, &metrics, &till_2, &till]);
    let uids: BTreeSet<_> = both.values().map(|board| board["uid"].as_str().unwrap()).collect();
    assert_eq!(uids.len(), both.len());
    // The boards of other programs are other boards.
    assert_ne!(boards(&[SHOP])[&jobs]["uid"], boards(&[QUEUE])[&jobs]["uid"]);
}

#[test]
fn a_metric_that_two_programs_declare_has_its_panels_once() {
    let board = &boards(&[SHOP, QUEUE])["dashboards/metrics.json"];
    let mut titles = BTreeSet::new();
    for panel in panels(board) {
        let title = panel["title"].as_str().unwrap();
        assert!(title == "In the time shown" || titles.insert(title), "{title}");
    }
    for metric in catalogues(&[SHOP, QUEUE]).metrics().map(|(_, metric)| metric) {
        let title = match metric.kind.as_str() {
            "histogram" => format!("{}, quantiles", metric.prometheus_name),
            _ => metric.prometheus_name.clone(),
        };
        assert!(titles.contains(title.as_str()), "{title}");
    }
    let rows = board["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] == "row");
    let rows: Vec<_> = rows.map(|row| row["title"].as_str().unwrap()).collect();
    // Those of the programs before those about metrics.
    assert_eq!(rows[..3], ["QueueMetrics (queue)", "StepMetrics (queue)", "ShopMetrics (shop)"]);
}

#[test]
fn panels_do_not_overlap() {
    for (path, board) in all_boards() {
        let mut cells = BTreeSet::new();
        let mut ids = BTreeSet::new();
        let mut all = panels(&board);
        let rows = board["panels"].as_array().unwrap().iter();
        all.extend(rows.filter(|panel| panel["type"] == "row"));
        for panel in all {
            let place = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap());
            let [x, y, width, height] = place;
            assert!(x + width <= 24, "{path}: {panel}");
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{path}: {panel}");
            // Panels of a collapsed row are below it when it is opened, where others make room.
            let is_hidden = board["panels"].as_array().unwrap().iter().any(|row| {
                let inside = row["panels"].as_array();
                inside.is_some_and(|inside| inside.iter().any(|hidden| hidden == panel))
            });
            if is_hidden {
                continue;
            }
            for (x, y) in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
                assert!(cells.insert((x, y)), "{path}: {panel}");
            }
        }
    }
}

#[test]
fn declared_panels_have_their_form() {
    let till = &boards(&[SHOP])["dashboards/till.json"];
    let form = |title: &str| panel(till, title)["type"].as_str().unwrap();
    assert_eq!(form("Orders"), "timeseries");
    assert_eq!(form("Share of refused orders"), "gauge");
    assert_eq!(form("Guests"), "stat");
    assert_eq!(form("Door"), "state-timeline");

    let orders = panel(till, "Orders");
    assert_eq!(orders["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"], "normal");
    assert_eq!(orders["targets"][0]["legendFormat"], "{{payment}}");

    let share = panel(till, "Share of refused orders");
    let defaults = &share["fieldConfig"]["defaults"];
    assert_eq!(defaults["unit"], "percentunit");
    assert_eq!((&defaults["min"], &defaults["max"]), (&0.0.into(), &1.0.into()));
    let colours = defaults["thresholds"]["steps"].as_array().unwrap().iter();
    let colours: Vec<_> = colours.map(|step| step["color"].as_str().unwrap()).collect();
    assert_eq!(colours, ["green", "yellow", "red"]);
    assert_eq!(share["targets"][0]["instant"], true);
    assert!(share["description"].as_str().unwrap().contains("ShopOrdersRefused"));

    let queue = &boards(&[QUEUE])["dashboards/till.json"];
    for (title, unit) in [
        ("Slowest jobs", "ms"),
        ("Mean time", "ms"),
        ("Errors per job", "none"),
        ("Everything", "cps"),
        ("Sent", "Bps"),
        ("Largest worker", "bytes"),
    ] {
        assert_eq!(panel(queue, title)["fieldConfig"]["defaults"]["unit"], unit, "{title}");
    }

    let states = &panel(till, "Door")["fieldConfig"]["defaults"]["mappings"][0]["options"];
    assert_eq!((&states["2"]["text"], &states["2"]["color"]), (&"open".into(), &"red".into()));
}

#[test]
fn infos_are_facts_and_state_sets_are_states() {
    let board = &boards(&[QUEUE])["dashboards/metrics.json"];
    let chosen = r#"job=~"$job", instance=~"$instance""#;

    let firmware = panel(board, "worker_firmware_info");
    let query = format!("count by (version, board) (worker_firmware_info{{{chosen}}})");
    assert_eq!((&firmware["type"], queries(firmware)), (&"stat".into(), vec![query.as_str()]));
    assert_eq!(firmware["options"]["textMode"], "value_and_name");
    assert_eq!(firmware["targets"][0]["legendFormat"], "{{version}}, {{board}}");
    assert_eq!(firmware["targets"][0]["instant"], true);

    let link = panel(board, "worker_link_state");
    let query = format!("max by (worker_link_state) (worker_link_state{{{chosen}}})");
    assert_eq!((&link["type"], queries(link)), (&"state-timeline".into(), vec![query.as_str()]));
    let names = &link["fieldConfig"]["defaults"]["mappings"][0]["options"];
    assert_eq!((&names["0"]["text"], &names["1"]["text"]), (&"no".into(), &"yes".into()));

    // The ports are too many for rows.
    let ports = panel(board, "worker_port_state");
    let query = format!("sum by (worker_port_state) (worker_port_state{{{chosen}}})");
    assert_eq!((&ports["type"], queries(ports)), (&"timeseries".into(), vec![query.as_str()]));
    assert_eq!(ports["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"], "normal");
}

#[test]
fn jobs_of_a_set_of_their_own_have_a_row() {
    let jobs = &boards(&[QUEUE])["dashboards/jobs.json"];
    let variables = jobs["templating"]["list"].as_array().unwrap().iter();
    let names: Vec<_> = variables.map(|variable| variable["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["datasource", "job", "instance", "namespace", "service"]);
    let ended = queries(panel(jobs, "Ended, by handler"))[0];
    assert_eq!(
        ended,
        "sum by (service) (rate(jobs_processed_total{job=~\"$job\", instance=~\"$instance\", \
         service=~\"$service\", status=~\"completed|failed\"}[$__rate_interval]))"
    );
    let errors = queries(panel(jobs, "Errors, by class"))[0];
    assert!(errors.starts_with("sum by (error_type) (rate(errors_total{"), "{errors}");
    let duration = panel(jobs, "Duration, quantiles");
    assert_eq!(duration["fieldConfig"]["defaults"]["unit"], "ms");

    // A set that counts good ends and failures apart.
    let [steps] = &panels(jobs)
        .into_iter()
        .filter(|p| p["title"] == "Completed and failed")
        .collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(steps["targets"].as_array().unwrap().len(), 2);
    let ratios = panels(jobs).into_iter().filter(|panel| panel["title"] == "Failure ratio");
    let ratios: Vec<_> = ratios.map(|panel| queries(panel)[0]).collect();
    assert!(ratios[1].starts_with("(sum by (namespace) (rate(steps_failed_total{"), "{ratios:?}");
    assert!(ratios[1].contains("steps_completed_total"), "{ratios:?}");

    // A program without jobs has no such board.
    let without = SHOP.replace(r#""events""#, r#""former_events""#);
    assert!(!boards(&[&without]).contains_key("dashboards/jobs.json"));
}

#[test]
fn the_check_of_boards_by_hand_finds_nothing_in_these() {
    let folder = folder(&[("shop.json", SHOP), ("queue.json", QUEUE)]);
    let of = ["--catalogue", "shop.json", "--catalogue", "queue.json"];
    let generate =
        osapi_metrics(folder.path(), &[&["generate"], &of[..], &["--out", "out"]].concat());
    assert_eq!(generate.status, Some(0), "{}", generate.error);
    let files = fs::read_dir(folder.path().join("out/dashboards")).unwrap();
    let files = files.map(|file| file.unwrap().path().display().to_string());
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 4);
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let check = osapi_metrics(folder.path(), &[&["check"], &of[..], &files].concat());
    assert_eq!(check.status, Some(0), "{}{}", check.output, check.error);
}
