//! The process that stands for a fleet: it installs the runtime, serves `/metrics`, and does what
//! it reads on its standard input.

use std::{
    io::{self, BufRead, Write},
    time::Duration,
};

use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig, OtlpEndpoint, OtlpProtocol, OtlpTemporality},
};

use crate::workers::Workers;

/// Serves until the standard input ends. The arguments are those of
/// [`Options`](crate::process::Options).
pub(crate) fn run(arguments: &[String]) {
    let [workers, labelled, limit, collector, temporality] = arguments else {
        panic!("five arguments, not {arguments:?}");
    };
    let count: usize = workers.parse().expect("a number of workers");
    let labelled: bool = labelled.parse().expect("true or false");
    let metrics = install(limit.parse().expect("a limit"), collector, temporality);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime of tokio");
    let address = runtime.block_on(metrics.serve()).expect("a free port");
    let mut workers = Workers::new(labelled);
    workers.enter(0..count);
    answer(&address.to_string());

    let mut present = 0..count;
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let (command, number) = line.split_once(' ').expect("a command and a number");
        let number: usize = number.parse().expect("a number of workers");
        match command {
            "work" => workers.work_all(present.start..present.start + number),
            "replace" => {
                workers.leave(&(present.start..present.start + number));
                workers.enter(present.end..present.end + number);
                present = present.start + number..present.end + number;
            }
            "add" => {
                workers.enter(present.end..present.end + number);
                present.end += number;
            }
            "push" => metrics.flush().expect("the collector takes the export"),
            _ => panic!("an unknown command: {command}"),
        }
        answer("done");
    }
}

fn install(limit: usize, collector: &str, temporality: &str) -> Metrics {
    let mut config = MetricsConfig::default();
    config.listen = "127.0.0.1:0".parse().expect("an address");
    config.open_series_limit = limit;
    if !collector.is_empty() {
        config.otlp.enabled = true;
        config.otlp.endpoint = Some(OtlpEndpoint::Base(collector.to_owned()));
        config.otlp.protocol = OtlpProtocol::HttpProtobuf;
        // Exports come when they are asked for.
        config.otlp.interval = Duration::from_secs(24 * 3600);
        config.otlp.timeout = Duration::from_secs(120);
        config.otlp.temporality = match temporality {
            "cumulative" => OtlpTemporality::Cumulative,
            "delta" => OtlpTemporality::Delta,
            _ => OtlpTemporality::LowMemory,
        };
    }
    let builder = Metrics::builder().service_name("job-queue-worker").config(config);
    let builder = builder.enabled(true).environment(Environment::default());
    builder.install().expect("metrics that can be installed")
}

fn answer(line: &str) {
    println!("{line}");
    io::stdout().flush().expect("the parent reads");
}
