//! Exports of some of the metrics, against a model of a program, its pushes and a collector.

mod model;

use std::sync::Arc;

use proptest::prelude::*;

use self::model::{Accepted, METRICS, Outcome, groups, run, steps};
use crate::periodic::DueGroups;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// The differences that one collector has accepted from two pushes add up to the counters, and
    /// the intervals of a series have neither gaps nor overlaps.
    #[test]
    fn differences_are_contiguous_and_add_up(
        steps in steps(),
        groups in [groups(), groups()],
        answers in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let outcome = run(&steps, groups, &answers, false);
        let mut all = Accepted::new();
        for (series, points) in outcome.accepted.iter().flatten() {
            all.entry(*series).or_default().extend(points);
        }
        for (series, points) in &mut all {
            points.sort_by_key(|point| point.time);
            for pair in points.windows(2) {
                prop_assert_eq!(pair[0].time, pair[1].start, "{:?}: {:?}", series, pair);
            }
            prop_assert!(points.iter().all(|point| point.start < point.time), "{:?}", points);
        }
        for (key, series) in outcome.series() {
            let points = &all[&key];
            prop_assert_eq!(points[0].start, series.labels.start().0);
            let sum: u64 = points.iter().map(|point| point.value).sum();
            prop_assert_eq!(sum, series.value, "{:?}: {:?}", key, points);
        }
    }

    /// What has ended is forgotten when each push has exported all groups, and not before if a
    /// group has the series still.
    #[test]
    fn series_that_have_ended_are_forgotten(
        steps in steps(),
        groups in [groups(), groups()],
        answers in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let mut outcome = run(&steps, groups, &answers, false);
        for ended in &outcome.program.ended {
            prop_assert_eq!(Arc::strong_count(ended), 1, "only the test has it");
        }
        for metric in 0..METRICS {
            while !outcome.program.metrics[metric].is_empty() {
                outcome.program.end(metric, 0);
            }
        }
        let Outcome { mut program, mut cursor, mut pushes, .. } = outcome;
        for push in &mut pushes {
            for group in 0..3 {
                let due = [group == 0, group == 1, group == 2];
                let (due, mut accepted) = (DueGroups::Some(&due), Accepted::new());
                push.export(&mut program, &mut cursor, due, || true, &mut accepted);
                prop_assert!(accepted.is_empty(), "{:?}", accepted);
            }
        }
        for ended in &program.ended {
            prop_assert_eq!(Arc::strong_count(ended), 1, "one round of the groups is enough");
        }
    }

    /// Each push sends the whole values since the start of the series.
    #[test]
    fn cumulative_values_begin_with_the_series(
        steps in steps(),
        groups in [groups(), groups()],
        answers in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let outcome = run(&steps, groups, &answers, true);
        for accepted in &outcome.accepted {
            for points in accepted.values() {
                prop_assert!(points.is_sorted_by_key(|point| (point.time, point.value)));
                prop_assert!(points.iter().all(|point| point.start == points[0].start));
            }
            for (key, series) in outcome.series() {
                let last = accepted[&key].last().unwrap();
                prop_assert_eq!((last.start, last.value), (series.labels.start().0, series.value));
            }
        }
    }
}
