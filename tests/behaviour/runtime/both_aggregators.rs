//! A reader that a user adds gets what a scrape shows: for any samples of any threads, recorded
//! before and after the reader comes, the SDK's aggregation agrees with that of the recording core.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, Metrics, UpDownCounter, config::Environment,
};
use osapi_metrics_tests::reading::Reading;
use proptest::{collection::vec, prelude::*};

use super::readers::KeptReader;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 1_000)]
    case: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "both_aggregators")]
struct Both {
    /// Counted.
    counted_total: Counter<Case>,
    /// Up and down.
    stock: UpDownCounter<Case>,
    /// Samples, also below the first boundary and below zero.
    #[metric(unit = "s", buckets = [0.25, 1, 2, 4])]
    wait_seconds: Histogram<Case>,
    /// Samples of whole numbers.
    #[metric(unit = "By", buckets = [1, 2, 4, 100])]
    size_bytes: Histogram<Case, u64>,
}

/// Samples in quarters, which floats add up exactly in any order.
fn samples() -> impl Strategy<Value = Vec<(i16, u16)>> {
    vec((-20_i16..40, 0_u16..200), 0..60)
}

fn record(case: Case, samples: &[(i16, u16)]) {
    let both = Both::global();
    for (quarters, size) in samples {
        both.counted_total.with(case).inc();
        both.stock.with(case).add(i64::from(*quarters));
        both.wait_seconds.with(case).record(f64::from(*quarters) / 4.0);
        both.size_bytes.with(case).record(u64::from(*size));
    }
}

fn record_on_threads(case: Case, samples: &[Vec<(i16, u16)>]) {
    thread::scope(|scope| {
        for samples in samples {
            scope.spawn(move || record(case, samples));
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn both_aggregators_agree(
        before in vec(samples(), 0..3),
        during in vec(samples(), 1..4),
        after in vec(samples(), 0..3),
    ) {
        agree(&before, &during, &after)?;
    }
}

/// A sum below zero, which one text format does not show.
#[test]
fn both_aggregators_agree_on_a_negative_sum() {
    agree(&[vec![(-8, 3)]], &[vec![(-1, 0)]], &[vec![(4, 1)]]).unwrap();
}

fn agree(
    before: &[Vec<(i16, u16)>],
    during: &[Vec<(i16, u16)>],
    after: &[Vec<(i16, u16)>],
) -> Result<(), TestCaseError> {
    static CASES: AtomicU64 = AtomicU64::new(0);
    let number = CASES.fetch_add(1, Ordering::Relaxed);
    let case = Case { case: number };

    record_on_threads(case, before);
    let reader = KeptReader::new();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let builder = builder.reader(reader.clone());
    // The reader comes while threads record.
    let metrics = thread::scope(|scope| {
        scope.spawn(|| record_on_threads(case, during));
        builder.install().unwrap()
    });
    record_on_threads(case, after);

    let all: Vec<_> = before.iter().chain(during).chain(after).flatten().collect();
    let text = number.to_string();
    let labels = [("case", text.as_str())];
    let reading = Reading::of_text(&metrics);
    let count = all.len() as u64;
    let label = Some(("case", i64::try_from(number).unwrap()));
    if count == 0 {
        prop_assert!(reading.histogram("both_aggregators_wait_seconds", &labels).is_none());
        prop_assert!(reader.find_histogram("both_aggregators_wait_seconds", label).is_none());
        return Ok(());
    }
    for name in ["both_aggregators_wait_seconds", "both_aggregators_size_bytes"] {
        let ours = reading.histogram(name, &labels).unwrap();
        let theirs = reader.find_histogram(name, label).unwrap();
        prop_assert_eq!(ours.count, count);
        prop_assert_eq!(ours.count, theirs.count, "{}", name);
        prop_assert_eq!(&ours.buckets, &theirs.buckets, "{}", name);
        // What was recorded before the reader came is passed on in samples of the same sum.
        prop_assert!((ours.sum - theirs.sum).abs() <= 1e-9 * ours.sum.abs().max(1.0));
    }
    let quarters = || all.iter().map(|(quarters, _)| *quarters);
    let theirs = reader.find_histogram("both_aggregators_wait_seconds", label).unwrap();
    let seconds = |quarters: Option<i16>| quarters.map(|quarters| f64::from(quarters) / 4.0);
    let extremes = (seconds(quarters().min()), seconds(quarters().max()));
    prop_assert_eq!((theirs.min, theirs.max), extremes);
    let sum = quarters().map(|quarters| f64::from(quarters) / 4.0).sum::<f64>();
    let ours = reading.histogram("both_aggregators_wait_seconds", &labels).unwrap();
    prop_assert_eq!(ours.sum.to_bits(), sum.to_bits());

    let shown = reading.number("both_aggregators_counted_total", &labels);
    prop_assert_eq!(shown, Some(count as f64));
    let counted = reader.find_sum("both_aggregators_counted_total", label);
    prop_assert_eq!(counted, Some(count as f64));
    let stock = quarters().map(f64::from).sum::<f64>();
    prop_assert_eq!(reading.number("both_aggregators_stock", &labels), Some(stock));
    prop_assert_eq!(reader.find_sum("both_aggregators_stock", label), Some(stock));
    Ok(())
}
