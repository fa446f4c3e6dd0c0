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

/// A view: what becomes of an instrument, if it has a word on it.
pub(crate) type View = Arc<dyn Fn(&Instrument) -> Option<Stream> + Send + Sync>;

/// The name of an instrument that has callbacks alone.
pub(super) const DRAIN: &str = "osapi.metrics.drain";

/// Whether a view of the user had a word on the instruments that were created since this was last
/// asked.
#[derive(Clone, Debug, Default)]
pub(super) struct ViewsHeard(Arc<AtomicBool>);

impl ViewsHeard {
    fn hear(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// Tells the SDK how many series each instrument can have. It sizes its maps by that number and
/// folds what comes beyond it into an overflow series of its own, which our metrics, with limits of
/// their own, must never reach.
pub(super) fn view(
    catalogue: &Catalogue,
    of_others: usize,
    users: Vec<View>,
    heard: ViewsHeard,
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
            heard.hear();
            return None;
        }
        let limit = limits.get(&(instrument.scope().name(), instrument.name())).copied();
        let limit = limit.unwrap_or(if instrument.name() == BUILD_INFO { 1 } else { of_others });
        Stream::builder().with_cardinality_limit(limit).build().ok()
    }
}

/// How many series the SDK has to have room for: all, and the overflow series. Where series end, those
/// of the last collection go only at the end of the next one, beside those that came instead.
fn limit(metric: &MetricDescriptor) -> usize {
    let at_once = metric.max_series() + 1;
    let can_end = metric.kind != InstrumentKind::Histogram && !is_closed(metric.labels);
    if can_end { 2 * at_once } else { at_once }
}
