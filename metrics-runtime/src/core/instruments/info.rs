use std::{fmt, marker::PhantomData, sync::Arc};

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
};
use crate::core::{
    descriptor::{LabelSet, ValueType},
    storage::{JointFamily, LastValueFamily, ScopeLabels},
    sync::enabled,
};

/// Facts about the process or about a part of it, as labels: a version, a model, a role.
///
/// The labels are a type that derives [`LabelSet`]. There is one series at a time, with the value
/// 1; new facts end the series of the facts before. Nothing is exported before the first
/// [`set`](Self::set). A query joins the facts with any other metric of the process.
///
/// The name ends in `_info`. `OpenMetrics` has the type `info` for it; text format 0.0.4 and
/// Prometheus' protobuf have a gauge, and OTLP a sum that is not monotonic, as the OpenTelemetry
/// specification asks. Limits of labels apply to the facts that are current, so `max = 1` is
/// enough; in a set with a scope, as many as there are instances.
///
/// ```
/// use osapi_metrics::{Info, LabelSet, MetricSet};
///
/// #[derive(LabelSet)]
/// struct Firmware {
///     #[label(max = 1)]
///     version: String,
///     #[label(max = 1)]
///     board: &'static str,
/// }
///
/// /// The device.
/// #[derive(MetricSet)]
/// struct DeviceMetrics {
///     /// The firmware that runs, in its labels; always 1.
///     board_info: Info<Firmware>,
/// }
///
/// let firmware = &DeviceMetrics::global().board_info;
/// firmware.set(Firmware { version: "2.1".to_owned(), board: "rev-b" });
/// // After an update, the series of version 2.1 is gone.
/// firmware.set(Firmware { version: "2.2".to_owned(), board: "rev-b" });
/// ```
///
/// `set` takes a lock, which collections take too: it is for facts that change now and then. What
/// an allocator sets while it serves a `set` is dropped, and counted in
/// `osapi_metrics_dropped_samples_total`.
pub struct Info<L> {
    family: &'static JointFamily,
    scope: Option<Arc<ScopeLabels>>,
    labels: PhantomData<fn() -> L>,
}

impl<L: LabelSet> Info<L> {
    /// Sets the facts, in place of those that were set before. A collection sees either of them.
    #[doc(alias = "info")]
    pub fn set(&self, facts: L) {
        if !enabled() {
            return;
        }
        let (family, scope) = (&self.family.series, self.scope.as_deref());
        self.family.change(|| {
            let known = family.existing_slot(scope, &facts);
            if known.and_then(LastValueFamily::<i64>::value).is_some() {
                return;
            }
            // The limits of the labels are for one series.
            family.retain(scope, &mut |_| false);
            let slot = family.open_slot(scope, &facts);
            family.set(slot, 1);
        });
    }
}

impl<L> Info<L> {
    /// Makes the metric absent until the facts are set again.
    pub fn clear(&self) {
        let scope = self.scope.as_deref();
        self.family.change(|| {
            self.family.series.retain(scope, &mut |_| false);
        });
    }

    /// Whether recording is on. For code that gathers facts at some cost; [`set`](Self::set) itself
    /// does nothing while recording is off.
    #[inline]
    pub fn enabled(&self) -> bool {
        enabled()
    }
}

impl<L: LabelSet + 'static> Instrument for Info<L> {
    const SHAPE: Shape = Shape::of::<L>(InstrumentKind::Info, ValueType::I64);

    fn __osapi_new(of_set: &mut InstrumentList) -> Self {
        let family = of_set.next(JointFamily::leak);
        Self { family, scope: of_set.scope(), labels: PhantomData }
    }
}

impl<L> fmt::Debug for Info<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Info").field(&self.family.series.descriptor.name).finish()
    }
}
