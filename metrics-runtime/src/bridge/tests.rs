use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use opentelemetry_sdk::metrics::{
    data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint},
    reader::MetricReader,
};

use super::{Provider, ProviderSetup, PullReader, Readers};
use crate::{
    config::MetricsConfig,
    core::{catalogue::Catalogue, instruments::ObservableCounter, registry::MetricSet},
    exposition::{Exposition, Format},
};

#[derive(MetricSet)]
#[metric_set(crate = "crate")]
struct Progress {
    /// Steps done.
    test_provider_steps_total: ObservableCounter,
    /// Steps left.
    test_provider_left_total: ObservableCounter,
}

fn provider(readers: Readers, catalogue: &Catalogue) -> Provider {
    let config = &MetricsConfig::default();
    Provider::start(ProviderSetup { config, catalogue, readers, views: Vec::new() })
}

/// The SDK passes an observed value to the aggregations of every reader, so one reader could
/// overwrite the sum that another has just read with an older sum.
#[test]
fn a_sum_never_goes_back_while_two_readers_collect() {
    const SCRAPES: usize = 2_000;
    static STEPS: AtomicU64 = AtomicU64::new(0);

    let catalogue = Catalogue::linked().unwrap();
    let readers = [PullReader::new(), PullReader::new()];
    let mut added = Readers::default();
    for reader in &readers {
        added.add(reader.clone());
    }
    let provider = provider(added, &catalogue);

    let observation = Progress::global().test_provider_steps_total.observe(|| {
        let steps = STEPS.fetch_add(1, Ordering::Relaxed);
        // Lets the other reader run between this read and the observation.
        thread::yield_now();
        steps
    });
    thread::scope(|scope| {
        for reader in &readers {
            scope.spawn(|| {
                let mut last = 0;
                for _ in 0..SCRAPES {
                    let steps = steps(reader);
                    assert!(steps >= last, "{steps} after {last}");
                    last = steps;
                }
            });
        }
    });
    drop(observation);
    provider.detach();
}

/// A scrape reads some values itself. It does not add the values that another reader's collection
/// has left in the aggregation of scrapes.
#[test]
fn a_scrape_shows_its_own_value_and_not_what_another_reader_left() {
    let catalogue = Catalogue::linked().unwrap();
    let (scrapes, other) = (PullReader::new(), PullReader::new());
    let mut readers = Readers::default();
    readers.share_with_scrapes(Some(Box::new(scrapes.clone())));
    readers.add(other.clone());
    let provider = provider(readers, &catalogue);
    let _observation = Progress::global().test_provider_left_total.observe(|| 7);

    other.collect(&mut ResourceMetrics::default()).unwrap();
    let left = scrapes.read(false).unwrap();
    let names = left.scope_metrics().flat_map(ScopeMetrics::metrics).map(Metric::name);
    assert!(names.into_iter().any(|name| name == "osapi_test_provider_left_total"), "{left:?}");
    let text = Exposition::new(provider.direct()).render(&left, Format::Text);
    assert!(text.lines().any(|line| line == "osapi_test_provider_left_total 7"), "{text}");
    provider.detach();
}

fn steps(reader: &PullReader) -> u64 {
    let mut metrics = ResourceMetrics::default();
    reader.collect(&mut metrics).unwrap();
    let mut metrics = metrics.scope_metrics().flat_map(ScopeMetrics::metrics);
    let metric = metrics.find(|metric| metric.name() == "osapi_test_provider_steps_total").unwrap();
    let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() else {
        panic!("a counter of u64 is a sum of u64")
    };
    sum.data_points().map(SumDataPoint::value).sum()
}
