//! Waits that end.

use std::time::Duration;

use tokio::time::{interval, timeout};

/// The longest time that the test waits for a condition.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The time between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// Waits until `holds` returns true.
///
/// # Panics
///
/// With `what`, if it does not return true in time.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let poll = async {
        let mut look = interval(LOOK);
        while !holds().await {
            look.tick().await;
        }
    };
    let ended = timeout(PATIENCE, poll).await;
    ended.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"));
}
