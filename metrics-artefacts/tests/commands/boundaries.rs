//! Handlers with boundaries of their own: no query adds up their buckets and those of others.

use serde_json::{Value, json};

use crate::{file, folder, generated, osapi_metrics, shop};

const BUCKETS: &str = "osapi_job_duration_seconds_bucket";

/// The catalogue of the shop, with boundaries of its own for the first handler of `JobMetrics`.
fn catalogue() -> String {
    let mut shop: Value = serde_json::from_str(&shop()).unwrap();
    let jobs = shop["jobs"].as_array_mut().unwrap();
    let job = jobs.iter_mut().find(|job| job["set"] == "JobMetrics").unwrap();
    job["boundaries"] = json!([0.001, 0.01, 1.0, 3600.0]);
    shop.to_string()
}

#[test]
fn what_is_generated_keeps_the_handlers_apart() {
    let catalogue = catalogue();
    let artefacts = generated(&[&catalogue]);
    let jobs = file(&artefacts, "dashboards/jobs.json");
    let metrics = file(&artefacts, "dashboards/metrics.json");
    for board in [jobs, metrics] {
        let board: Value = serde_json::from_str(board).unwrap();
        let mut queries = Vec::new();
        expressions(&board, &mut queries);
        queries.retain(|query| query.contains(BUCKETS));
        assert!(!queries.is_empty());
        for query in queries {
            assert!(query.contains("sum by (job_name, le)"), "{query}");
        }
    }
    // One panel for each quantile, and no heatmap.
    for title in
        ["Duration, p50 by handler", "Duration, p95 by handler", "Duration, p99 by handler"]
    {
        assert!(jobs.contains(title), "{title}");
    }
    assert!(!jobs.contains("Duration, distribution"));
    // The other histograms have one list of boundaries.
    assert!(jobs.contains("Time in the queue, distribution"));
    let page = file(&artefacts, "metrics.md");
    assert!(page.contains("boundaries of the durations | 0.001, 0.01, 1, 3600"), "{page}");

    let folder = folder(&[("catalogue.json", &catalogue)]);
    let generate = ["generate", "--catalogue", "catalogue.json", "--out", "out"];
    let run = osapi_metrics(folder.path(), &generate);
    assert_eq!(run.status, Some(0), "{}", run.error);
    let has_queries = |path: &str| {
        (path.starts_with("dashboards/") || path.starts_with("rules/") || path == "metrics.md")
            && !path.contains("test")
    };
    let paths = artefacts.iter().filter(|artefact| has_queries(&artefact.path));
    let paths: Vec<_> = paths.map(|artefact| format!("out/{}", artefact.path)).collect();
    assert!(paths.len() > 3, "{paths:?}");
    let check = ["check", "--catalogue", "catalogue.json"].into_iter();
    let check: Vec<_> = check.chain(paths.iter().map(String::as_str)).collect();
    let run = osapi_metrics(folder.path(), &check);
    assert_eq!(run.status, Some(0), "{}{}", run.output, run.error);
}

fn expressions(of: &Value, queries: &mut Vec<String>) {
    match of {
        Value::Object(fields) => {
            queries.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| expressions(field, queries));
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, queries)),
        _ => {}
    }
}

#[test]
fn a_query_that_mixes_boundaries_is_found() {
    let job_name = {
        let shop: Value = serde_json::from_str(&catalogue()).unwrap();
        let jobs = shop["jobs"].as_array().unwrap();
        let job = jobs.iter().find(|job| !job["boundaries"].is_null()).unwrap();
        job["labels"]["job_name"].as_str().unwrap().to_owned()
    };
    let right = [
        format!("histogram_quantile(0.9, sum by (job_name, le) (rate({BUCKETS}[5m])))"),
        format!("histogram_quantile(0.9, rate({BUCKETS}[5m]))"),
        format!(
            "histogram_quantile(0.9, sum by (le) (rate({BUCKETS}{{job_name=\"{job_name}\"}}[5m])))"
        ),
        "histogram_quantile(0.9, sum by (le) (rate(osapi_job_queue_wait_seconds_bucket[5m])))"
            .to_owned(),
        format!("sum(rate({BUCKETS}{{le=\"3600\"}}[5m]))"),
        format!("sum(rate({BUCKETS}{{le=\"600\"}}[5m]))"),
        format!("count by (le) ({BUCKETS})"),
    ];
    let wrong = [
        format!("histogram_quantile(0.9, sum by (le) (rate({BUCKETS}[5m])))"),
        format!("histogram_quantile(0.9, sum without (job_name) (rate({BUCKETS}[5m])))"),
        format!("sum by (status, le) (increase({BUCKETS}{{job_name=~\".+\"}}[5m]))"),
    ];
    let problems = |queries: &[String]| {
        let page = |query: &String| format!("```promql\n{query}\n```\n\n");
        let pages = queries.iter().map(page).collect::<Vec<_>>().concat();
        let folder = folder(&[("catalogue.json", &catalogue()), ("page.md", &pages)]);
        let check = ["check", "--catalogue", "catalogue.json", "page.md"];
        osapi_metrics(folder.path(), &check).output
    };
    let found = problems(&right);
    assert!(!found.contains("mixed-boundaries"), "{found}");
    assert!(!found.contains("unknown-boundary"), "{found}");
    let found = problems(&wrong);
    assert_eq!(found.matches("mixed-boundaries").count(), wrong.len(), "{found}");
    assert!(
        found.contains(
            "`osapi_job_duration_seconds_bucket` is aggregated over `job_name`, and its handlers \
             have different boundaries; keep what distinguishes them: `by (job_name, le)`, or choose \
             one handler"
        ),
        "{found}"
    );
}
