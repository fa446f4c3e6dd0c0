//! States of a server that are logged when they begin and when they are over.

use std::time::Duration;

use tokio::time::Instant;

/// A condition is over when it was not observed for this time. A server at its limit accepts a
/// connection for each one that ends, and each of these would be a change of state otherwise.
const QUIET: Duration = Duration::from_secs(5);

/// A condition that may be observed many times before it is over.
#[derive(Debug, Default)]
pub(super) struct Condition {
    last: Option<Instant>,
}

impl Condition {
    /// Notes that the condition is there. Returns whether it has begun with this.
    pub(super) fn observe(&mut self) -> bool {
        self.last.replace(Instant::now()).is_none()
    }

    /// The time until the condition is over if it is not observed again; absent while it is not
    /// there.
    pub(super) fn rest(&self) -> Option<Duration> {
        Some(QUIET.saturating_sub(self.last?.elapsed()))
    }

    /// Whether the condition was there and is over now.
    pub(super) fn ends(&mut self) -> bool {
        let is_over = self.rest() == Some(Duration::ZERO);
        if is_over {
            self.last = None;
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_condition_begins_once_and_ends_once() {
        let mut condition = Condition::default();
        assert!(!condition.ends());
        assert!(condition.observe());
        for _ in 0..10 {
            tokio::time::advance(QUIET / 2).await;
            assert!(!condition.ends());
            assert!(!condition.observe());
        }
        tokio::time::advance(QUIET).await;
        assert_eq!(condition.rest(), Some(Duration::ZERO));
        assert!(condition.ends());
        assert!(!condition.ends());
        assert_eq!(condition.rest(), None);
        assert!(condition.observe());
    }
}
