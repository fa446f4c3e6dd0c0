use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use opentelemetry_sdk::{error::OTelSdkResult, metrics::SdkMeterProvider};

use super::{
    active_runtimes,
    boundaries::ConfiguredBoundaries,
    console::Console,
    error::FlushError,
    flush_permit::{FlushLimit, FlushPermit},
    otlp::Push,
};
use crate::bridge::Bridge;

/// The provider and the push of a runtime whose metrics are on.
#[derive(Debug)]
pub(super) struct Pipeline {
    bridge: Arc<Bridge>,
    boundaries: ConfiguredBoundaries,
    push: Arc<Push>,
    console: Console,
    flushes: Arc<FlushLimit>,
    has_ended: AtomicBool,
}

impl Pipeline {
    pub(super) fn new(
        bridge: Arc<Bridge>,
        boundaries: ConfiguredBoundaries,
        push: Push,
        console: Console,
    ) -> Self {
        Self {
            bridge,
            boundaries,
            push: Arc::new(push),
            console,
            flushes: Arc::default(),
            has_ended: AtomicBool::new(false),
        }
    }

    pub(super) fn bridge(&self) -> &Arc<Bridge> {
        &self.bridge
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(super) fn flush(&self, limit: Duration) -> Result<(), FlushError> {
        if self.has_ended() {
            return Err(FlushError::AlreadyShutdown);
        }
        self.within(limit, SdkMeterProvider::force_flush)
    }

    /// Exports once more and ends the pipeline. A second call does nothing.
    pub(super) fn shutdown(&self, limit: Duration) -> Result<(), FlushError> {
        if self.has_ended.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let result = self.within(limit, SdkMeterProvider::shutdown);
        active_runtimes::remove(self.bridge.id());
        self.bridge.detach();
        self.boundaries.forget();
        result
    }

    /// Runs `work` on a thread of its own, because it runs callbacks of users, which have no other
    /// time limit.
    fn within(
        &self,
        limit: Duration,
        work: fn(&SdkMeterProvider) -> OTelSdkResult,
    ) -> Result<(), FlushError> {
        let timeout = || FlushError::Timeout { limit };
        let begin = Instant::now();
        let permit = FlushPermit::wait(&self.flushes, limit).ok_or_else(timeout)?;
        let left = limit.saturating_sub(begin.elapsed());

        let (done, wait) = mpsc::sync_channel(1);
        let (bridge, push) = (Arc::clone(&self.bridge), Arc::clone(&self.push));
        let work = move || {
            let result = push.within(left, || work(bridge.sdk()));
            drop(permit);
            // Fails if the time is up: nobody receives then.
            let _ = done.send(result);
        };
        let thread = thread::Builder::new().name("osapi-metrics-flush".to_owned());
        thread.spawn(work).map_err(FlushError::Thread)?;
        match wait.recv_timeout(left) {
            Ok(result) => Ok(result?),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(timeout()),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(FlushError::Panicked),
        }
    }
}
