//! Scrapes of some families: the values are those of a whole scrape, in both formats.

use std::collections::BTreeSet;

use osapi_metrics::{
    Counter, Gauge, Histogram, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::scrape::{Format, scrape};

use crate::beside_others;

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "named")]
struct Named {
    /// Counted.
    steps_total: Counter,
    /// Measured.
    #[metric(unit = "s", buckets = [1, 2])]
    wait_seconds: Histogram,
    /// Set.
    level: Gauge,
}

#[test]
fn a_scrape_has_the_families_that_it_names() {
    let _others = beside_others();
    let mut config = MetricsConfig::default();
    config.listen = "127.0.0.1:0".parse().unwrap();
    let builder = Metrics::builder().enabled(true).config(config);
    let metrics = builder.environment(Environment::default()).install().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = runtime.block_on(metrics.serve()).unwrap();
    let named = Named::global();
    named.steps_total.add(3);
    named.wait_seconds.record(1.5);
    named.level.set(2.0);

    for format in [Format::OpenMetrics, Format::Text] {
        let whole = scrape(address, "/metrics", format);
        for (query, expected) in [
            ("name[]=named_steps_total", &["named_steps_total"][..]),
            ("name%5B%5D=named_steps", &["named_steps_total"]),
            (
                "name[]=named_wait_seconds_count&name[]=named_level",
                &["named_level", "named_wait_seconds"],
            ),
            ("name[]=osapi_metrics_scrapes_active", &["osapi_metrics_scrapes_active"]),
            ("name[]=target_info&name[]=nothing", &["target_info"]),
            ("name[]=nothing", &[]),
        ] {
            let some = scrape(address, &format!("/metrics/?{query}"), format);
            let shown: BTreeSet<_> = some.keys().map(String::as_str).collect();
            assert_eq!(shown, expected.iter().copied().collect(), "{query} {format:?}");
            for (name, family) in &some {
                assert_eq!(family, &whole[name], "{query} {format:?}");
            }
        }
    }
}
