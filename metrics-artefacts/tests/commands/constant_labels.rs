//! Constant labels: what is generated divides nothing by them, and queries and series are held
//! against their values.

use std::fs;

use osapi_metrics_artefacts::generate::Artefact;
use serde_json::{Value, json};

use crate::{
    file, folder, generated, osapi_metrics,
    server::{Answer, serve},
    shop,
    tools::promtool,
};

/// The shop with a constant label on its own sets.
fn with_tier(tier: &str) -> String {
    let mut shop: Value = serde_json::from_str(&shop()).unwrap();
    for set in shop["sets"].as_array_mut().unwrap() {
        if set["package"] == "osapi-metrics" {
            continue;
        }
        for metric in set["metrics"].as_array_mut().unwrap() {
            let label = json!({
                "key": "tier", "prometheus_name": "tier", "values": [tier], "constant": true,
            });
            let labels = metric.as_object_mut().unwrap().entry("labels").or_insert(json!([]));
            labels.as_array_mut().unwrap().push(label);
        }
    }
    shop.to_string()
}

fn changed<'a>(artefacts: &'a [Artefact], others: &[Artefact]) -> Vec<&'a Artefact> {
    assert_eq!(artefacts.len(), others.len());
    let pairs = artefacts.iter().zip(others);
    pairs.filter(|(one, other)| one != other).map(|(one, _)| one).collect()
}

#[test]
fn boards_divide_nothing_by_a_constant_label() {
    let (fixed, plain) = (generated(&[&with_tier("batch")]), generated(&[&shop()]));
    for artefact in changed(&fixed, &plain) {
        let path = &artefact.path;
        assert!(!path.contains("dashboards"), "{path}");
    }
}

#[test]
fn references_name_the_value_and_divide_no_query_by_it() {
    let fixed = generated(&[&with_tier("batch")]);
    let page = file(&fixed, "metrics.md");
    let metrics = page.matches("\n| `tier` | always `batch` |\n").count();
    assert_eq!(metrics, with_tier("batch").matches("\"tier\"").count() / 2);
    let queries = page.lines().filter(|line| line.contains('(') && line.contains("tier"));
    assert_eq!(queries.collect::<Vec<_>>(), [""; 0]);
    let registry = fixed.iter().filter(|artefact| artefact.path.contains("registry"));
    let registry: String = registry.map(|artefact| artefact.content.as_str()).collect();
    assert!(registry.contains("tier"));
}

#[test]
fn alerts_of_series_with_constant_labels_pass_their_tests() {
    let fixed = generated(&[&with_tier("batch")]);
    let folder = folder(&[]);
    let (mut tests, mut has_label) = (Vec::new(), false);
    for artefact in fixed.iter().filter(|artefact| artefact.path.starts_with("rules/")) {
        let path = folder.path().join(&artefact.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &artefact.content).unwrap();
        if artefact.content.contains("rule_files") {
            tests.push(artefact.path.as_str());
            has_label |= artefact.content.contains("tier=\"batch\"");
        }
    }
    assert!(!tests.is_empty() && has_label);
    let arguments = [&["test", "rules"][..], &tests].concat();
    let Some(output) = promtool(folder.path(), &arguments) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn queries_are_held_against_the_values_of_all_programs() {
    let query = |tier: &str| {
        format!(
            "```promql\nsum by (payment) (rate(shop_orders_paid_total{{tier=\"{tier}\"}}[5m]))\n```\n"
        )
    };
    let folder = folder(&[
        ("batch.json", &with_tier("batch")),
        ("web.json", &with_tier("web")),
        ("batch.md", &query("batch")),
        ("web.md", &query("web")),
        ("other.md", &query("wbe")),
    ]);
    let check = |page: &str, catalogues: &[&str]| {
        let of_catalogues = catalogues.iter().flat_map(|catalogue| ["--catalogue", *catalogue]);
        let arguments: Vec<_> = ["check"].into_iter().chain(of_catalogues).chain([page]).collect();
        osapi_metrics(folder.path(), &arguments)
    };
    for (page, catalogues, status) in [
        ("batch.md", &["batch.json"][..], 0),
        ("web.md", &["batch.json"], 1),
        ("web.md", &["batch.json", "web.json"], 0),
        ("other.md", &["batch.json", "web.json"], 1),
    ] {
        let run = check(page, catalogues);
        assert_eq!(run.status, Some(status), "{page}: {} {}", run.output, run.error);
        assert!(status == 0 || run.output.contains("`tier`"), "{}", run.output);
    }
}

#[test]
fn another_value_breaks_queries_and_is_found_in_a_scrape() {
    let scrape = "# TYPE shop_orders_paid_total counter\n\
                  shop_orders_paid_total{payment=\"card\",tier=\"web\"} 1\n";
    let folder = folder(&[("batch.json", &with_tier("batch")), ("web.json", &with_tier("web"))]);
    let run = osapi_metrics(folder.path(), &["diff", "batch.json", "web.json"]);
    assert_eq!(run.status, Some(1), "{}", run.error);
    let line = "breaking: metric `shop_orders_paid_total`: label `tier`, value `batch` is gone";
    assert!(run.output.contains(line), "{}", run.output);
    let verify = |catalogue: &str| {
        let url = serve(Answer::text(scrape));
        osapi_metrics(folder.path(), &["verify", "--catalogue", catalogue, &url]).output
    };
    let problem = "the label `tier` of `shop_orders_paid_total` has the undeclared value `web`";
    assert!(verify("batch.json").contains(problem), "{}", verify("batch.json"));
    assert!(!verify("web.json").contains("`tier`"), "{}", verify("web.json"));
}
