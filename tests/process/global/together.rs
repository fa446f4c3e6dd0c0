//! Runtimes that are installed at the same moment.

use std::{sync::Barrier, thread};

use osapi_metrics::{
    Histogram, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::reading::Reading;

use crate::take_turn;

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "together")]
struct Together {
    /// Configured by one runtime.
    #[metric(unit = "s", buckets = [1])]
    first_seconds: Histogram,
    /// Configured by the other runtime.
    #[metric(unit = "s", buckets = [1])]
    second_seconds: Histogram,
}

#[test]
fn each_runtime_has_the_boundaries_that_it_configures() {
    let _turn = take_turn();
    let names = ["together_first_seconds", "together_second_seconds"];
    Together::global().first_seconds.record(0.5);
    Together::global().second_seconds.record(0.5);
    for round in 0..50 {
        let barrier = Barrier::new(names.len());
        let install = &|name: &str| {
            let mut config = MetricsConfig::default();
            config.buckets.insert(name.to_owned(), vec![7.0]);
            let builder = Metrics::builder().enabled(true).environment(Environment::default());
            barrier.wait();
            builder.config(config).install().unwrap()
        };
        let runtimes: Vec<_> = thread::scope(|scope| {
            let runtimes = names.map(|name| scope.spawn(move || install(name)));
            runtimes.into_iter().map(|runtime| runtime.join().unwrap()).collect()
        });
        for metrics in &runtimes {
            let reading = Reading::of_lines_with("together_", metrics);
            for name in names {
                assert_eq!(reading.histogram(name, &[]).unwrap().bounds, [7.0], "{name} {round}");
            }
        }
    }
}
