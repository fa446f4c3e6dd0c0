//! The rules of an objective in a running Prometheus that scrapes a changing program.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::Value;

use super::{generated, shop};
use crate::tools::{Prometheus, wait};

/// Jobs between two scrapes.
const JOBS: u64 = 100;

/// A program with the counters of `order.pay`, which run on at each scrape.
struct Program {
    address: SocketAddr,
    is_good: Arc<AtomicBool>,
}

impl Program {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let is_good = Arc::new(AtomicBool::new(true));
        let switch = Arc::clone(&is_good);
        // The thread ends with the process of the tests.
        thread::spawn(move || {
            let (mut good, mut valid) = (0, 0);
            for stream in listener.incoming().flatten() {
                valid += JOBS;
                if switch.load(Ordering::Relaxed) {
                    good += JOBS;
                }
                let _ = answer(stream, good, valid);
            }
        });
        Self { address, is_good }
    }
}

fn answer(mut stream: TcpStream, good: u64, valid: u64) -> std::io::Result<()> {
    let mut line = String::new();
    let mut request = BufReader::new(stream.try_clone()?);
    while request.read_line(&mut line)? > 2 {
        line.clear();
    }
    let body = format!(
        "osapi_job_slo_good_total{{job_name=\"order.pay\"}} {good}\n\
         osapi_job_slo_valid_total{{job_name=\"order.pay\"}} {valid}\n"
    );
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The windows are those of the rules, made 50 times shorter: 6 s and 72 s for the fastest alert.
#[test]
fn a_budget_that_burns_fires_in_prometheus() {
    let folder = generated(&[shop()], &["--window-scale", "0.02"]);
    assert!(!folder.path().join("rules/tests/objectives_test.yml").exists());
    let rules = std::fs::read_to_string(folder.path().join("rules/objectives.yml")).unwrap();
    let program = Program::start();
    let config = format!(
        "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
         rule_files: [objectives.yml]\n\
         scrape_configs: [{{ job_name: shop, static_configs: [{{ targets: ['{}'] }}] }}]\n",
        program.address
    );
    let Some(prometheus) = Prometheus::start(&config, &[("objectives.yml", &rules)]) else {
        return;
    };
    let fast = || {
        let is_fast = |alert: &Value| {
            alert["labels"]["alertname"] == "JobObjectiveBurnsFast"
                && alert["labels"]["job_name"] == "order.pay"
        };
        prometheus.alerts().into_iter().filter(is_fast).collect::<Vec<_>>()
    };
    // Enough jobs for the guard against few ones, and all of them good.
    let burn = wait("the burn rate of many jobs is recorded", || {
        let jobs = "job_name:osapi_job_slo_valid:increase5m{job_name=\"order.pay\"}";
        prometheus.number(jobs).filter(|jobs| *jobs >= 300.0)?;
        prometheus.number("job_name:osapi_job_slo_burn:ratio1h{job_name=\"order.pay\"}")
    });
    assert!(burn.abs() < 1e-9, "{burn}");
    assert_eq!(fast(), Vec::<Value>::new());

    program.is_good.store(false, Ordering::Relaxed);
    let fires = wait("the alert fires", || {
        fast()
            .into_iter()
            .find(|alert| alert["state"] == "firing" && alert["labels"]["window"] == "1h")
    });
    assert_eq!(fires["labels"]["severity"], "critical");
    assert_eq!(fires["annotations"]["runbook_url"], "../metrics.md#orderpay");
    let description = fires["annotations"]["description"].as_str().unwrap();
    assert!(description.contains("Of the jobs `order.pay`, 99% have to complete"), "{description}");
}
