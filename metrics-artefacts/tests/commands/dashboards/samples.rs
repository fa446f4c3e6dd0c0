//! A program that has every metric of catalogues, with all closed values. They grow with each
//! scrape.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use osapi_metrics::catalogue::document::{LabelDocument, MetricDocument};
use osapi_metrics_artefacts::catalogue::Catalogues;

/// Serves samples until the test ends. `grows` says whether counters grow with each scrape, or have
/// stopped before the first.
pub(super) fn serve(catalogues: Catalogues, grows: bool) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut scrapes = 1;
        while let Ok((stream, _)) = listener.accept() {
            // A scrape that Prometheus has given up is no reason to end.
            let _ = answer(stream, &exposition(&catalogues, scrapes));
            scrapes += u64::from(grows);
        }
    });
    address
}

fn answer(mut stream: TcpStream, body: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    // The request ends with an empty line.
    while !lines.next().transpose()?.unwrap_or_default().is_empty() {}
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The samples at a scrape, counted from 1.
fn exposition(catalogues: &Catalogues, scrape: u64) -> String {
    let mut text = String::new();
    let mut names = std::collections::BTreeSet::new();
    for (_, metric) in catalogues.metrics() {
        if !names.insert(&metric.prometheus_name) {
            continue;
        }
        for (nth, labels) in (1..).zip(series(catalogues, metric)) {
            write_series(&mut text, metric, &labels, scrape * nth);
        }
    }
    text
}

fn write_series(text: &mut String, metric: &MetricDocument, labels: &[String], grown: u64) {
    let name = &metric.prometheus_name;
    let labels = labels.join(",");
    match metric.kind.as_str() {
        "counter" => writeln!(text, "{name}{{{labels}}} {grown}").unwrap(),
        "histogram" => {
            let comma = if labels.is_empty() { "" } else { "," };
            let mut below = 0;
            for boundary in &metric.boundaries {
                below += grown;
                writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{boundary:?}\"}} {below}")
                    .unwrap();
            }
            below += grown;
            writeln!(text, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {below}").unwrap();
            writeln!(text, "{name}_sum{{{labels}}} {below}").unwrap();
            writeln!(text, "{name}_count{{{labels}}} {below}").unwrap();
        }
        "info" | "state_set" => writeln!(text, "{name}{{{labels}}} 1").unwrap(),
        _ if name.contains("timestamp") => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
            writeln!(text, "{name}{{{labels}}} {now}").unwrap();
        }
        _ => writeln!(text, "{name}{{{labels}}} 0.5").unwrap(),
    }
}

/// The labels of each series.
fn series(catalogues: &Catalogues, metric: &MetricDocument) -> Vec<Vec<String>> {
    let mut series = vec![Vec::new()];
    for label in &metric.labels {
        let values = values(catalogues, label);
        let with = |labels: &Vec<String>, value: &String| {
            let mut labels = labels.clone();
            labels.push(format!("{}=\"{value}\"", label.prometheus_name));
            labels
        };
        series = series
            .iter()
            .flat_map(|labels| values.iter().map(move |value| with(labels, value)))
            .collect();
    }
    series
}

/// All closed values, the names of handlers, or two other ones.
fn values(catalogues: &Catalogues, label: &LabelDocument) -> Vec<String> {
    if let Some(values) = &label.values {
        return values.clone();
    }
    let of_jobs = catalogues.jobs().filter_map(|job| job.labels.get(&label.prometheus_name));
    let of_jobs: Vec<_> = of_jobs.cloned().collect();
    if of_jobs.is_empty() { vec!["a".to_owned(), "b".to_owned()] } else { of_jobs }
}
