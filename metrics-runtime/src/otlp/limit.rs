//! The time limit of an export.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::coop::unconstrained, time::timeout_at};

/// A limit below the configured timeout, which holds while a flush or a shutdown waits.
#[derive(Clone, Debug, Default)]
pub(super) struct ExportLimit(Arc<watch::Sender<Option<Deadlines>>>);

/// The instants at which exports have to end while a limit is set.
#[derive(Clone, Copy, Debug)]
struct Deadlines {
    /// The deadline of the export that was under way when the limit was set.
    under_way: Instant,
    /// The deadline of exports that began later.
    later: Instant,
}

impl ExportLimit {
    /// Sets the limit until the returned guard is dropped. When two limits overlap, the later one
    /// applies.
    pub(super) fn set(&self, now: Instant, limit: Duration) -> LimitGuard<'_> {
        let (under_way, later) = (after(now, limit / 2), after(now, limit));
        self.0.send_replace(Some(Deadlines { under_way, later }));
        LimitGuard(self)
    }

    /// Runs one export within `timeout`, or within the limit if the limit is shorter. Returns
    /// `None` if the export exceeded its time.
    pub(super) async fn apply<T>(
        &self,
        timeout: Duration,
        export: impl Future<Output = T>,
    ) -> Option<T> {
        let mut export = pin!(export);
        // A peer whose answer is always there uses up the budget of the task, without which a timer
        // is never ready.
        let mut expired = pin!(unconstrained(self.expired(timeout)));
        poll_fn(|context| match export.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => expired.as_mut().poll(context).map(|()| None),
        })
        .await
    }

    /// Completes at the deadline of an export that begins now.
    async fn expired(&self, timeout: Duration) {
        let mut changes = self.0.subscribe();
        let mut end = after(Instant::now(), timeout);
        if let Some(deadlines) = *changes.borrow_and_update() {
            end = end.min(deadlines.later);
        }
        // The sender lives in `self`, so `changed()` completes only after a change.
        while timeout_at(end.into(), changes.changed()).await.is_ok() {
            if let Some(deadlines) = *changes.borrow_and_update() {
                end = end.min(deadlines.under_way);
            }
        }
    }
}

/// The instant after a time, or an instant far in the future if the clock cannot represent it.
fn after(now: Instant, time: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    now.checked_add(time).unwrap_or(now + FAR)
}

/// Keeps exports limited until it is dropped.
#[derive(Debug)]
pub(super) struct LimitGuard<'a>(&'a ExportLimit);

impl Drop for LimitGuard<'_> {
    fn drop(&mut self) {
        self.0.0.send_replace(None);
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::task::coop::consume_budget;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn an_export_that_ends_in_time_is_unchanged() {
        assert_eq!(ExportLimit::default().apply(LONG, ready(7)).await, Some(7));
    }

    #[tokio::test]
    async fn a_hanging_export_ends_at_the_timeout() {
        let limit = ExportLimit::default();
        let cut_off = limit.apply(Duration::from_millis(1), pending::<()>()).await;
        assert_eq!(cut_off, None);
    }

    #[tokio::test]
    async fn an_export_that_never_waits_ends_at_the_timeout() {
        let busy = async {
            loop {
                consume_budget().await;
            }
        };
        let cut_off = ExportLimit::default().apply::<()>(Duration::from_millis(1), busy).await;
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
