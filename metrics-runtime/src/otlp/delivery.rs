//! The delivery of the requests of one export, within its time.

use std::{
    cell::RefCell,
    fmt,
    future::pending,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    answer::{Accepted, Retry},
    health::DeliveryOutcome,
    limit::ExportLimit,
    request::Request,
    retry::Backoff,
    transport::Transport,
};
use crate::http_client::{ClientThread, Secrets};

/// Delivers requests to one endpoint.
pub(super) struct Delivery {
    pub(super) transport: Transport,
    /// The longest time that an export may take, retries included.
    pub(super) timeout: Duration,
    /// The shorter limit while a flush or a shutdown waits.
    pub(super) limit: ExportLimit,
    pub(super) secrets: Secrets,
    /// The proxy, as the end of a cause; empty if there is none.
    pub(super) through: String,
    /// Declared after `transport`, so that the connection is dropped before its thread.
    pub(super) thread: ClientThread,
}

/// What has become of the requests so far.
#[derive(Debug, Default)]
struct Progress {
    accepted: Accepted,
    /// The reason why the first request that failed did.
    failure: Option<String>,
    /// The failure of the last try of the current request.
    last_try: Option<String>,
}

impl Delivery {
    /// Sends the requests one after the other. `accepted` is called for each that the endpoint has
    /// accepted.
    pub(super) fn deliver(
        &self,
        requests: Vec<Request>,
        accepted: impl FnMut(Request),
    ) -> DeliveryOutcome {
        let started = Instant::now();
        let progress = RefCell::default();
        let sending = self.send_all(requests, started, &progress, accepted);
        let ended = self.thread.block_on(self.limit.apply(self.timeout, sending));
        self.outcome(progress.into_inner(), ended.is_some(), started.elapsed())
    }

    async fn send_all(
        &self,
        requests: Vec<Request>,
        started: Instant,
        progress: &RefCell<Progress>,
        mut accepted: impl FnMut(Request),
    ) {
        for request in requests {
            match self.send(&request, started, progress).await {
                Ok(answer) => {
                    progress.borrow_mut().accept(answer, request.points);
                    accepted(request);
                }
                // The endpoint does not accept this request, and may accept the next one.
                Err(Retry::Never) => {}
                // The endpoint does not accept anything now.
                Err(_) => return,
            }
        }
    }

    /// Sends a request, again and again while that is of use.
    async fn send(
        &self,
        request: &Request,
        started: Instant,
        progress: &RefCell<Progress>,
    ) -> Result<Accepted, Retry> {
        let body = self.transport.compressed(request.body.clone());
        let mut backoff = Backoff::default();
        loop {
            let error = match self.transport.send(body.clone()).await {
                Ok(accepted) => return Ok(accepted),
                Err(error) => error,
            };
            let left = self.timeout.saturating_sub(started.elapsed());
            if left.is_zero() {
                // The timers of a transport end with the time of the export. Whichever is first, it
                // is the export that is cut off.
                return pending().await;
            }
            let Some(wait) = backoff.wait(error.retry).filter(|wait| *wait < left) else {
                progress.borrow_mut().failure.get_or_insert(error.cause);
                return Err(error.retry);
            };
            progress.borrow_mut().last_try = Some(error.cause);
            sleep(wait).await;
        }
    }

    /// The outcome of an export that has ended by itself, or was cut off. Its texts have texts of
    /// strangers in them.
    fn outcome(&self, progress: Progress, has_ended: bool, took: Duration) -> DeliveryOutcome {
        let Progress { accepted: Accepted { rejected_points, reason }, failure, last_try } =
            progress;
        let cleaned = |text: Option<String>| text.map(|text| self.secrets.cleaned(&text));
        let failed = |cause: String| DeliveryOutcome::Failed {
            cause: format!("{cause}{}", self.through),
            rejected_points,
        };
        match (cleaned(failure), has_ended, cleaned(last_try)) {
            (Some(cause), _, _) => failed(cause),
            (None, false, Some(cause)) => {
                failed(format!("no success within {took:.1?}; the last try failed: {cause}"))
            }
            (None, false, None) => failed(format!("no answer within {took:.1?}")),
            (None, true, _) if rejected_points > 0 => DeliveryOutcome::Rejected {
                points: rejected_points,
                reason: self.secrets.cleaned(&reason),
            },
            (None, true, _) => DeliveryOutcome::Accepted,
        }
    }
}

impl Progress {
    /// Of a request with so many points, the endpoint cannot have rejected more.
    fn accept(&mut self, answer: Accepted, points: usize) {
        self.last_try = None;
        let points = u64::try_from(points).unwrap_or(u64::MAX);
        let rejected_points = answer.rejected_points.min(points);
        if rejected_points > 0 {
            self.accepted.rejected_points += rejected_points;
            self.accepted.reason = answer.reason;
        }
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
