//! `remove` and `retain` of series.

use osapi_metrics::{Counter, Gauge, LabelSet, MetricSet, UpDownCounter};

use super::in_text;
use crate::read;

#[derive(Clone, Debug, LabelSet)]
struct Tenant {
    #[label(max = 100)]
    tenant: &'static str,
    urgent: bool,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "ended")]
struct Ended {
    /// Counted.
    whole_total: Counter<Tenant>,
    /// Counted in fractions.
    fractions_total: Counter<Tenant, f64>,
    /// Up and down.
    stock: UpDownCounter<Tenant>,
    /// Up and down in fractions.
    stock_fractions: UpDownCounter<Tenant, f64>,
    /// Set.
    level: Gauge<Tenant>,
    /// Set to whole numbers.
    level_whole: Gauge<Tenant, u64>,
    /// Ended by what they are.
    retained_total: Counter<Tenant>,
    /// Ended by a closure that uses them.
    reentered_total: Counter<Tenant>,
    /// Entered and left.
    inside: UpDownCounter<Tenant>,
}

const NAMES: [&str; 6] = [
    "ended_whole_total",
    "ended_fractions_total",
    "ended_stock",
    "ended_stock_fractions",
    "ended_level",
    "ended_level_whole",
];

fn of(tenant: &'static str) -> Tenant {
    Tenant { tenant, urgent: false }
}

fn number(name: &str, tenant: &str) -> Option<f64> {
    read().number(name, &[("tenant", tenant), ("urgent", "false")])
}

#[test]
fn a_removed_series_is_gone_until_it_is_used_again() {
    let ended = Ended::global();
    let take = || {
        (
            ended.whole_total.with(of("gone")),
            ended.fractions_total.with(of("gone")),
            ended.stock.with(of("gone")),
            ended.stock_fractions.with(of("gone")),
            ended.level.with(of("gone")),
            ended.level_whole.with(of("gone")),
        )
    };
    let record = || {
        let (whole, fractions, stock, stock_fractions, level, level_whole) = take();
        move |times: u8| {
            whole.add(u64::from(times));
            fractions.add(f64::from(times));
            stock.add(i64::from(times));
            stock_fractions.add(f64::from(times));
            level.set(f64::from(times));
            level_whole.set(u64::from(times));
        }
    };
    let remove = || {
        [
            ended.whole_total.remove(of("gone")),
            ended.fractions_total.remove(of("gone")),
            ended.stock.remove(of("gone")),
            ended.stock_fractions.remove(of("gone")),
            ended.level.remove(of("gone")),
            ended.level_whole.remove(of("gone")),
        ]
    };
    assert_eq!(remove(), [false; 6], "there is nothing yet");
    ended.whole_total.with(of("stays")).add(7);

    for round in 1..=3 {
        let record_first = record();
        record_first(5);
        for name in NAMES {
            assert_eq!(number(name, "gone"), Some(5.0), "{name} {round}");
            assert!(in_text(name, "tenant", "gone"), "{name} {round}");
        }
        assert_eq!(remove(), [true; 6]);
        assert_eq!(remove(), [false; 6], "they are gone already");
        record_first(50);
        for name in NAMES {
            assert_eq!(number(name, "gone"), None, "{name} {round}");
            assert!(!in_text(name, "tenant", "gone"), "{name} {round}");
        }
        // A handle of the ended series never records, even if the series has begun again.
        let record_second = record();
        record_first(50);
        for name in &NAMES[..4] {
            assert_eq!(number(name, "gone"), Some(0.0), "{name} {round}");
        }
        for name in &NAMES[4..] {
            assert_eq!(number(name, "gone"), None, "{name} {round}");
        }
        record_second(3);
        record_first(50);
        for name in NAMES {
            assert_eq!(number(name, "gone"), Some(3.0), "{name} {round}");
        }
        remove();
        assert_eq!(number("ended_whole_total", "stays"), Some(7.0));
    }
}

#[test]
fn retain_ends_what_is_not_to_be_kept() {
    let counter = &Ended::global().retained_total;
    let tenants = ["a", "b", "c"];
    for tenant in tenants {
        for urgent in [false, true] {
            counter.with(Tenant { tenant, urgent }).inc();
        }
    }
    let mut seen = Vec::new();
    let ended = counter.retain(|labels| {
        let keys: Vec<_> = labels.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["tenant", "urgent"]);
        assert_eq!(labels.get("other"), None);
        let [tenant, urgent] = ["tenant", "urgent"].map(|key| labels.get(key).unwrap().to_string());
        let keep = tenant == "b" || urgent == "true";
        seen.push(format!("{tenant} {urgent}"));
        keep
    });
    assert_eq!(ended, 2);
    seen.sort();
    assert_eq!(seen, ["a false", "a true", "b false", "b true", "c false", "c true"]);
    let left = tenants.map(|tenant| number("ended_retained_total", tenant));
    assert_eq!(left, [None, Some(1.0), None]);
    assert_eq!(read().label_values("ended_retained_total", "tenant").len(), 4);
    assert_eq!(counter.retain(|_| true), 0);
    assert_eq!(counter.retain(|_| false), 4);
    assert_eq!(read().label_values("ended_retained_total", "tenant").len(), 0);
}

#[test]
fn retain_may_be_asked_with_a_closure_that_uses_the_metric() {
    let counter = &Ended::global().reentered_total;
    for tenant in ["a", "b", "c"] {
        counter.with(of(tenant)).inc();
    }
    let ended = counter.retain(|labels| {
        counter.with(of("new")).inc();
        counter.remove(of("c"));
        labels.get("tenant").is_some_and(|tenant| tenant.to_string() == "b")
    });
    assert!((1..=2).contains(&ended), "{ended}: whether `c` was there is as it comes");
    let left = ["a", "b", "c", "new"].map(|tenant| number("ended_reentered_total", tenant));
    assert_eq!(left, [None, Some(1.0), None, Some(3.0)]);
}

#[test]
fn a_guard_gives_back_to_the_series_that_it_took_from() {
    let inside = &Ended::global().inside;
    let guard = inside.with(of("door")).guard();
    assert!(inside.remove(of("door")));
    let second = inside.with(of("door")).guard();
    drop(guard);
    assert_eq!(number("ended_inside", "door"), Some(1.0));
    drop(second);
    assert_eq!(number("ended_inside", "door"), Some(0.0));
}
