//! The exporter that the reader calls: each export has a time limit, and its outcome is observed.

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

/// Applies a time limit to the exporter of a transport, and reports the outcome of each export.
pub(super) struct PushExporter<E> {
    pub(super) inner: E,
    /// The longest time that an export may take, retries included.
    pub(super) timeout: Duration,
    /// The shorter limit while a flush or a shutdown waits.
    pub(super) limit: ExportLimit,
    pub(super) answer: Arc<LastAnswer>,
    pub(super) health: Health,
    pub(super) observer: Box<dyn Fn(ExportOutcome, Duration) + Send + Sync>,
    /// Declared after `inner`, so that the connection is dropped before its thread.
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

/// Combines the result of the export (`None`: the export exceeded its time) with the answer that
/// the transport received for the last try.
fn verdict(result: Option<OTelSdkResult>, last: Answer, took: Duration) -> Answer {
    match (result, last) {
        (Some(Ok(())), last) => last,
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

    /// Ends each export as its variant says.
    enum Script {
        Succeeds,
        Fails(&'static str),
        Hangs,
    }

    impl PushMetricExporter for Script {
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

    /// Exports once and returns the result and the outcomes that the observer received.
    fn export(inner: Script, timeout: Duration) -> (OTelSdkResult, Vec<ExportOutcome>) {
        let observed = Arc::new(Mutex::new(Vec::new()));
        let exporter = PushExporter {
            inner,
            timeout,
            limit: ExportLimit::default(),
            answer: Arc::default(),
            health: Health::new("http://collector".to_owned()),
            observer: {
                let observed = Arc::clone(&observed);
                Box::new(move |outcome, _| observed.lock().unwrap().push(outcome))
            },
            thread: TransportThread::start().unwrap(),
        };
        assert_eq!(exporter.temporality(), Temporality::Delta);
        // The future does not return `Pending`: it blocks, as it does on the SDK's thread.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let metrics = ResourceMetrics::default();
        let future = std::pin::pin!(exporter.export(&metrics));
        let std::task::Poll::Ready(result) = future.poll(&mut context) else {
            panic!("the export must be over when it was polled")
        };
        let observed = observed.lock().unwrap().clone();
        (result, observed)
    }

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_success_is_reported() {
        let (result, observed) = export(Script::Succeeds, LONG);
        assert!(result.is_ok());
        assert_eq!(observed, [ExportOutcome::Succeeded { rejected_points: 0 }]);
    }

    #[test]
    fn a_failure_is_reported_with_its_cause() {
        let (result, observed) = export(Script::Fails("status 500"), LONG);
        assert!(result.unwrap_err().to_string().contains("status 500"));
        assert_eq!(observed, [ExportOutcome::Failed]);
    }

    #[test]
    fn a_transport_that_hangs_is_cut_off() {
        let (result, observed) = export(Script::Hangs, Duration::from_millis(1));
        assert!(result.unwrap_err().to_string().contains("no answer within"));
        assert_eq!(observed, [ExportOutcome::Failed]);
    }

    #[test]
    fn the_answer_of_the_transport_overrides_a_reported_success() {
        let failed = Answer::Failed("not OTLP".to_owned());
        assert_eq!(verdict(Some(Ok(())), failed.clone(), LONG), failed);
        let rejected = Answer::Rejected { points: 2, reason: String::new() };
        assert_eq!(verdict(Some(Ok(())), rejected.clone(), LONG), rejected);
        let error = OTelSdkError::InternalFailure("network error".to_owned());
        assert_eq!(verdict(Some(Err(error)), failed.clone(), LONG), failed);
    }
}
