//! How long an export may take.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::timeout_at};

/// A limit below the configured timeout, while somebody waits for a flush or a shutdown.
#[derive(Clone, Debug, Default)]
pub(super) struct ExportLimit(Arc<watch::Sender<Option<Deadlines>>>);

/// When exports have to end while a limit is set.
#[derive(Clone, Copy, Debug)]
struct Deadlines {
    /// For the export that was under way when the limit was set.
    under_way: Instant,
    /// For those that began later.
    later: Instant,
}

impl ExportLimit {
    /// Sets the limit until the returned value is dropped. Of two that overlap the later one counts.
    pub(super) fn set(&self, now: Instant, limit: Duration) -> Limited<'_> {
        let (under_way, later) = (after(now, limit / 2), after(now, limit));
        self.0.send_replace(Some(Deadlines { under_way, later }));
        Limited(self)
    }

    /// Runs one export, for `timeout` or as long as the limit allows. `None`: it was cut off.
    pub(super) async fn apply<T>(
        &self,
        timeout: Duration,
        export: impl Future<Output = T>,
    ) -> Option<T> {
        let mut export = pin!(export);
        let mut expired = pin!(self.expired(timeout));
        poll_fn(|context| match export.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => expired.as_mut().poll(context).map(|()| None),
        })
        .await
    }

    /// Ends when an export that begins now must end.
    async fn expired(&self, timeout: Duration) {
        let mut changes = self.0.subscribe();
        let mut end = after(Instant::now(), timeout);
        if let Some(deadlines) = *changes.borrow_and_update() {
            end = end.min(deadlines.later);
        }
        // The sender lives in `self`, so a change is the only way out of `changed()`.
        while timeout_at(end.into(), changes.changed()).await.is_ok() {
            if let Some(deadlines) = *changes.borrow_and_update() {
                end = end.min(deadlines.under_way);
            }
        }
    }
}

/// The instant after a time; far in the future if the clock cannot count so far.
fn after(now: Instant, time: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    now.checked_add(time).unwrap_or(now + FAR)
}

/// As long as this lives, exports are limited.
#[derive(Debug)]
pub(super) struct Limited<'a>(&'a ExportLimit);

impl Drop for Limited<'_> {
    fn drop(&mut self) {
        self.0.0.send_replace(None);
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn an_export_that_ends_in_time_is_untouched() {
        assert_eq!(ExportLimit::default().apply(LONG, ready(7)).await, Some(7));
    }

    #[tokio::test]
    async fn a_hanging_export_ends_at_the_timeout() {
        let limit = ExportLimit::default();
        let cut_off = limit.apply(Duration::from_millis(1), pending::<()>()).await;
        assert_eq!(cut_off, None);
    }

    #[tokio::test]
    async fn a_limit_reaches_the_export_under_way_and_those_after_it() {
        let limit = ExportLimit::default();
        let under_way = tokio::spawn({
            let limit = limit.clone();
            async move { limit.apply(LONG, pending::<()>()).await }
        });
        while limit.0.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        let limited = limit.set(Instant::now(), Duration::from_millis(2));
        assert_eq!(under_way.await.unwrap(), None);
        assert_eq!(limit.apply(LONG, pending::<()>()).await, None);
        drop(limited);
        assert!(limit.0.borrow().is_none());
    }
}
