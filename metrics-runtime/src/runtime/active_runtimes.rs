//! The runtimes of this process, which share the recording core and one global provider.

use std::sync::Mutex;

use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::core::{
    storage::SinkId,
    sync::{lock, switch},
};

static ACTIVE: Mutex<ActiveRuntimes> =
    Mutex::new(ActiveRuntimes { runtimes: Vec::new(), installing: 0, global: None });

struct ActiveRuntimes {
    runtimes: Vec<(SinkId, SdkMeterProvider)>,
    /// The number of runtimes that are being installed.
    installing: usize,
    /// The runtime whose provider is OpenTelemetry's global one.
    global: Option<SinkId>,
}

/// Adds a runtime with metrics on. The first runtime provides OpenTelemetry's global meters.
pub(super) fn add(id: SinkId, provider: &SdkMeterProvider) {
    let mut active = lock(&ACTIVE);
    active.runtimes.push((id, provider.clone()));
    active.provide_global();
    switch(true);
}

/// Counts a runtime with metrics on as one that is being installed, until it is dropped.
#[derive(Debug)]
pub(super) struct Installation {
    /// Whether no other runtime is active or being installed.
    pub(super) is_alone: bool,
}

impl Installation {
    pub(super) fn begin() -> Self {
        let mut active = lock(&ACTIVE);
        let is_alone = active.runtimes.is_empty() && active.installing == 0;
        active.installing += 1;
        Self { is_alone }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        lock(&ACTIVE).installing -= 1;
    }
}

/// Notes a runtime with metrics off: recording stops unless an active runtime needs it.
pub(super) fn note_disabled() {
    let active = lock(&ACTIVE);
    switch(!active.runtimes.is_empty());
}

/// Removes a runtime that has ended. Recording goes on, for the next runtime to export. The next
/// runtime in the list provides the global meters.
pub(super) fn remove(id: SinkId) {
    let mut active = lock(&ACTIVE);
    active.runtimes.retain(|(other, _)| *other != id);
    active.provide_global();
}

impl ActiveRuntimes {
    /// Lets the oldest runtime provide the global meters, if the runtime that did has ended.
    fn provide_global(&mut self) {
        if self.runtimes.iter().any(|(id, _)| self.global == Some(*id)) {
            return;
        }
        self.global = self.runtimes.first().map(|(id, _)| *id);
        if let Some((_, provider)) = self.runtimes.first() {
            opentelemetry::global::set_meter_provider(provider.clone());
        }
    }
}
