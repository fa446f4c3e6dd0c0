//! Series that end make room for other series.

use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter};

use crate::read;

#[derive(Clone, Debug, LabelSet)]
struct Tenant {
    #[label(max = 3)]
    tenant: &'static str,
}

#[derive(Clone, Debug, LabelSet)]
struct Pair {
    #[label(max = 2)]
    left: &'static str,
    #[label(max = 2)]
    right: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "limits")]
struct Limits {
    /// Counted.
    jobs_total: Counter<Tenant>,
    /// Up and down.
    stock: UpDownCounter<Tenant>,
    /// Set.
    level: Gauge<Tenant>,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Tenant>,
    /// By two labels.
    pairs_total: Counter<Pair>,
}

const OVERFLOW: &[(&str, &str)] = &[("otel_metric_overflow", "true")];

#[test]
fn the_limit_counts_again_once_a_series_has_ended() {
    let limits = Limits::global();
    let of = |tenant| Tenant { tenant };
    for tenant in ["a", "b", "c", "d", "d"] {
        limits.jobs_total.with(of(tenant)).inc();
        limits.stock.with(of(tenant)).inc();
        limits.level.with(of(tenant)).set(4.0);
    }
    let overflow = limits.jobs_total.with(of("e"));
    for name in ["limits_jobs_total", "limits_stock"] {
        assert_eq!(read().number(name, OVERFLOW), Some(2.0), "{name}");
    }
    assert_eq!(read().number("limits_level", OVERFLOW), Some(4.0));

    assert!(limits.jobs_total.remove(of("a")));
    assert_eq!(
        limits.stock.retain(|labels| labels.get("tenant").is_some_and(|t| t.to_string() != "a")),
        1
    );
    assert!(limits.level.remove(of("a")));
    for tenant in ["d", "e"] {
        limits.jobs_total.with(of(tenant)).inc();
        limits.stock.with(of(tenant)).inc();
        limits.level.with(of(tenant)).set(5.0);
    }
    overflow.inc();
    let reading = read();
    for (name, beyond) in [("limits_jobs_total", 4.0), ("limits_stock", 3.0)] {
        assert_eq!(reading.number(name, &[("tenant", "a")]), None, "{name}");
        assert_eq!(reading.number(name, &[("tenant", "d")]), Some(1.0), "{name}");
        assert_eq!(reading.number(name, &[("tenant", "e")]), None, "{name}");
        assert_eq!(reading.number(name, OVERFLOW), Some(beyond), "{name}");
    }
    assert_eq!(reading.number("limits_level", &[("tenant", "d")]), Some(5.0));
    assert_eq!(reading.number("limits_level", OVERFLOW), Some(5.0));

    // The overflow series does not have the labels of the metric, so no labels end it.
    assert_eq!(limits.jobs_total.retain(|_| false), 3);
    assert_eq!(read().number("limits_jobs_total", OVERFLOW), Some(4.0));
    assert_eq!(read().label_values("limits_jobs_total", "tenant"), [""]);
}

#[test]
fn the_limit_of_a_histogram_counts_again_once_a_series_has_ended() {
    let wait = &Limits::global().wait_seconds;
    let of = |tenant| Tenant { tenant };
    for tenant in ["a", "b", "c", "d", "d"] {
        wait.with(of(tenant)).record(0.5);
    }
    let overflow = wait.with(of("e"));
    let samples = |labels: &[_]| {
        let samples = read().histogram("limits_wait_seconds", labels)?;
        Some((samples.buckets, samples.sum))
    };
    assert_eq!(samples(OVERFLOW), Some((vec![2, 0], 1.0)));
    assert!(wait.remove(of("a")));
    for tenant in ["d", "e"] {
        wait.with(of(tenant)).record(2.0);
    }
    overflow.record(2.0);
    assert_eq!(samples(&[("tenant", "a")]), None);
    assert_eq!(samples(&[("tenant", "d")]), Some((vec![0, 1], 2.0)));
    assert_eq!(samples(&[("tenant", "e")]), None);
    assert_eq!(samples(OVERFLOW), Some((vec![2, 2], 5.0)));
    assert_eq!(wait.retain(|_| false), 3);
    assert_eq!(samples(OVERFLOW), Some((vec![2, 2], 5.0)));
    assert_eq!(read().label_values("limits_wait_seconds", "tenant"), [""]);
}

#[test]
fn a_value_is_free_once_none_of_its_series_is_left() {
    let counter = &Limits::global().pairs_total;
    let of = |left, right| Pair { left, right };
    for (left, right) in [("a", "x"), ("a", "y"), ("b", "x")] {
        counter.with(of(left, right)).inc();
    }
    counter.remove(of("a", "x"));
    counter.with(of("c", "x")).inc();
    assert_eq!(read().number("limits_pairs_total", OVERFLOW), Some(1.0), "`a` is still in use");
    counter.remove(of("a", "y"));
    counter.with(of("c", "x")).inc();
    counter.with(of("c", "z")).inc();
    let reading = read();
    assert_eq!(reading.number("limits_pairs_total", OVERFLOW), Some(1.0));
    for (left, right) in [("b", "x"), ("c", "x"), ("c", "z")] {
        let labels = [("left", left), ("right", right)];
        assert_eq!(reading.number("limits_pairs_total", &labels), Some(1.0), "{left} {right}");
    }
}
