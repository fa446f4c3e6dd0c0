//! Every query of the boards, answered by a Prometheus that has scraped every metric.

use std::{
    env, fs,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_metrics_artefacts::web;
use serde_json::Value;
use tempfile::TempDir;

use super::{
    QUEUE, SHOP, boards, catalogues, filled, linter::label_values, panel, panels, queries, samples,
};

/// The longest time that a test waits for Prometheus.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Prometheus on a free port that scrapes every second, killed when it is dropped.
struct Prometheus {
    url: String,
    process: Child,
    folder: TempDir,
}

impl Prometheus {
    /// `None`, and a line, where the program is missing, unless `OSAPI_REQUIRE_SERVERS` is 1.
    fn scraping(targets: &[(&str, SocketAddr)]) -> Option<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        // Debian installs servers in `sbin`, which is not in every user's `PATH`.
        let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
        let program = folders.map(|folder| folder.join("prometheus")).find(|file| file.is_file());
        let Some(program) = program else {
            let required = env::var_os("OSAPI_REQUIRE_SERVERS").is_some_and(|value| value == "1");
            assert!(!required, "OSAPI_REQUIRE_SERVERS is 1, and there is no prometheus");
            let _ = io::stderr().write_all(b"skipped, for want of prometheus\n");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let jobs = targets.iter().map(|(job, address)| {
            format!("  - job_name: {job}\n    static_configs: [{{targets: ['{address}']}}]\n")
        });
        let jobs: String = jobs.collect();
        let interval = "global: {scrape_interval: 1s, scrape_timeout: 1s}";
        let configuration = format!("{interval}\nscrape_configs:\n{jobs}");
        fs::write(folder.path().join("prometheus.yml"), configuration).unwrap();
        let (process, url) = Self::spawn(&program, &folder);
        let mut server = Self { url, process, folder };
        server.wait("prometheus is ready", |server| {
            if server.process.try_wait().unwrap().is_some() {
                // It cannot choose a free port itself, and another program has taken this port.
                let log = fs::read_to_string(server.folder.path().join("log")).unwrap();
                assert!(log.contains("address already in use"), "prometheus ended: {log}");
                (server.process, server.url) = Self::spawn(&program, &server.folder);
            }
            web::get(&format!("{}/-/ready", server.url)).is_ok()
        });
        Some(server)
    }

    fn spawn(program: &PathBuf, folder: &TempDir) -> (Child, String) {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|port| port.local_addr());
        let address = free.unwrap();
        let folder = folder.path();
        let log = fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
        let mut command = Command::new(program);
        command
            .arg(format!("--web.listen-address={address}"))
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        (command.spawn().unwrap(), format!("http://{address}"))
    }

    /// Asks every few milliseconds, because another program does not report when it is ready.
    fn wait(&mut self, what: &str, mut is_true: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_true(self) {
            assert!(Instant::now() < end, "waited {PATIENCE:?} in vain: {what}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn ask(&self, call: &str, parameters: &[(&str, &str)]) -> Value {
        let answer = web::get_with(&format!("{}/api/v1/{call}", self.url), parameters);
        let answer = answer.unwrap_or_else(|error| panic!("{parameters:?}: {error}"));
        serde_json::from_str::<Value>(&answer).unwrap()["data"].clone()
    }

    /// The values that an instant query has, NaN among them.
    fn values(&self, query: &str) -> Vec<f64> {
        let data = self.ask("query", &[("query", query)]);
        let series = data["result"].as_array().unwrap().iter();
        series.map(|series| series["value"][1].as_str().unwrap().parse().unwrap()).collect()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Fails for a process that has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn every_query_has_data() {
    let programs = [("shop", SHOP), ("queue", QUEUE)];
    let targets = programs.map(|(job, json)| (job, samples::serve(catalogues(&[json]), true)));
    let Some(mut prometheus) = Prometheus::scraping(&targets) else { return };
    prometheus.wait("three scrapes of each program", |prometheus| {
        prometheus.values("sum_over_time(up[1m]) >= 3").len() == programs.len()
    });
    let mut asked = 0;
    for (path, board) in boards(&[SHOP, QUEUE]) {
        for panel in panels(&board) {
            for query in queries(panel) {
                let query = filled(&board, query);
                let values = prometheus.values(&query);
                let what = format!("{path}: {}: {query}", panel["title"]);
                assert!(!values.is_empty(), "no data: {what}");
                assert!(values.iter().all(|value| value.is_finite()), "{values:?}: {what}");
                asked += 1;
            }
        }
        for variable in board["templating"]["list"].as_array().unwrap() {
            if variable["type"] == "query" {
                let (selector, label) = label_values(variable);
                let selector = filled(&board, selector);
                let of = [("match[]", selector.as_str())];
                let values = prometheus.ask(&format!("label/{label}/values"), &of);
                assert!(!values.as_array().unwrap().is_empty(), "{path}: {selector}: {label}");
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

#[test]
fn figures_show_a_burst_that_ended_before_the_first_scrape() {
    let targets = [("shop", samples::serve(catalogues(&[SHOP]), false))];
    let Some(mut prometheus) = Prometheus::scraping(&targets) else { return };
    prometheus.wait("three scrapes", |prometheus| {
        prometheus.values("sum_over_time(up[1m]) >= 3").len() == 1
    });
    let boards = boards(&[SHOP]);
    let value = |path: &str, title: &str| {
        let board = &boards[path];
        let values = prometheus.values(&filled(board, queries(panel(board, title))[0]));
        let [value] = values[..] else { panic!("{title}: {values:?}") };
        value
    };
    // By card and by cash, 1 and 2 have paid, and 1 and 2 were refused.
    let share = value("dashboards/till.json", "Share of refused orders");
    assert!((share - 0.5).abs() < 1e-9, "{share}");
    // For each handler, the counts of the five ends are in a row: completed, failed, timed out,
    // cancelled, panicked.
    let ends: Vec<u32> =
        (0..3).flat_map(|handler| (1..=5).map(move |end| handler * 5 + end)).collect();
    let failed = ends.iter().enumerate().filter(|(nth, _)| [1, 2, 4].contains(&(nth % 5)));
    let failed: u32 = failed.map(|(_, number)| number).sum();
    let expected = f64::from(failed) / f64::from(ends.iter().sum::<u32>());
    let share = value("dashboards/jobs.json", "Failed");
    assert!((share - expected).abs() < 1e-9, "{share}");
    // A rate alone would show nothing of it.
    let rate = "sum(rate(shop_orders_refused_total[30s])) / sum(rate(shop_orders_paid_total[30s]))";
    assert!(prometheus.values(rate).iter().all(|value| value.is_nan()));
}
