use std::time::{Duration, Instant};

/// When a task runs for which of its groups.
///
/// The runs of a group lie on a grid that begins with the schedule, so that groups whose intervals
/// are multiples of each other always run together. A run that is late is made up for at once, and
/// the next one is at the next point of the grid: further runs that were missed are left out.
#[derive(Debug)]
pub(crate) struct Schedule {
    start: Instant,
    groups: Vec<Rhythm>,
    due: Vec<bool>,
}

#[derive(Debug)]
struct Rhythm {
    interval: Duration,
    next: Instant,
}

/// The groups that a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DueGroups<'a> {
    All,
    /// For each group, whether the run is for it.
    Some(&'a [bool]),
}

impl Schedule {
    /// The schedule of groups with these intervals, which begins at `start`. Without a group, the
    /// task does not run by itself.
    pub(crate) fn new(start: Instant, intervals: &[Duration]) -> Self {
        let rhythm = |&interval| Rhythm { interval, next: next_on_grid(start, interval, start) };
        let groups: Vec<_> = intervals.iter().map(rhythm).collect();
        Self { start, due: vec![false; groups.len()], groups }
    }

    /// When the next run is due.
    pub(crate) fn next_run(&self) -> Instant {
        let next = self.groups.iter().map(|group| group.next).min();
        next.unwrap_or_else(|| after(self.start, Duration::MAX))
    }

    /// The groups of the run that begins now. `None` if no run is due.
    pub(crate) fn begin_run(&mut self, now: Instant) -> Option<DueGroups<'_>> {
        if self.next_run() > now {
            return None;
        }
        for (group, due) in self.groups.iter_mut().zip(&mut self.due) {
            *due = group.next <= now;
            if *due {
                group.next = next_on_grid(self.start, group.interval, now);
            }
        }
        Some(if self.due.len() == 1 { DueGroups::All } else { DueGroups::Some(&self.due) })
    }
}

impl DueGroups<'_> {
    pub(crate) fn has(self, group: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some(due) => due.get(group).is_some_and(|due| *due),
        }
    }
}

/// The first point after `now` that is a multiple of the interval after `start`.
fn next_on_grid(start: Instant, interval: Duration, now: Instant) -> Instant {
    const NANOS: u128 = 1_000_000_000;

    let interval = interval.as_nanos().max(1);
    let elapsed = now.saturating_duration_since(start).as_nanos();
    let point = (elapsed / interval + 1) * interval;
    let nanos = u32::try_from(point % NANOS).unwrap_or_default();
    let time = u64::try_from(point / NANOS).map_or(Duration::MAX, |s| Duration::new(s, nanos));
    start.checked_add(time).unwrap_or_else(|| after(now, time))
}

