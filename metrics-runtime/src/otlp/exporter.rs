//! The exporter that the reader drives: one export, within its time, counted and judged.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    metrics::{Temporality, data::ResourceMetrics, exporter::PushMetricExporter},
};

use super::{
    answer::{Answer, LastAnswer},
    health::Health,
    limit::ExportLimit,
    transport::TransportThread,
};
use crate::core::self_metrics::ExportOutcome;

/// Wraps a transport's exporter in a time limit, and tells what came of each export.
pub(super) struct PushExporter<E> {
    pub(super) inner: E,
    /// The most that an export may take with its retries.
    pub(super) timeout: Duration,
    /// The shorter limit while somebody waits for a flush.
    pub(super) limit: ExportLimit,
    pub(super) answer: Arc<LastAnswer>,
    pub(super) health: Health,
    pub(super) observer: Box<dyn Fn(ExportOutcome, Duration) + Send + Sync>,
    /// Below `inner`: the connection is dropped before the thread that it lives on.
    pub(super) thread: TransportThread,
}

impl<E: PushMetricExporter> PushMetricExporter for PushExporter<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let started = Instant::now();
        self.answer.set(Answer::AsReported);
        let result =
            self.thread.block_on(self.limit.apply(self.timeout, self.inner.export(metrics)));
        let took = started.elapsed();

        let answer = verdict(result, self.answer.take(), took);
        let (outcome, result) = match &answer {
            Answer::AsReported => (ExportOutcome::Succeeded { rejected_points: 0 }, Ok(())),
            Answer::Rejected { points, .. } => {
                (ExportOutcome::Succeeded { rejected_points: *points }, Ok(()))
            }
            Answer::Failed(cause) => {
                (ExportOutcome::Failed, Err(OTelSdkError::InternalFailure(cause.clone())))
            }
        };
        self.health.record(&answer);
        (self.observer)(outcome, took);
        result
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.inner.temporality()
    }
}

impl<E> fmt::Debug for PushExporter<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PushExporter")
            .field("timeout", &self.timeout)
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

/// Puts together what the export returned (`None`: it was cut off) and what the transport saw of the last try.
fn verdict(result: Option<OTelSdkResult>, seen: Answer, took: Duration) -> Answer {
    match (result, seen) {
        (Some(Ok(())), seen) => seen,
        (Some(Err(_)), Answer::Failed(cause))
        | (Some(Err(OTelSdkError::InternalFailure(cause))), _) => Answer::Failed(cause),
        (Some(Err(error)), _) => Answer::Failed(error.to_string()),
        (None, Answer::Failed(cause)) => {
            Answer::Failed(format!("no success within {took:.1?}; the last try failed: {cause}"))
        }
        (None, _) => Answer::Failed(format!("no answer within {took:.1?}")),
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::Mutex};

    use super::*;

    /// Does what it is told.
    enum Scripted {
        Succeeds,
        Fails(&'static str),
        Hangs,
    }

    impl PushMetricExporter for Scripted {
        async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
            match self {
                Self::Succeeds => Ok(()),
                Self::Fails(cause) => Err(OTelSdkError::InternalFailure((*cause).to_owned())),
                Self::Hangs => pending().await,
            }
        }
        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }
        fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
            Ok(())
        }
        fn temporality(&self) -> Temporality {
            Temporality::Delta
        }
    }

    /// Exports once and returns the result and what the observer heard.
    fn export(inner: Scripted, timeout: Duration) -> (OTelSdkResult, Vec<ExportOutcome>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let exporter = PushExporter {
            inner,
            timeout,
            limit: ExportLimit::default(),
            answer: Arc::default(),
            health: Health::new("http://collector".to_owned()),
            observer: {
                let heard = Arc::clone(&heard);
                Box::new(move |outcome, _| heard.lock().unwrap().push(outcome))
            },
            thread: TransportThread::start().unwrap(),
        };
        assert_eq!(exporter.temporality(), Temporality::Delta);
        // The future never waits by itself: it blocks, as the SDK's thread does.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let metrics = ResourceMetrics::default();
        let future = std::pin::pin!(exporter.export(&metrics));
        let std::task::Poll::Ready(result) = future.poll(&mut context) else {
            panic!("the export must be over when it was polled")
        };
        let heard = heard.lock().unwrap().clone();
        (result, heard)
    }

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_success_is_told_as_one() {
        let (result, heard) = export(Scripted::Succeeds, LONG);
        assert!(result.is_ok());
        assert_eq!(heard, [ExportOutcome::Succeeded { rejected_points: 0 }]);
    }

    #[test]
    fn a_failure_is_told_with_its_cause() {
        let (result, heard) = export(Scripted::Fails("status 500"), LONG);
        assert!(result.unwrap_err().to_string().contains("status 500"));
        assert_eq!(heard, [ExportOutcome::Failed]);
    }

    #[test]
    fn a_transport_that_hangs_is_cut_off() {
        let (result, heard) = export(Scripted::Hangs, Duration::from_millis(1));
        assert!(result.unwrap_err().to_string().contains("no answer within"));
        assert_eq!(heard, [ExportOutcome::Failed]);
    }

    #[test]
    fn what_the_transport_saw_decides_over_a_reported_success() {
        let failed = Answer::Failed("not OTLP".to_owned());
        assert_eq!(verdict(Some(Ok(())), failed.clone(), LONG), failed);
        let rejected = Answer::Rejected { points: 2, reason: String::new() };
        assert_eq!(verdict(Some(Ok(())), rejected.clone(), LONG), rejected);
        let error = OTelSdkError::InternalFailure("network error".to_owned());
        assert_eq!(verdict(Some(Err(error)), failed.clone(), LONG), failed);
    }
}
