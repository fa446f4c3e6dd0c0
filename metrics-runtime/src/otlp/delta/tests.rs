use std::{collections::BTreeMap, sync::Arc};

use osapi_metrics_rules::InstrumentKind;
use proptest::prelude::*;

use super::{
    cursor::{Cursor, MetricKey, PendingPoint, PushId},
    pool::{CursorLease, Destination},
    value::{BucketedValue, PointValue},
};
use crate::core::{
    snapshot::{ExponentialBuckets, ExponentialDistribution, MetricIdentity, Scope},
    storage::{SeriesLabels, Value},
    sync::{Timestamp, lock},
};

/// One series of one metric, and the cursor of a push that exports it.
struct Push {
    cursor: Cursor,
    metric: MetricKey,
    series: Arc<SeriesLabels>,
    now: u64,
}

/// A part that the endpoint has accepted, with its start.
type Part = (PointValue, u64);

impl Push {
    fn new() -> Self {
        let identity = MetricIdentity {
            scope: Scope::default(),
            name: "things".into(),
            unit: "".into(),
            help: "".into(),
            kind: InstrumentKind::Counter,
        };
        let series = series();
        Self { cursor: Cursor::default(), metric: MetricKey::of(&identity), series, now: 10 }
    }

    /// Exports a value, ten nanoseconds after the last one, to an endpoint that accepts it or not.
    fn export(&mut self, value: &PointValue, is_accepted: bool) -> Option<Part> {
        self.now += 10;
        let export = self.cursor.begin(PushId(1));
        self.cursor.keep(&self.metric, &self.series);
        let part = self.cursor.new_part(&self.metric, &self.series, value);
        self.cursor.forget_ended(export);
        let part = part?;
        if is_accepted {
            self.cursor.advance(vec![self.pending(value)], Timestamp(self.now));
        }
        Some((part.value, part.start.0))
    }

    fn pending(&self, value: &PointValue) -> PendingPoint {
        let (metric, series) = (self.metric.clone(), Arc::clone(&self.series));
        PendingPoint { metric, series, value: value.clone() }
    }
}

/// A series that began at the time 5.
fn series() -> Arc<SeriesLabels> {
    Arc::new(SeriesLabels::overflow(Timestamp(5)))
}

fn number(value: u64) -> PointValue {
    PointValue::Number(Value::U64(value))
}

fn double(value: f64) -> PointValue {
    PointValue::Number(Value::F64(value))
}

fn bucketed(boundaries: &[f64], buckets: &[u64], sum: f64) -> PointValue {
    PointValue::Bucketed(BucketedValue {
        count: buckets.iter().sum(),
        sum: Value::F64(sum),
        extremes: Some((Value::F64(1.0), Value::F64(2.0))),
        boundaries: boundaries.into(),
        buckets: buckets.to_vec(),
    })
}

/// The value as a difference shows it.
fn without_extremes(mut value: PointValue) -> PointValue {
    if let PointValue::Bucketed(bucketed) = &mut value {
        bucketed.extremes = None;
    }
    value
}

#[test]
fn the_first_part_is_the_whole_and_the_next_one_what_came_since() {
    let mut push = Push::new();
    assert_eq!(push.export(&number(41), true), Some((number(41), 5)));
    assert_eq!(push.export(&number(41), true), None, "nothing has changed");
    assert_eq!(push.export(&number(42), true), Some((number(1), 20)), "since the last export");
}

#[test]
fn what_was_not_accepted_is_part_of_the_next_one() {
    let mut push = Push::new();
    assert_eq!(push.export(&number(1), false), Some((number(1), 5)));
    assert_eq!(push.export(&number(3), true), Some((number(3), 5)));
    assert_eq!(push.export(&number(7), false), Some((number(4), 30)));
    assert_eq!(push.export(&number(7), true), Some((number(4), 30)));
}

#[test]
fn what_has_gone_back_has_begun_anew() {
    let mut push = Push::new();
    push.export(&number(100), true);
    assert_eq!(push.export(&number(40), true), Some((number(40), 20)));
    assert_eq!(push.export(&number(120), true), Some((number(80), 30)));

    let mut push = Push::new();
    push.export(&double(2.5), true);
    assert_eq!(push.export(&double(0.5), true), Some((double(0.5), 20)));

    let mut push = Push::new();
    push.export(&bucketed(&[1.0], &[3, 3], 9.0), true);
    let fewer = bucketed(&[1.0], &[4, 1], 5.0);
    assert_eq!(push.export(&fewer, true), Some((without_extremes(fewer.clone()), 20)));
    let moved = bucketed(&[1.0], &[1, 9], 12.0);
    assert_eq!(push.export(&moved, true), Some((without_extremes(moved.clone()), 30)));
}

