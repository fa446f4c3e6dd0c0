//! The objectives of the applications: while their work is good no budget burns, and when it fails
//! the alert of each objective fires in Prometheus.
//!
//! The rules are those that the generator makes of the committed catalogues, with windows that are
//! 25 times shorter: 12 s and 144 s for the fastest alert.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use osapi_metrics::catalogue::document::CatalogueDocument;
use osapi_metrics_tests::servers::{self, PrometheusServer};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    alone,
    application::{program, run},
    catalogue::committed,
    patience::until,
    scrape_all,
    work::{Outcome, job_queue::JobQueue, osapi::Osapi, tasker::Tasker},
};

const FOLDERS: [&str; 3] = ["osapi", "tasker", "job-queue"];

/// The alert of an objective, and whether it fires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alert {
    /// The application and the group of the rule.
    of: String,
    is_firing: bool,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_alert_of_each_objective_fires_when_the_application_misses_it() {
    let _alone = alone().await;
    let Some(generator) = program("osapi-metrics") else { return };
    let Some(osapi) = Osapi::start().await else { return };
    let Some(tasker) = Tasker::start().await else { return };
    let Some(job_queue) = JobQueue::start().await else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let mut config = "global: { evaluation_interval: 500ms }\nrule_files:\n".to_owned();
    let mut objectives = 0;
    for application in FOLDERS {
        objectives += self::objectives(&committed(application));
        let rules = generate(&generator, folder.path(), application).await;
        // A `String` takes everything.
        let _ = writeln!(config, "- {rules}");
    }
    scrape_all(&mut config, &osapi, &tasker, &job_queue);
    let Some(prometheus) = servers::prometheus(&config) else { return };
    let work = async |outcome| {
        tokio::join!(osapi.attempt(outcome), tasker.attempt(outcome), job_queue.attempt(outcome))
    };

    // Enough jobs for the guard against few ones, and none of them bad.
    until("many good jobs are recorded", async || {
        work(Outcome::Good).await;
        let many = "{__name__=~\".+slo_valid:increase5m\"} >= 20";
        let burns = prometheus.query("{__name__=~\".+slo_burn:ratio5m\"} < 0.001");
        prometheus.query(many).len() == objectives && burns.len() == objectives
    })
    .await;
    let quiet = alerts(&prometheus);
    assert_eq!(quiet.len(), objectives, "{quiet:#?}");
    assert!(quiet.iter().all(|alert| !alert.is_firing), "{quiet:#?}");

    let mut last = quiet;
    until("each alert fires", async || {
        work(Outcome::Bad).await;
        last = alerts(&prometheus);
        last.iter().all(|alert| alert.is_firing)
    })
    .await;
    assert_eq!(last.len(), objectives, "{last:#?}");
}

/// The number of handlers with an objective.
fn objectives(catalogue: &CatalogueDocument) -> usize {
    let objectives = catalogue.jobs.iter().filter(|job| job.objective.is_some()).count();
    assert!(objectives > 0, "an application has no objective");
    objectives
}

/// The file with the rules of the objectives of an application.
async fn generate(generator: &Path, folder: &Path, application: &str) -> String {
    let out = folder.join(application);
    let out = out.to_str().expect("UTF-8");
    let catalogue = crate::catalogue::file(application);
    let catalogue = catalogue.to_str().expect("UTF-8");
    let of = ["generate", "--catalogue", catalogue, "--out", out, "--window-scale", "0.04"];
    run(generator, &of).await;
    format!("{out}/rules/objectives.yml")
}

/// The fastest alerts. Two applications may have groups of one name.
fn alerts(prometheus: &PrometheusServer) -> BTreeSet<Alert> {
    let mut alerts = BTreeSet::new();
    for group in prometheus.rule_groups() {
        let of = format!("{}: {}", group["file"], group["name"]);
        let is_fast = |rule: &&Value| {
            rule["name"] == "JobObjectiveBurnsFast" && rule["labels"]["window"] == "1h"
        };
        let rules = group["rules"].as_array().expect("a list of rules").iter().filter(is_fast);
        alerts.extend(
            rules.map(|rule| Alert { of: of.clone(), is_firing: rule["state"] == "firing" }),
        );
    }
    alerts
}
