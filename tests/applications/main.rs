//! The three applications at work, with their servers and a Prometheus that scrapes them: every
//! metric of the list is there, with its type, its unit, its labels and each closed value. The
//! catalogues that are committed beside the applications are those of the running programs. Every
//! query of the boards and rules that are committed there has data, or a metric whose declaration
//! says until when it is absent. The live page of each application shows in a browser what its
//! scrape has.
//!
//! The programs are those that Cargo has built. `cargo test` builds them before it runs a test;
//! `cargo test -p osapi-metrics-tests` does not, and needs a `cargo build` before. Where a program
//! or a server is missing, a line names what was skipped; `OSAPI_REQUIRE_SERVERS=1` makes that a
//! failure.
//!
//! `-- --nocapture` shows the table with what Prometheus has seen.

// The kernel's files that job-queue reads are those of Linux.
#![cfg(target_os = "linux")]

mod application;
mod catalogue;
mod evidence;
mod list;
mod objectives;
mod pages;
mod patience;
mod queries;
mod table;
mod work;

use std::{
    fmt::Write,
    time::{Instant, SystemTime},
};

use osapi_metrics_tests::servers::{self, PrometheusServer};
use tokio::sync::{Mutex, MutexGuard};

use application::Application;
use evidence::{Evidence, Questions};
use list::SYSTEMS;
use patience::{PATIENCE, until};
use work::{job_queue::JobQueue, osapi::Osapi, tasker::Tasker};

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_has_every_metric_of_the_list() {
    let _alone = alone().await;
    let Some(mut osapi) = Osapi::start().await else { return };
    let Some(mut tasker) = Tasker::start().await else { return };
    let Some(mut job_queue) = JobQueue::start().await else { return };
    let mut config = "global:\n  evaluation_interval: 1s\nrule_files:\n".to_owned();
    for file in SYSTEMS.iter().flat_map(|system| queries::rule_files(system.name)) {
        // A `String` takes everything.
        let _ = writeln!(config, "- '{}'", file.display());
    }
    scrape_all(&mut config, &osapi, &tasker, &job_queue);
    let since = SystemTime::now();
    let Some(prometheus) = servers::prometheus(&config) else { return };
    until("all targets are up", async || prometheus.query("up == 1").len() == 7).await;

    tokio::join!(osapi.work(&prometheus), tasker.work(&prometheus), job_queue.work(&prometheus));

    let workspace = job_queue.workspace();
    let stand_ins = [("/workspace", &*workspace)];
    let end = Instant::now() + PATIENCE;
    let mut evidence = ask(&prometheus, &stand_ins);
    while !misses(&evidence).is_empty() && Instant::now() < end {
        evidence = ask(&prometheus, &stand_ins);
    }
    println!("{}", table::with_evidence(&evidence));
    let mut misses = misses(&evidence);
    misses.extend(catalogue::differences("osapi", osapi.applications()).await);
    misses.extend(catalogue::differences("tasker", tasker.applications()).await);
    misses.extend(catalogue::differences("job-queue", job_queue.applications()).await);
    verify_stored(&prometheus).await;
    for system in &SYSTEMS {
        misses.extend(queries::without_data(system.name, &prometheus, since));
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

/// Nothing that Prometheus has stored is other than the committed catalogues declare it.
async fn verify_stored(prometheus: &PrometheusServer) {
    let Some(tool) = application::program("osapi-metrics") else { return };
    let url = format!("http://{}", prometheus.address());
    let catalogues = SYSTEMS.each_ref().map(|system| catalogue::file(system.name));
    let mut arguments = vec!["verify", "--prometheus", &url];
    for catalogue in &catalogues {
        arguments.extend(["--catalogue", catalogue.to_str().expect("UTF-8")]);
    }
    application::run(&tool, &arguments).await;
}

/// What is missing or wrong, by metric.
fn misses(evidence: &[Evidence]) -> Vec<String> {
    let metrics = SYSTEMS.iter().flat_map(|system| system.metrics);
    let misses = metrics.zip(evidence).flat_map(|(metric, evidence)| {
        evidence.misses.iter().map(|miss| format!("{}: {miss}", metric.name))
    });
    misses.collect()
}

/// Waits until no other test of this binary runs: each of them needs the whole machine.
async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

/// Adds all processes to the configuration of Prometheus.
fn scrape_all(config: &mut String, osapi: &Osapi, tasker: &Tasker, job_queue: &JobQueue) {
    config.push_str("scrape_configs:\n");
    scrape(config, "osapi", osapi.applications());
    scrape(config, "tasker", tasker.applications());
    scrape(config, "job-queue", job_queue.applications());
}

/// Adds the processes of a system to the configuration of Prometheus.
fn scrape<'a>(config: &mut String, job: &str, of: impl Iterator<Item = &'a Application>) {
    let targets: Vec<_> = of.map(|application| format!("'{}'", application.address())).collect();
    // A `String` takes everything.
    let _ = write!(
        config,
        "- job_name: {job}\n  scrape_interval: 500ms\n  scrape_timeout: 500ms\n  static_configs:\n  \
         - targets: [{}]\n",
        targets.join(", ")
    );
}

/// What Prometheus has of each metric, in the order of the list.
fn ask(prometheus: &PrometheusServer, stand_ins: &[(&str, &str)]) -> Vec<Evidence> {
    let of_system = |system: &list::System| {
        let questions = Questions { prometheus, job: system.name, stand_ins };
        system.metrics.iter().map(|metric| questions.evidence(metric)).collect::<Vec<_>>()
    };
    SYSTEMS.iter().flat_map(of_system).collect()
}