#[test]
fn numbers_that_are_no_numbers_are_exported_as_they_are() {
    let mut push = Push::new();
    push.export(&double(1.0), true);
    let Some((PointValue::Number(Value::F64(value)), _)) = push.export(&double(f64::NAN), true)
    else {
        panic!("a number is expected")
    };
    assert!(value.is_nan());
    assert_eq!(push.export(&double(f64::INFINITY), true), Some((double(f64::INFINITY), 30)));
}

#[test]
fn new_boundaries_lose_nothing_and_count_nothing_twice() {
    let mut push = Push::new();
    push.export(&bucketed(&[1.0], &[3, 3], 9.0), true);
    assert_eq!(push.export(&bucketed(&[2.0], &[5, 1], 9.0), true), None);
    let unknown = PointValue::Bucketed(BucketedValue {
        count: 2,
        sum: Value::F64(2.5),
        extremes: None,
        boundaries: Arc::default(),
        buckets: Vec::new(),
    });
    let more = bucketed(&[2.0], &[6, 2], 11.5);
    assert_eq!(push.export(&more, true), Some((unknown, 20)));
    let (known, _) = push.export(&bucketed(&[2.0], &[6, 3], 15.0), true).unwrap();
    assert_eq!(known, without_extremes(bucketed(&[2.0], &[0, 1], 3.5)));
}

#[test]
fn a_series_that_ended_and_came_back_begins_anew() {
    let mut push = Push::new();
    push.export(&number(41), true);
    push.series = series();
    assert_eq!(push.export(&number(43), true), Some((number(43), 5)));
    assert_eq!(Arc::strong_count(&push.series), 2, "only the cursor holds the labels, too");
}

fn destination(endpoint: &str) -> Destination {
    Destination {
        process: 1,
        endpoint: endpoint.to_owned(),
        headers: http::HeaderMap::new(),
        service_name: None,
        resource: BTreeMap::new(),
    }
}

/// All in one test, because the pool is the process's.
#[test]
fn a_push_goes_on_where_another_one_is_or_ended() {
    let (first, second) = (destination("http://first"), destination("http://second"));
    let is_same =
        |one: &CursorLease, other: &CursorLease| Arc::ptr_eq(&one.cursor(), &other.cursor());
    let running = CursorLease::take(&first);
    let beside = CursorLease::take(&first);
    assert!(is_same(&running, &beside), "two pushes to one destination");
    assert_ne!(running.push(), beside.push());
    let elsewhere = CursorLease::take(&second);
    assert!(!is_same(&running, &elsewhere), "another destination");
    let headers = [(http::header::AUTHORIZATION, "x".parse().unwrap())].into_iter().collect();
    let other_headers = CursorLease::take(&Destination { headers, ..first.clone() });
    assert!(!is_same(&running, &other_headers), "other credentials at one endpoint");

    let mut push = Push::new();
    push.export(&number(41), true);
    *lock(&running.cursor().cursor) = std::mem::take(&mut push.cursor);
    drop((running, beside));
    for next in [first, destination("http://third")] {
        push.cursor = lock(&CursorLease::take(&next).cursor().cursor).clone();
        assert_eq!(push.export(&number(42), false), Some((number(1), 20)), "{next:?}");
    }
}

#[test]
fn pushes_to_one_destination_do_not_forget_each_others_series() {
    let mut push = Push::new();
    let (own, of_other) = (Arc::clone(&push.series), series());
    push.export(&number(41), true);
    let export = push.cursor.begin(PushId(2));
    let pending = PendingPoint { series: Arc::clone(&of_other), ..push.pending(&number(7)) };
    push.cursor.advance(vec![pending], Timestamp(25));
    push.cursor.forget_ended(export);
    assert_eq!(push.export(&number(42), true), Some((number(1), 20)));
    push.series = of_other;
    push.cursor.end(PushId(1));
    let export = push.cursor.begin(PushId(2));
    push.cursor.keep(&push.metric, &push.series);
    push.cursor.forget_ended(export);
    assert_eq!(Arc::strong_count(&own), 1, "a push that has ended keeps no series");
    assert_eq!(push.export(&number(9), true), Some((number(2), 25)));
}

