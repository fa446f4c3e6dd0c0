//! The time between the tries of one request.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use super::answer::Retry;

/// The most tries of a request. With the first times between them they take about 6 s, so that an
/// export outlasts the restart of a collector; what has not arrived by then is part of the next
/// export. The time-out of the export ends them earlier.
const MAX_TRIES: u32 = 7;

/// The time after the first try.
const FIRST: Duration = Duration::from_millis(100);

/// Times that double from try to try, with jitter, so that the exporters of a fleet do not come
/// back all at once.
#[derive(Debug)]
pub(super) struct Backoff {
    tries: u32,
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { tries: 0, next: FIRST }
    }
}

impl Backoff {
    /// The time to wait after a failed try; `None` if there are no more tries.
    ///
    /// A time that the endpoint asks for is the first of the further ones, and it is never cut
    /// short. It is never shorter than the time of the exporter's own: an endpoint that asks for
    /// none would be asked without a pause.
    pub(super) fn wait(&mut self, retry: Retry) -> Option<Duration> {
        self.tries += 1;
        if self.tries == MAX_TRIES {
            return None;
        }
        let wait = match retry {
            Retry::Never => return None,
            Retry::Yes => self.next.mul_f64(0.75) + self.next.mul_f64(0.5 * random()),
            Retry::After(asked) => {
                self.next = self.next.max(asked);
                self.next.saturating_add(self.next.mul_f64(0.25 * random()))
            }
        };
        self.next = self.next.saturating_mul(2);
        Some(wait)
    }
}

/// A random number from 0 to 1, from the keys that the standard library gives to each map.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(0_u8);
    bits as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_double_and_vary() {
        let (mut backoff, mut expected) = (Backoff::default(), FIRST);
        for _ in 1..MAX_TRIES {
            let wait = backoff.wait(Retry::Yes).unwrap();
            assert!(wait >= expected.mul_f64(0.749) && wait <= expected.mul_f64(1.251), "{wait:?}");
            expected *= 2;
        }
        assert_eq!(backoff.wait(Retry::Yes), None);
        let distinct: std::collections::HashSet<_> =
            (0..20).map(|_| Backoff::default().wait(Retry::Yes)).collect();
        assert!(distinct.len() > 10, "{distinct:?}");
    }

    #[test]
    fn a_time_that_the_endpoint_asks_for_is_kept_and_is_the_seed() {
        let mut backoff = Backoff::default();
        let asked = Duration::from_secs(3);
        let wait = backoff.wait(Retry::After(asked)).unwrap();
        assert!(wait >= asked && wait <= asked.mul_f64(1.251), "{wait:?}");
        let next = backoff.wait(Retry::Yes).unwrap();
        assert!(next >= asked.mul_f64(1.49), "{next:?}");
    }

    #[test]
    fn an_endpoint_that_asks_for_no_time_is_not_asked_without_a_pause() {
        let mut backoff = Backoff::default();
        for times in [1, 2, 4] {
            let wait = backoff.wait(Retry::After(Duration::ZERO)).unwrap();
            assert!(wait >= FIRST * times, "{wait:?}");
        }
    }

    #[test]
    fn a_long_time_does_not_overflow() {
        let mut backoff = Backoff::default();
        assert_eq!(
            backoff.wait(Retry::After(Duration::MAX / 2)).map(|wait| wait > FIRST),
            Some(true)
        );
    }

    #[test]
    fn a_final_answer_has_no_further_try() {
        assert_eq!(Backoff::default().wait(Retry::Never), None);
    }
}
