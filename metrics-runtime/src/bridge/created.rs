use std::{
    borrow::Cow,
    sync::{Arc, Mutex},
};

use opentelemetry_sdk::metrics::{Instrument, InstrumentKind as SdkKind};
use osapi_metrics_rules::InstrumentKind;

use crate::core::{
    snapshot::{MetricIdentity, Scope},
    sync::lock,
};

/// The instruments that snapshots read from the SDK, in the order of their creation: those of other
/// libraries, and those with a view of the user, under the names that they had before the view.
///
/// The SDK asks its views about each instrument that is created, so that the instruments are known
/// without a collection, which would run their callbacks.
#[derive(Clone, Debug, Default)]
pub(super) struct CreatedInstruments(Arc<Mutex<Vec<MetricIdentity>>>);

impl CreatedInstruments {
    /// Adds an instrument that the views of the SDK are asked about.
    pub(super) fn add(&self, instrument: &Instrument) {
        let (scope, kind) = (instrument.scope(), kind_of(instrument.kind()));
        let mut created = lock(&self.0);
        // A program may create an instrument again and again, and each reader asks once.
        let is_known = created.iter().any(|known| {
            known.name == instrument.name()
                && known.unit == instrument.unit()
                && known.kind == kind
                && known.scope.name == scope.name()
        });
        if !is_known {
            created.push(MetricIdentity {
                scope: Scope { name: Cow::Owned(scope.name().to_owned()), ..Scope::default() },
                name: Cow::Owned(instrument.name().to_owned()),
                unit: Cow::Owned(instrument.unit().to_owned()),
                help: Cow::Borrowed(""),
                kind,
            });
        }
    }

    /// Replaces the instruments that the bridge has created by those of them that snapshots read
    /// from the SDK.
    pub(super) fn reset(&self, of_bridge: Vec<MetricIdentity>) {
        *lock(&self.0) = of_bridge;
    }

    /// The instruments beyond a number that is known already.
    pub(super) fn beyond(&self, known: usize) -> Vec<MetricIdentity> {
        lock(&self.0).get(known..).unwrap_or_default().to_vec()
    }
}

fn kind_of(kind: SdkKind) -> InstrumentKind {
    match kind {
        SdkKind::Counter | SdkKind::ObservableCounter => InstrumentKind::Counter,
        SdkKind::UpDownCounter | SdkKind::ObservableUpDownCounter => InstrumentKind::UpDownCounter,
        SdkKind::Histogram => InstrumentKind::Histogram,
        SdkKind::Gauge | SdkKind::ObservableGauge => InstrumentKind::Gauge,
    }
}
