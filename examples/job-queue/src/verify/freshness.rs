//! How old a value can be at the receiver.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use super::receiver::Export;

/// The greatest ages of the metrics of one interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    /// The greatest age of a value: from the collection before, in which a change just came too
    /// late, to the arrival of the next export that has it.
    pub(super) oldest: Duration,
    /// The metric with that age.
    pub(super) metric: String,
    /// The number of metrics.
    pub(super) metrics: usize,
    /// The number of arrivals of the group.
    pub(super) arrivals: usize,
    /// The greatest time between two arrivals of a metric.
    pub(super) gap: Duration,
}

impl Freshness {
    /// The metrics for which the closure returns true. `None` if none of them has arrived twice.
    pub(super) fn of(exports: &[Export], is_of: impl Fn(&str) -> bool) -> Option<Self> {
        let mut last: BTreeMap<&str, (SystemTime, SystemTime)> = BTreeMap::new();
        let mut oldest: Option<(Duration, &str)> = None;
        let (mut gap, mut arrivals) = (Duration::ZERO, 0);
        for export in exports {
            let metrics = export.metrics.iter().filter(|(name, _)| is_of(name));
            let mut has_arrived = false;
            for (name, collected) in metrics {
                has_arrived = true;
                let now = (*collected, export.arrived);
                let Some((before, arrived)) = last.insert(name, now) else { continue };
                gap = gap.max(between(arrived, export.arrived));
                let age = between(before, export.arrived);
                if oldest.is_none_or(|(oldest, _)| age > oldest) {
                    oldest = Some((age, name));
                }
            }
            arrivals += usize::from(has_arrived);
        }
        let (oldest, metric) = oldest?;
        Some(Self { oldest, metric: metric.to_owned(), metrics: last.len(), arrivals, gap })
    }
}

/// The longest time from the moment at which a client saw the end of a job to the arrival of the
/// first export that counts it. The moments are those of all jobs of the process; a job that no
/// export counts is left out.
pub(super) fn job_ends(exports: &[Export], seen: &[SystemTime]) -> Option<Duration> {
    let mut seen = seen.to_vec();
    seen.sort_unstable();
    let mut ends = seen.into_iter();
    let (mut counted, mut longest) = (0_u64, None);
    for export in exports {
        let new = export.completed.unwrap_or(0).saturating_sub(counted);
        counted += new;
        for end in ends.by_ref().take(usize::try_from(new).unwrap_or(usize::MAX)) {
            longest = longest.max(Some(between(end, export.arrived)));
        }
    }
    longest
}

/// The time between two moments, zero if they are in the other order.
pub(super) fn between(begin: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(begin).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(millis: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn export(collected: u64, arrived: u64, metrics: &[&str], completed: Option<u64>) -> Export {
        let metrics = metrics.iter().map(|name| ((*name).to_owned(), at(collected)));
        Export { arrived: at(arrived), metrics: metrics.collect(), completed }
    }

    #[test]
    fn an_age_begins_with_the_collection_before() {
        let exports = [
            export(5_000, 5_010, &["jobs", "queue"], None),
            export(10_000, 10_020, &["jobs", "rss"], None),
            export(15_000, 15_500, &["jobs", "queue"], None),
        ];
        let found = Freshness::of(&exports, |name| name != "rss").unwrap();
        let millis = Duration::from_millis;
        assert_eq!((found.oldest, found.metric.as_str()), (millis(10_500), "queue"));
        assert_eq!((found.gap, found.arrivals, found.metrics), (millis(10_490), 3, 2));
        assert_eq!(Freshness::of(&exports, |name| name == "rss"), None);
    }

    #[test]
    fn the_end_of_a_job_arrives_with_the_first_export_that_counts_it() {
        let exports = [
            export(0, 100, &[], None),
            export(0, 5_000, &[], Some(2)),
            export(0, 7_000, &[], Some(2)),
            export(0, 10_000, &[], Some(3)),
        ];
        let seen = [at(6_000), at(1_000), at(4_000), at(11_000)];
        assert_eq!(job_ends(&exports, &seen), Some(Duration::from_secs(4)));
        assert_eq!(job_ends(&exports[..1], &seen), None);
    }
}
