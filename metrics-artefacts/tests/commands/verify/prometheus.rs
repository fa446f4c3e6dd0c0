//! A real Prometheus that scrapes an endpoint.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_metrics_artefacts::web;
use tempfile::TempDir;

use super::{
    ALL, Answer,
    exposition::{whole, whole_in_openmetrics},
    serve, verify,
};

/// The longest time that a test waits for a Prometheus.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Prometheus with its data in a temporary folder; killed when it is dropped.
struct Prometheus {
    process: Child,
    url: String,
    _folder: TempDir,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Prometheus that scrapes these endpoints as the job `shop`; `None` where there is none.
fn prometheus(endpoints: &[String]) -> Option<Prometheus> {
    let Some(program) = find("prometheus") else {
        for required in ["OSAPI_REQUIRE_SERVERS", "OSAPI_REQUIRE_TOOLS"] {
            let is_set = env::var_os(required).is_some_and(|value| value == "1");
            assert!(!is_set, "{required} is 1, and there is no prometheus");
        }
        let thread = thread::current();
        let test = thread.name().unwrap_or("a test");
        let line = format!("tools: there is no prometheus, so `{test}` was skipped\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
        return None;
    };
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("prometheus.yml");
    let hosts = endpoints.iter().map(|url| {
        let host = url.trim_start_matches("http://").trim_end_matches("/metrics");
        format!("'{host}'")
    });
    let hosts = hosts.collect::<Vec<_>>().join(", ");
    let text = format!(
        "scrape_configs:\n- job_name: shop\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  \
         static_configs:\n  - targets: [{hosts}]\n    labels: {{shelf_room: a}}\n"
    );
    fs::write(&config, text).unwrap();
    let mut process = Command::new(program)
        .args(["--web.listen-address=127.0.0.1:0", "--log.level=info"])
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("msg=\"Listening on\" address=")?;
        Some(rest.trim().to_owned())
    });
    // The pipe is read to its end, so that Prometheus never waits for it.
    thread::spawn(move || lines.for_each(drop));
    let address = address.expect("Prometheus reports its address");
    Some(Prometheus { process, url: format!("http://{address}"), _folder: folder })
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Prometheus {
    /// Waits until a query has this many series. A scrape is stored some time after it was made,
    /// and nothing reports that.
    fn wait_for(&self, query: &str, series: usize) {
        let end = Instant::now() + PATIENCE;
        let url = format!("{}/api/v1/query", self.url);
        loop {
            let answer = web::get_with(&url, &[("query", query)]).unwrap_or_default();
            if answer.matches("\"metric\":").count() == series {
                return;
            }
            if Instant::now() > end {
                let targets = web::get(&format!("{}/api/v1/targets", self.url));
                panic!("waited in vain for {series} of {query}: {answer}, {targets:?}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

const GATES: [&str; 6] =
    ["--coverage", "100", "--value-coverage", "100", "--target-label", "shelf_room"];

#[test]
fn a_prometheus_has_what_its_targets_expose() {
    for answer in [Answer::text(&whole()), Answer::open(&whole_in_openmetrics())] {
        let endpoint = serve(answer);
        let Some(prometheus) = prometheus(&[endpoint]) else { return };
        prometheus.wait_for("shop_door_state", 1);
        let url = format!("{}/", prometheus.url);
        let run = verify(&[&["--prometheus", &url], &GATES[..]].concat());
        assert_eq!((run.status, run.output.as_str()), (Some(0), ALL), "{}", run.error);
        let run = verify(&["--prometheus", &url, "--allow", "shop_.*"]);
        let expected = "has the label `shelf_room`, which is not declared";
        assert!(run.output.contains(expected), "{}", run.output);
    }
}

#[test]
fn mistakes_are_found_in_a_prometheus_too() {
    let one = whole()
        .replace("# TYPE shop_guests gauge", "# TYPE shop_guests counter")
        .replace(
            "shop_orders_paid_total{payment=\"cash\"} 1",
            "shop_orders_paid_total{payment=\"gold\"} 1",
        )
        .replace(
            "shop_basket_size_bytes_bucket{le=\"1024.0\"}",
            "shop_basket_size_bytes_bucket{le=\"1000\"}",
        )
        .replace("shop_shelf_fill_ratio{shelf=\"a\"} 1\n", "");
    let endpoints = [serve(Answer::text(&one)), serve(Answer::text("shop_gests 7\n"))];
    let Some(prometheus) = prometheus(&endpoints) else { return };
    prometheus.wait_for("shop_door_state", 1);
    prometheus.wait_for("shop_gests", 1);
    let run = verify(&["--prometheus", &prometheus.url, "--target-label", "shelf_room"]);
    let url = &prometheus.url;
    assert_eq!(
        run.output,
        format!(
            "{url}: `shop_gests` is exposed and not declared; did you mean `shop_guests`? \
             [undeclared-metric]\n\
             {url}: `shop_guests` has the type counter and is declared as gauge [other-type]\n\
             {url}: the label `payment` of `shop_orders_paid_total` has the undeclared value \
             `gold`; declared are `card`, `cash` [undeclared-value]\n\
             {url}: `shop_basket_size_bytes` has other boundaries than declared: it lacks `1024` \
             and adds `1000` [other-boundaries]\n\
             ShopMetrics of shop\n  \
               shop_orders_paid_total  never with payment: `cash`\n  \
               shop_shelf_fill_ratio   not exposed\n\
             coverage: 36 of 37 metrics (97.2 %), 32 of 33 closed values (96.9 %)\n"
        )
    );
    assert_eq!(run.status, Some(1));
}

#[test]
fn a_prometheus_without_the_system_does_not_pass() {
    let Some(prometheus) = prometheus(&[]) else { return };
    prometheus.wait_for("vector(1)", 1);
    let run = verify(&["--prometheus", &prometheus.url]);
    assert!(run.output.starts_with("verify: no declared metric was recorded;"), "{}", run.output);
    assert!(run.output.contains("coverage: 0 of 37 metrics (0.0 %)"), "{}", run.output);
    assert_eq!(run.status, Some(1));
}
