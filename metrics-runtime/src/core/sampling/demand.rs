use std::time::{Duration, Instant};

/// When the next reader of a sample is expected, from when readers have come.
///
/// A sample is taken at most once for each interval, and left out if the next reader comes later
/// than the next sample: the readers of a slow exporter cause as many readings as they come, and
/// see samples that are younger than the interval.
#[derive(Debug)]
pub(super) struct Demand {
    interval: Duration,
    /// The times between the last readers. Zero is not known yet.
    gaps: [Duration; GAPS],
    next_gap: usize,
    last_reader: Option<Instant>,
    last_sample: Option<Instant>,
    /// Whether a reader has come after the last sample.
    is_read: bool,
}

/// Readers with different intervals take turns, so that the last time between two is not enough.
const GAPS: usize = 4;

impl Demand {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            gaps: [Duration::ZERO; GAPS],
            next_gap: 0,
            last_reader: None,
            last_sample: None,
            is_read: false,
        }
    }

    /// A reader has come. One reader looks at a sample for each of its metrics, and counts once.
    pub(super) fn read(&mut self, now: Instant) {
        if std::mem::replace(&mut self.is_read, true) {
            return;
        }
        if let Some(last) = self.last_reader.replace(now) {
            self.gaps[self.next_gap] = now.saturating_duration_since(last);
            self.next_gap = (self.next_gap + 1) % GAPS;
        }
    }

    /// A sample is taken.
    pub(super) fn sample(&mut self, now: Instant) {
        self.last_sample = Some(now);
        self.is_read = false;
    }

    /// Whether a sample is taken now, an interval or more after the last one.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let (Some(reader), Some(sample)) = (self.last_reader, self.last_sample) else {
            return true;
        };
        let gap = self.shortest_gap();
        let comes_before_the_next = now + self.interval >= reader + gap;
        // A reader that does not come any more is waited for at its own interval.
        comes_before_the_next && (self.is_read || now >= sample + gap)
    }

    fn shortest_gap(&self) -> Duration {
        self.gaps.into_iter().min().unwrap_or_default().max(self.interval)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Demand;

    const INTERVAL: u64 = 10;

    /// The seconds at which samples are taken during `seconds`, and the greatest age of a sample
    /// that a reader sees after the first thousand seconds.
    fn run(seconds: u64, is_read: impl Fn(u64) -> bool) -> (Vec<u64>, u64) {
        let start = Instant::now();
        let mut demand = Demand::new(Duration::from_secs(INTERVAL));
        let (mut samples, mut oldest) = (Vec::new(), 0);
        for second in 0..seconds {
            let now = start + Duration::from_secs(second);
            if second % INTERVAL == 0 && demand.is_due(now) {
                demand.sample(now);
                samples.push(second);
            }
            if is_read(second) {
                demand.read(now);
                if second > 1000 {
                    oldest = oldest.max(second - samples.last().copied().unwrap_or(0));
                }
            }
        }
        (samples, oldest)
    }

    #[test]
    fn a_reader_that_is_faster_than_the_interval_gets_a_sample_each_interval() {
        let (samples, oldest) = run(2000, |second| second % 3 == 0);
        assert_eq!(samples, (0..200).map(|sample| sample * INTERVAL).collect::<Vec<_>>());
        assert!(oldest < INTERVAL, "{oldest}");
    }

    #[test]
    fn a_slow_reader_gets_one_young_sample_each_time() {
        for (interval, phase) in [(300, 7), (60, 0), (25, 3), (15, 14)] {
            let (samples, oldest) = run(30_000, |second| second % interval == phase);
            let expected = 30_000 / interval;
            // The first readers find out how often they come.
            let learnt = 6 * interval / INTERVAL;
            assert!((samples.len() as u64) <= expected + learnt, "{interval}: {}", samples.len());
            assert!(oldest <= INTERVAL, "{interval}: a reader saw a sample of {oldest} s");
        }
    }

    #[test]
    fn readers_that_take_turns_see_young_samples() {
        let is_read = |second| second % 300 == 5 || second % 60 == 50;
        let (samples, oldest) = run(30_000, is_read);
        assert!(oldest <= 60, "{oldest}");
        assert!(samples.len() <= 30_000 / 15, "{}", samples.len());
    }

    #[test]
    fn a_reader_that_goes_away_is_waited_for_at_its_own_interval() {
        let (samples, _) = run(30_000, |second| second % 100 == 0 && second < 3000);
        let after = samples.iter().filter(|second| **second > 3100).count();
        assert!((200..=270).contains(&after), "{after}");
    }

    #[test]
    fn without_readers_there_is_a_sample_each_interval() {
        assert_eq!(run(100, |_| false).0.len(), 10);
    }
}
