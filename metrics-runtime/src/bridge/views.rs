use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, MeterProviderBuilder, SdkMeterProvider, Stream,
};

use super::{
    attachment::create_unattached, build_info, created::CreatedInstruments,
    experimental::PullReader,
};
use crate::core::{
    descriptor::MetricDescriptor, instruments::RegisteredInstrument, registry::instruments,
};

/// A user-supplied view. Returns the stream to export, or `None` to leave the instrument unchanged.
pub(crate) type View = Arc<dyn Fn(&Instrument) -> Option<Stream> + Send + Sync>;

/// Passes a reader, whose type is erased, to the provider.
pub(crate) type AddReader = Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send>;

/// The instruments that a view of the user matches.
pub(super) struct ViewMatches {
    /// By the addresses of their descriptors, which live as long as the process.
    metrics: HashSet<*const MetricDescriptor>,
    pub(super) build_info: bool,
}

impl ViewMatches {
    /// Asks the views about each instrument. The SDK asks them when an instrument is created, and
    /// nobody else can make the question: so the instruments are created in a provider that is
    /// thrown away.
    pub(super) fn of(
        views: &[View],
        instruments: impl Iterator<Item = &'static dyn RegisteredInstrument>,
    ) -> Self {
        let mut matches = Self { metrics: HashSet::new(), build_info: false };
        if views.is_empty() {
            return matches;
        }
        let has_view = Arc::<AtomicBool>::default();
        let mut builder = SdkMeterProvider::builder().with_reader(PullReader::new());
        for view in views {
            let (view, has_view) = (Arc::clone(view), Arc::clone(&has_view));
            builder = builder.with_view(move |instrument: &Instrument| {
                if view(instrument).is_some() {
                    has_view.store(true, Ordering::Relaxed);
                }
                None
            });
        }
        let probe = builder.build();
        for instrument in instruments {
            create_unattached(&probe, instrument.descriptor());
            if has_view.swap(false, Ordering::Relaxed) {
                matches.metrics.insert(std::ptr::from_ref(instrument.descriptor()));
            }
        }
        build_info::create_unattached(&probe);
        matches.build_info = has_view.load(Ordering::Relaxed);
        matches
    }

    pub(super) fn contain(&self, instrument: &dyn RegisteredInstrument) -> bool {
        self.metrics.contains(&std::ptr::from_ref(instrument.descriptor()))
    }
}

impl fmt::Debug for ViewMatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewMatches").field("metrics", &self.metrics.len()).finish_non_exhaustive()
    }
}

/// What the view of the bridge gives the instruments of other libraries.
#[derive(Clone, Copy, Debug)]
pub(super) struct ForOthers {
    pub(super) series_limit: usize,
    /// Whether histograms have exponential buckets.
    pub(super) has_exponential: bool,
}

/// The view that passes the series limit of each instrument to the SDK, where no view of the user
/// applies. It adds each instrument to `created`.
///
/// The SDK sizes its maps by the limit and folds further series into an overflow series of its own.
/// The metrics of the catalogue have limits of their own, and must never reach the limit of the
/// SDK.
pub(super) fn limits(
    for_others: ForOthers,
    users: Vec<View>,
    created: CreatedInstruments,
) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    let limits: std::collections::HashMap<_, _> = instruments()
        .map(|instrument| {
            let metric = instrument.descriptor();
            ((metric.origin.package, metric.name), limit(instrument))
        })
        .collect();
    move |instrument| {
        created.add(instrument);
        if users.iter().any(|view| view(instrument).is_some()) {
            return None;
        }
        let own = limits.get(&(instrument.scope().name(), instrument.name()));
        let stream = Stream::builder()
            .with_cardinality_limit(own.copied().unwrap_or(for_others.series_limit));
        let is_exponential = own.is_none()
            && for_others.has_exponential
            && instrument.kind() == InstrumentKind::Histogram;
        let stream = if is_exponential { stream.with_aggregation(EXPONENTIAL) } else { stream };
        stream.build().ok()
    }
}

/// The exponential histogram with the defaults of OpenTelemetry's specification.
const EXPONENTIAL: Aggregation =
    Aggregation::Base2ExponentialHistogram { max_size: 160, max_scale: 20, record_min_max: true };

/// The series that the SDK needs capacity for: all series of the metric, and the overflow series.
/// Where series end, the SDK removes the series of the last collection only at the end of the next
/// one, and holds them beside the series that replace them.
fn limit(instrument: &dyn RegisteredInstrument) -> usize {
    let at_once = instrument.most_series().saturating_add(1);
    if instrument.descriptor().has_fixed_series() { at_once } else { at_once.saturating_mul(2) }
}
