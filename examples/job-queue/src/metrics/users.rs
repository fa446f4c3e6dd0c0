use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use osapi_metrics::{MetricSet, instruments::Observation};

use super::api::ApiMetrics;

/// The most users that are told apart; further users are not counted while so many are active.
const MAX_USERS: usize = 100_000;

/// The users that the API has heard of lately: the value of `active_users`. Clones share them.
#[derive(Clone, Debug)]
pub struct ActiveUsers {
    window: Duration,
    seen: Arc<Mutex<HashMap<Box<str>, Instant>>>,
}

impl ActiveUsers {
    /// A user is active for `window` after the API has heard of the user.
    pub fn new(window: Duration) -> Self {
        Self { window, seen: Arc::default() }
    }

    /// Says that the API has heard of a user.
    pub fn seen(&self, user: &str) {
        self.seen_at(user, Instant::now());
    }

    /// The number of active users.
    pub fn count(&self) -> usize {
        self.count_at(Instant::now())
    }

    /// Observes the number until the returned value is dropped.
    pub fn observe(&self) -> Observation {
        let users = self.clone();
        ApiMetrics::global().active_users.observe(move || users.count() as u64)
    }

    fn seen_at(&self, user: &str, now: Instant) {
        let mut seen = self.lock();
        if let Some(last) = seen.get_mut(user) {
            *last = now;
            return;
        }
        if seen.len() >= MAX_USERS {
            self.forget(&mut seen, now);
        }
        if seen.len() < MAX_USERS {
            seen.insert(user.into(), now);
        }
    }

    fn count_at(&self, now: Instant) -> usize {
        let mut seen = self.lock();
        self.forget(&mut seen, now);
        seen.len()
    }

    /// Removes the users that are not active any more.
    fn forget(&self, seen: &mut HashMap<Box<str>, Instant>, now: Instant) {
        seen.retain(|_, last| now.saturating_duration_since(*last) < self.window);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Instant>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics::testing;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_user_is_active_for_a_while() {
        let users = ActiveUsers::new(5 * MINUTE);
        let now = Instant::now();
        users.seen_at("ada", now);
        users.seen_at("ada", now + 3 * MINUTE);
        users.seen_at("bob", now);
        assert_eq!(users.count_at(now + 4 * MINUTE), 2);
        assert_eq!(users.count_at(now + 6 * MINUTE), 1);
        assert_eq!(users.count_at(now + 8 * MINUTE), 0);
    }

    #[test]
    fn the_number_of_users_is_observed() {
        let captured = testing::capture_thread();
        let users = ActiveUsers::new(5 * MINUTE);
        let _observation = users.observe();
        users.seen("ada");
        assert_eq!(captured.gauge("active_users", &[]).unwrap(), 1);
    }
}
