//! Allocations of a scrape, while no other test begins a series.

use osapi_metrics::{
    Counter, Gauge, LabelSet, MetricSet, Metrics, UpDownCounter, config::Environment,
    exposition::Format,
};

use crate::{allocations, take_turn};

#[derive(LabelSet)]
struct Nth {
    #[label(max = 2000)]
    nth: usize,
    #[label(max = 2)]
    text: &'static str,
}

/// Metrics of this test.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "allocations")]
struct Recorded {
    /// Counted.
    #[metric(max_series = 4000)]
    jobs_total: Counter<Nth>,
    /// Counted up and down.
    #[metric(max_series = 4000)]
    active: UpDownCounter<Nth>,
    /// Set.
    #[metric(max_series = 4000)]
    level: Gauge<Nth>,
}

fn record(series: usize) {
    for nth in 0..series {
        let labels = || Nth { nth, text: "\"quoted\"" };
        Recorded::global().jobs_total.with(labels()).add(nth as u64);
        Recorded::global().active.with(labels()).add(-1);
        Recorded::global().level.with(labels()).set(nth as f64 / 3.0);
    }
}

#[test]
fn a_warm_scrape_of_more_series_allocates_as_often() {
    let _turn = take_turn();
    let metrics =
        Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap();
    for format in [Format::OpenMetrics, Format::Text] {
        let [few, many] = [500, 1000].map(|series| {
            record(series);
            // The second scrape knows the length of the text.
            metrics.render(format);
            let lines = metrics.render(format).lines().count();
            assert!(lines > 3 * series);
            allocations(|| drop(metrics.render(format)))
        });
        assert_eq!(few, many);
    }
}
