//! The runtimes of this process, which share one recording core and one global provider.

use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::core::{storage::SinkId, sync::switch};

static LIVE: Mutex<Live> = Mutex::new(Live { running: Vec::new(), global: None });

struct Live {
    running: Vec<(SinkId, SdkMeterProvider)>,
    /// The runtime whose provider is OpenTelemetry's global one.
    global: Option<SinkId>,
}

/// A runtime with metrics on has started. The first one provides OpenTelemetry's global meters.
pub(super) fn started(id: SinkId, provider: &SdkMeterProvider) {
    let mut live = lock();
    live.running.push((id, provider.clone()));
    live.provide_global();
    switch(true);
}

/// A runtime with metrics off was installed: recording stops unless another runtime needs it.
pub(super) fn installed_disabled() {
    let live = lock();
    switch(!live.running.is_empty());
}

/// A runtime has ended. Recording goes on, for the next one to export; the next one that runs
/// provides the global meters.
pub(super) fn ended(id: SinkId) {
    let mut live = lock();
    live.running.retain(|(running, _)| *running != id);
    live.provide_global();
}

impl Live {
    /// Lets the runtime that runs longest provide the global meters, if the one that did has ended.
    fn provide_global(&mut self) {
        if self.running.iter().any(|(id, _)| self.global == Some(*id)) {
            return;
        }
        self.global = self.running.first().map(|(id, _)| *id);
        if let Some((_, provider)) = self.running.first() {
            opentelemetry::global::set_meter_provider(provider.clone());
        }
    }
}

fn lock() -> MutexGuard<'static, Live> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