/// The instant after a time, or an instant far in the future if the clock cannot represent it.
fn after(now: Instant, time: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    now.checked_add(time).unwrap_or(now + FAR)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A schedule, and the time in milliseconds after its start.
    struct Clock {
        schedule: Schedule,
        now: u64,
    }

    impl Clock {
        fn new(intervals: &[u64]) -> Self {
            let intervals: Vec<_> = intervals.iter().copied().map(Duration::from_millis).collect();
            Self { schedule: Schedule::new(Instant::now(), &intervals), now: 0 }
        }

        fn millis(&self, at: Instant) -> u64 {
            u64::try_from((at - self.schedule.start).as_millis()).unwrap()
        }

        /// When the next run is due.
        fn next(&self) -> u64 {
            self.millis(self.schedule.next_run())
        }

        /// The groups of the run that begins at this time.
        fn run_at(&mut self, at: u64) -> Option<Vec<usize>> {
            self.now = at;
            let now = self.schedule.start + Duration::from_millis(at);
            let groups = 0..self.schedule.groups.len();
            let due = self.schedule.begin_run(now)?;
            Some(groups.filter(|group| due.has(*group)).collect())
        }

        /// Waits for the next run, which is late by a delay.
        fn run_late(&mut self, delay: u64) -> Vec<usize> {
            let at = self.next().max(self.now) + delay;
            self.run_at(at).expect("is due")
        }
    }

    #[test]
    fn groups_whose_points_coincide_run_together() {
        let mut clock = Clock::new(&[2, 3, 6]);
        let mut runs = Vec::new();
        while clock.next() <= 12 {
            let groups = clock.run_late(0);
            runs.push((clock.now, groups));
        }
        let expected = [
            (2, vec![0]),
            (3, vec![1]),
            (4, vec![0]),
            (6, vec![0, 1, 2]),
            (8, vec![0]),
            (9, vec![1]),
            (10, vec![0]),
            (12, vec![0, 1, 2]),
        ];
        assert_eq!(runs, expected);
    }

    #[test]
    fn nothing_runs_before_it_is_due() {
        let mut clock = Clock::new(&[10, 25]);
        assert_eq!(clock.run_at(9), None);
        assert_eq!(clock.run_at(10), Some(vec![0]));
        assert_eq!(clock.run_at(10), None, "once");
        assert_eq!(clock.next(), 20);
    }

    #[test]
    fn runs_that_were_missed_are_left_out_and_the_grid_stays() {
        let mut clock = Clock::new(&[10, 30]);
        assert_eq!(clock.run_at(73), Some(vec![0, 1]), "once for all that were missed");
        assert_eq!(clock.next(), 80);
        assert_eq!(clock.run_at(98), Some(vec![0, 1]), "the slow one is late");
        assert_eq!(clock.next(), 100);
        assert_eq!(clock.run_at(100), Some(vec![0]));
        assert_eq!(clock.run_at(110), Some(vec![0]));
        assert_eq!(clock.run_at(120), Some(vec![0, 1]), "together again");
    }

    #[test]
    fn the_only_group_is_all_groups() {
        let mut schedule = Schedule::new(Instant::now(), &[Duration::from_secs(10)]);
        let now = schedule.next_run();
        assert_eq!(schedule.begin_run(now), Some(DueGroups::All));
    }

    #[test]
    fn intervals_of_any_length_are_possible() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start, &[Duration::MAX, Duration::ZERO]);
        for _ in 0..3 {
            let now = schedule.next_run();
            assert_eq!(schedule.begin_run(now), Some(DueGroups::Some(&[false, true])));
        }
        assert!(Schedule::new(start, &[Duration::MAX]).next_run() > start);
        assert!(Schedule::new(start, &[]).next_run() > start);
    }

    proptest! {
        /// Whatever the delays, a group runs once for each point of its grid, or once for several
        /// that it missed.
        #[test]
        fn every_group_keeps_its_rhythm(
            intervals in prop::collection::vec(1_u64..50, 1..5),
            delays in prop::collection::vec(prop_oneof![Just(0), 0_u64..60], 1..60),
        ) {
            let mut clock = Clock::new(&intervals);
            let mut served: Vec<u64> = vec![0; intervals.len()];
            for delay in delays {
                let due = clock.run_late(delay);
                prop_assert!(!due.is_empty());
                for (group, interval) in intervals.iter().enumerate() {
                    let points = clock.now / interval;
                    prop_assert_eq!(due.contains(&group), points > served[group], "{}", group);
                    served[group] = points;
                    let next = clock.millis(clock.schedule.groups[group].next);
                    prop_assert_eq!(next, (points + 1) * interval, "the next point of the grid");
                }
            }
        }

        /// Whatever the delays, a group runs with every group whose interval divides its own.
        #[test]
        fn a_multiple_coincides(
            interval in 1_u64..20,
            factors in prop::collection::vec(2_u64..6, 2),
            delays in prop::collection::vec(prop_oneof![Just(0), 0_u64..99], 1..100),
        ) {
            let (middle, slow) = (interval * factors[0], interval * factors[0] * factors[1]);
            let mut clock = Clock::new(&[interval, middle, slow]);
            for delay in delays {
                let due = clock.run_late(delay);
                prop_assert!(due == [0] || due == [0, 1] || due == [0, 1, 2], "{:?}", due);
            }
        }
    }
}
