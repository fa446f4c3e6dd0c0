use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    active_runtimes,
    console::Console,
    error::FlushError,
    flush_permit::{FlushLimit, FlushPermit},
    histograms::ConfiguredHistograms,
    last_export::LastExport,
    otlp::Push,
    process::InstalledIn,
};
use crate::bridge::Bridge;

/// The exporters of a runtime whose metrics are on, and what they collect from.
#[derive(Debug)]
pub(super) struct Pipeline {
    exporters: Arc<Exporters>,
    histograms: ConfiguredHistograms,
    flushes: Arc<FlushLimit>,
    has_ended: AtomicBool,
    process: InstalledIn,
}

#[derive(Debug)]
struct Exporters {
    bridge: Arc<Bridge>,
    push: Push,
    console: Console,
}

impl Pipeline {
    pub(super) fn new(
        bridge: Arc<Bridge>,
        histograms: ConfiguredHistograms,
        push: Push,
        console: Console,
    ) -> Self {
        Self {
            exporters: Arc::new(Exporters { bridge, push, console }),
            histograms,
            flushes: Arc::default(),
            has_ended: AtomicBool::new(false),
            process: InstalledIn::this_process(),
        }
    }

    pub(super) fn bridge(&self) -> &Arc<Bridge> {
        &self.exporters.bridge
    }

    /// The process whose threads export.
    pub(super) fn process(&self) -> InstalledIn {
        self.process
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(super) fn flush(&self, limit: Duration) -> Result<(), FlushError> {
        if self.has_ended() {
            return Err(FlushError::AlreadyShutdown);
        }
        self.process.check()?;
        self.within(limit, LastExport::Flush)
    }

    /// Exports once more and ends the pipeline. A second call does nothing.
    pub(super) fn shutdown(&self, limit: Duration) -> Result<(), FlushError> {
        if self.has_ended.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        // What would end is the other process's.
        self.process.check()?;
        let result = self.within(limit, LastExport::Shutdown);
        self.exporters.push.end();
        active_runtimes::remove(self.exporters.bridge.id());
        self.exporters.bridge.detach();
        self.histograms.forget();
        result
    }

    /// Exports on a thread of its own, because the readers of the user have no other time limit.
    fn within(&self, limit: Duration, export: LastExport) -> Result<(), FlushError> {
        let timeout = || FlushError::Timeout { limit };
        let begin = Instant::now();
        let permit = FlushPermit::wait(&self.flushes, limit).ok_or_else(timeout)?;
        let left = limit.saturating_sub(begin.elapsed());

        let (done, wait) = mpsc::sync_channel(1);
        let exporters = Arc::clone(&self.exporters);
        let work = move || {
            let result = exporters.export(export, left);
            drop(permit);
            // Fails if the time is up: nobody receives then.
            let _ = done.send(result);
        };
        let thread = thread::Builder::new().name("osapi-metrics-flush".to_owned());
        thread.spawn(work).map_err(FlushError::Thread)?;
        match wait.recv_timeout(left) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(timeout()),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(FlushError::Panicked),
        }
    }
}

impl Exporters {
    /// Exports everywhere, at the same time, so that no reader of the user waits for a collector.
    /// The provider ends after the exporters, which collect from it.
    fn export(&self, export: LastExport, limit: Duration) -> Result<(), FlushError> {
        let sdk = self.bridge.sdk();
        let print = || self.console.print(export, || sdk.force_flush());
        let (pushed, (printed, mut read)) = self.push.export(export, limit, print);
        if export == LastExport::Shutdown {
            read = read.and(sdk.shutdown());
        }
        pushed.map_err(FlushError::Otlp)?;
        printed.map_err(FlushError::Console)?;
        Ok(read?)
    }
}
