//! The runtimes of this process, which share the recording core and one global provider.

use std::{process, sync::Mutex};

use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::core::{
    storage::SinkId,
    sync::{lock, switch},
};

static ACTIVE: Mutex<ActiveRuntimes> =
    Mutex::new(ActiveRuntimes { process: 0, runtimes: Vec::new(), global: None });

struct ActiveRuntimes {
    /// The process of the runtimes.
    process: u32,
    runtimes: Vec<(SinkId, SdkMeterProvider)>,
    /// The runtime whose provider is OpenTelemetry's global one.
    global: Option<SinkId>,
}

/// Adds a runtime with metrics on. The first runtime provides OpenTelemetry's global meters.
pub(super) fn add(id: SinkId, provider: &SdkMeterProvider) {
    let mut active = lock(&ACTIVE);
    active.forget_other_process();
    active.runtimes.push((id, provider.clone()));
    active.provide_global();
    switch(true);
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
    /// Forgets the runtimes of the process that this one was split from. They are not dropped,
    /// which would shut their readers down.
    fn forget_other_process(&mut self) {
        let this = process::id();
        if std::mem::replace(&mut self.process, this) != this {
            std::mem::forget(std::mem::take(&mut self.runtimes));
            self.global = None;
        }
    }

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
