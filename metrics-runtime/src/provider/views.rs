use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use opentelemetry_sdk::metrics::{Instrument, Stream};
use osapi_metrics_rules::InstrumentKind;

use super::build_info::BUILD_INFO;
use crate::core::{
    catalogue::Catalogue,
    descriptor::{MetricDescriptor, is_closed},
};

/// A user-supplied view. Returns the stream to export, or `None` to leave the instrument unchanged.
pub(crate) type View = Arc<dyn Fn(&Instrument) -> Option<Stream> + Send + Sync>;

/// The name of an instrument that has a callback and no values.
pub(super) const DRAIN: &str = "osapi.metrics.drain";

/// Whether a view of the user matched one of the instruments that were created since the last
/// [`take`](Self::take).
#[derive(Clone, Debug, Default)]
pub(super) struct ViewMatch(Arc<AtomicBool>);

impl ViewMatch {
    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// The view that passes the series limit of each instrument to the SDK.
///
/// The SDK sizes its maps by the limit and folds further series into an overflow series of its own.
/// The metrics of the catalogue have limits of their own, and must never reach the limit of the
/// SDK.
pub(super) fn limits(
    catalogue: &Catalogue,
    of_others: usize,
    users: Vec<View>,
    user_view: ViewMatch,
) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    let limits: HashMap<_, _> = catalogue
        .iter()
        .map(|metric| ((metric.origin.package, metric.name), limit(metric)))
        .collect();
    move |instrument| {
        if instrument.name() == DRAIN {
            return Stream::builder().with_cardinality_limit(1).build().ok();
        }
        if users.iter().any(|view| view(instrument).is_some()) {
            user_view.set();
            return None;
        }
        let limit = limits.get(&(instrument.scope().name(), instrument.name())).copied();
        let limit = limit.unwrap_or(if instrument.name() == BUILD_INFO { 1 } else { of_others });
        Stream::builder().with_cardinality_limit(limit).build().ok()
    }
}

/// The series that the SDK needs capacity for: all series of the metric, and the overflow series.
/// Where series end, the SDK removes the series of the last collection only at the end of the next
/// one, and holds them beside the series that replace them.
fn limit(metric: &MetricDescriptor) -> usize {
    let at_once = metric.max_series() + 1;
    let can_end = metric.kind != InstrumentKind::Histogram && !is_closed(metric.labels);
    if can_end { 2 * at_once } else { at_once }
}
