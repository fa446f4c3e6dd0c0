//! `remove` and `retain` of series.

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter, instruments::HistogramSeries,
};
use osapi_metrics_tests::reading::Histogram as Samples;

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
    /// Samples.
    #[metric(unit = "s", buckets = [1, 4])]
    wait_seconds: Histogram<Tenant>,
    /// Samples of whole numbers.
    #[metric(unit = "By", buckets = [1, 4])]
    sent_bytes: Histogram<Tenant, u64>,
    /// Timed.
    #[metric(unit = "s", buckets = [1_000])]
    timed_seconds: Histogram<Tenant>,
    /// Ended many times.
    many_total: Counter<Tenant>,
    /// Ended many times.
    many_level: Gauge<Tenant>,
    /// Ended many times.
    #[metric(unit = "s", buckets = [1, 4])]
    many_seconds: Histogram<Tenant>,
    /// Ended by what they are.
    retained_total: Counter<Tenant>,
    /// Ended by what they are.
    #[metric(unit = "s", buckets = [1, 4])]
    retained_seconds: Histogram<Tenant>,
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

/// The buckets and the sum of a histogram.
fn samples(name: &str, tenant: &str) -> Option<(Vec<u64>, f64)> {
    let labels = [("tenant", tenant), ("urgent", "false")];
    let Samples { count, sum, buckets, .. } = read().histogram(name, &labels)?;
    assert_eq!(buckets.iter().sum::<u64>(), count);
    Some((buckets, sum))
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

const HISTOGRAMS: [&str; 2] = ["ended_wait_seconds", "ended_sent_bytes"];

#[test]
fn a_removed_histogram_is_gone_until_it_is_used_again() {
    let Ended { wait_seconds, sent_bytes, .. } = Ended::global();
    let take = || (wait_seconds.with(of("gone")), sent_bytes.with(of("gone")));
    let record = |(wait, sent): (HistogramSeries, HistogramSeries<u64>), value: u32| {
        wait.record(f64::from(value));
        sent.record(u64::from(value));
    };
    let remove = || [wait_seconds.remove(of("gone")), sent_bytes.remove(of("gone"))];
    assert_eq!(remove(), [false; 2], "there is nothing yet");
    wait_seconds.with(of("stays")).record(2.0);
    for round in 1..=3 {
        let first = take();
        (1..=5).for_each(|value| record(first, value));
        for name in HISTOGRAMS {
            assert_eq!(samples(name, "gone"), Some((vec![1, 3, 1], 15.0)), "{name} {round}");
            assert!(in_text(name, "tenant", "gone"), "{name} {round}");
        }
        assert_eq!(remove(), [true; 2]);
        assert_eq!(remove(), [false; 2], "they are gone already");
        record(first, 50);
        for name in HISTOGRAMS {
            assert_eq!(samples(name, "gone"), None, "{name} {round}");
            assert!(!in_text(name, "tenant", "gone"), "{name} {round}");
        }
        // A handle of the ended series never records, also if the next series of its slot has
        // begun, and also on another thread.
        let second = take();
        record(first, 50);
        std::thread::spawn(move || record(first, 50)).join().unwrap();
        for name in HISTOGRAMS {
            assert_eq!(samples(name, "gone"), None, "{name} {round}");
        }
        record(second, 3);
        record(first, 50);
        std::thread::spawn(move || record(second, 9)).join().unwrap();
        for name in HISTOGRAMS {
            assert_eq!(samples(name, "gone"), Some((vec![0, 1, 1], 12.0)), "{name} {round}");
        }
        remove();
        assert_eq!(samples("ended_wait_seconds", "stays"), Some((vec![0, 1, 0], 2.0)));
    }
}

#[test]
fn a_timer_of_an_ended_series_records_nothing() {
    let timed = &Ended::global().timed_seconds;
    let first = timed.with(of("door")).start_timer();
    assert!(timed.remove(of("door")));
    let second = timed.with(of("door")).start_timer();
    first.stop();
    assert_eq!(samples("ended_timed_seconds", "door"), None);
    second.stop();
    assert_eq!(samples("ended_timed_seconds", "door").unwrap().0, [1, 0]);
}

/// More often than a cell of a histogram can distinguish the generations of its slot.
#[test]
fn a_series_that_ends_seventy_thousand_times_is_exact() {
    let Ended { many_total, many_level, many_seconds, .. } = Ended::global();
    let take = || {
        let tenant = || of("many");
        (many_total.with(tenant()), many_level.with(tenant()), many_seconds.with(tenant()))
    };
    let record = move || {
        let (total, level, seconds) = take();
        total.inc();
        level.set(7.0);
        seconds.record(2.0);
    };
    let remove = || {
        let tenant = || of("many");
        (many_total.remove(tenant()), many_level.remove(tenant()), many_seconds.remove(tenant()))
    };
    let mut early = Vec::new();
    for round in 0..70_000 {
        record();
        // In the cells of another thread, which may not be written again.
        let by_another = round < 5_000 && round % 1_000 == 0;
        if by_another {
            early.push(take());
            std::thread::spawn(record).join().unwrap();
        }
        let may_repeat = round > 65_500 && [535, 536, 537].contains(&(round % 1_000));
        if round % 7_000 == 0 || may_repeat {
            let earlier = if by_another { early.len() - 1 } else { early.len() };
            for (total, level, seconds) in &early[..earlier] {
                total.add(100);
                level.set(100.0);
                seconds.record(100.0);
            }
            let times = if by_another { 2_u32 } else { 1 };
            assert_eq!(number("ended_many_total", "many"), Some(f64::from(times)), "{round}");
            assert_eq!(number("ended_many_level", "many"), Some(7.0), "{round}");
            let shown = samples("ended_many_seconds", "many");
            let expected = (vec![0, u64::from(times), 0], 2.0 * f64::from(times));
            assert_eq!(shown, Some(expected), "{round}");
        }
        assert_eq!(remove(), (true, true, true), "{round}");
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
fn retain_ends_histograms_that_are_not_to_be_kept() {
    let histogram = &Ended::global().retained_seconds;
    let kept: Vec<_> = ["a", "b", "c"].map(|tenant| histogram.with(of(tenant))).into();
    let record = || kept.iter().for_each(|series| series.record(2.0));
    let left = || ["a", "b", "c"].map(|tenant| samples("ended_retained_seconds", tenant));
    record();
    let ended = histogram.retain(|labels| labels.get("tenant").unwrap().to_string() == "b");
    assert_eq!(ended, 2);
    record();
    assert_eq!(left(), [None, Some((vec![0, 2, 0], 4.0)), None]);
    histogram.with(of("c")).record(0.5);
    record();
    assert_eq!(left(), [None, Some((vec![0, 3, 0], 6.0)), Some((vec![1, 0, 0], 0.5))]);
    assert_eq!(histogram.retain(|_| true), 0);
    assert_eq!(histogram.retain(|_| false), 2);
    record();
    assert_eq!(left(), [None, None, None]);
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