/// Samples in the buckets of scale 4, by index.
type Samples = BTreeMap<i32, u64>;

/// The samples in the buckets of a coarser scale.
fn exponential(samples: &Samples, scale: i32) -> PointValue {
    let mut joined = Samples::new();
    for (index, count) in samples {
        *joined.entry(index >> (4 - scale)).or_default() += count;
    }
    let offset = joined.keys().next().copied().unwrap_or_default();
    let end = joined.keys().last().copied().unwrap_or_default();
    let counts = (offset..=end).map(|index| joined.get(&index).copied().unwrap_or(0)).collect();
    let count = samples.values().sum();
    PointValue::Exponential(ExponentialDistribution {
        count,
        sum: Value::U64(count * 3),
        extremes: None,
        scale,
        zero_count: count / 2,
        zero_threshold: 0.0,
        positive: ExponentialBuckets { offset, counts },
        negative: ExponentialBuckets::default(),
    })
}

/// Adds a received difference, in the buckets of a coarser scale.
fn receive(into: &mut Samples, part: &PointValue, scale: i32) -> u64 {
    let PointValue::Exponential(part) = part else { panic!("{part:?}") };
    for (index, count) in (part.positive.offset..).zip(&part.positive.counts) {
        *into.entry(index >> (part.scale - scale)).or_default() += count;
    }
    into.retain(|_, count| *count > 0);
    part.count
}

proptest! {
    /// Whatever fails, the parts that were accepted add up to the whole.
    #[test]
    fn accepted_parts_of_numbers_add_up(
        steps in prop::collection::vec((0_u64..1000, any::<bool>()), 1..40),
    ) {
        let (mut push, mut sum, mut received) = (Push::new(), 0, 0);
        let last = (0, true);
        for (more, is_accepted) in steps.into_iter().chain([last]) {
            sum += more;
            if let Some((PointValue::Number(Value::U64(part)), _)) =
                push.export(&number(sum), is_accepted)
                && is_accepted
            {
                received += part;
            }
        }
        prop_assert_eq!(received, sum);
    }

    #[test]
    fn accepted_parts_of_distributions_add_up(
        steps in prop::collection::vec((prop::collection::vec(0_u64..9, 3), any::<bool>()), 1..40),
    ) {
        let (mut push, mut buckets, mut received) = (Push::new(), vec![0; 3], vec![0; 3]);
        let last = (vec![0; 3], true);
        for (more, is_accepted) in steps.into_iter().chain([last]) {
            buckets.iter_mut().zip(&more).for_each(|(bucket, more)| *bucket += more);
            let sum = buckets.iter().sum::<u64>() as f64;
            let part = push.export(&bucketed(&[1.0, 2.0], &buckets, sum), is_accepted);
            if let Some((PointValue::Bucketed(part), _)) = part {
                prop_assert_eq!(part.count, part.buckets.iter().sum::<u64>());
                if is_accepted {
                    received.iter_mut().zip(&part.buckets).for_each(|(all, part)| *all += part);
                }
            }
        }
        prop_assert_eq!(received, buckets);
    }

    /// Buckets become coarser from time to time.
    #[test]
    fn accepted_parts_of_exponential_distributions_add_up(
        steps in prop::collection::vec((-200_i32..200, 1_u64..9, 0_u8..10, any::<bool>()), 1..40),
    ) {
        let (mut push, mut samples, mut received) = (Push::new(), Samples::new(), Vec::new());
        let mut scale = 4;
        let last = (0, 1, 5, true);
        for (index, more, coarser, is_accepted) in steps.into_iter().chain([last]) {
            *samples.entry(index).or_default() += more;
            if coarser == 0 {
                scale -= 1;
            }
            let part = push.export(&exponential(&samples, scale), is_accepted);
            if let Some((part, _)) = part && is_accepted {
                received.push(part);
            }
        }
        let mut sum = Samples::new();
        let count: u64 = received.iter().map(|part| receive(&mut sum, part, scale)).sum();
        let mut expected = Samples::new();
        receive(&mut expected, &exponential(&samples, scale), scale);
        prop_assert_eq!(sum, expected);
        prop_assert_eq!(count, samples.values().sum::<u64>());
    }
}
