//! The pauses between tries to connect.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The pause doubles from the shortest to the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// A connection that has lasted this long was a good one, so that the pauses begin anew after it.
/// Longer than a pause with the try after it.
const GOOD_AFTER: Duration = Duration::from_secs(12);

/// The tries since the last good connection: a server that drops each connection at once is not
/// asked again at once. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Backoff(Arc<Mutex<Tries>>);

#[derive(Debug, Default)]
struct Tries {
    count: u32,
    /// The time of the latest connection, until the next try.
    connected: Option<Instant>,
}

impl Backoff {
    /// Notes that a connection was made.
    pub(super) fn connected(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).connected = Some(Instant::now());
    }

    /// The pause before the next try, with jitter, so that processes that have lost the same server
    /// do not come back at the same moment.
    pub(super) fn pause(&self) -> Duration {
        let longest = self.next();
        // A random number, from the keys that the standard library gives to each map.
        let share = RandomState::new().hash_one(0_u8) as f64 / u64::MAX as f64;
        longest.mul_f64(0.5 + share / 2.0)
    }

    /// The longest pause before the next try.
    fn next(&self) -> Duration {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.connected.take().is_some_and(|at| at.elapsed() >= GOOD_AFTER) {
            tries.count = 0;
        }
        let doubled = SHORTEST_PAUSE.saturating_mul(1 << tries.count.min(16));
        tries.count = tries.count.saturating_add(1);
        doubled.min(LONGEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn short_connections_do_not_shorten_the_pauses() {
        let backoff = Backoff::default();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pauses.push(backoff.next().as_millis());
            advance(Duration::from_secs(1)).await;
            backoff.connected();
            advance(Duration::from_secs(1)).await;
        }
        assert_eq!(pauses, [100, 200, 400, 800, 1600, 3200, 4000, 4000]);
        for _ in 0..100 {
            backoff.next();
        }
        assert_eq!(backoff.next(), LONGEST_PAUSE);

        backoff.connected();
        advance(GOOD_AFTER).await;
        assert_eq!(backoff.next(), SHORTEST_PAUSE);
        // The time without a connection does not count.
        advance(GOOD_AFTER).await;
        assert_eq!(backoff.next(), SHORTEST_PAUSE * 2);
    }

    #[test]
    fn a_pause_is_at_least_half_of_the_longest_and_not_always_the_same() {
        let mut pauses = Vec::new();
        for _ in 0..20 {
            let pause = Backoff::default().pause();
            assert!((SHORTEST_PAUSE / 2..=SHORTEST_PAUSE).contains(&pause), "{pause:?}");
            pauses.push(pause);
        }
        pauses.dedup();
        assert!(pauses.len() > 1, "{pauses:?}");
    }
}
