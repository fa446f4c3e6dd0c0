//! The OpenTelemetry provider: the aggregator of record, with a reader for each exporter.

mod attachment;
mod attributes;
mod build_info;
mod collecting;
mod experimental;
mod limits;
mod readers;
mod resource;
#[cfg(all(test, feature = "prometheus"))]
mod tests;

use attachment::{Attachment, detach};
pub(crate) use build_info::{REVISION, SERVICE_VERSION};
#[cfg(feature = "prometheus")]
pub(crate) use experimental::PullReader;
pub(crate) use limits::View;
use limits::ViewsHeard;
pub(crate) use readers::Readers;
pub(crate) use resource::resource;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use opentelemetry::{InstrumentationScope, metrics::MeterProvider};
use opentelemetry_sdk::{
    Resource,
    metrics::{Instrument, SdkMeterProvider},
};

use osapi_metrics_rules::InstrumentKind;

use crate::core::{
    catalogue::Catalogue,
    instruments::RegisteredInstrument,
    registry::instruments,
    storage::{SinkId, drain},
};

/// A provider that every linked metric is attached to.
pub(crate) struct Provider {
    id: SinkId,
    sdk: SdkMeterProvider,
    direct: Vec<&'static dyn RegisteredInstrument>,
}

impl Provider {
    /// Builds the provider and leads every instrument's values to it.
    ///
    /// `views` are the user's, `buckets` the configured boundaries.
    pub(crate) fn start(
        resource: Resource,
        readers: Readers,
        views: Vec<View>,
        catalogue: &Catalogue,
        cardinality_limit: usize,
        buckets: &BTreeMap<String, Vec<f64>>,
    ) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);

        let build = build_info::of(&resource);
        let builder = SdkMeterProvider::builder().with_resource(resource);
        let has_other_temporality = readers.has_other_temporality();
        // Whatever they read directly, nobody else asks the SDK for.
        let all_is_direct = readers.are_scrapes_alone() && views.is_empty();
        let mut builder = readers.add_to(builder);
        for view in views.iter().cloned() {
            // Nobody's view is to do away with the draining.
            builder = builder.with_view(move |instrument: &Instrument| {
                if instrument.name() == limits::DRAIN { None } else { view(instrument) }
            });
        }
        let heard = ViewsHeard::default();
        let limits = limits::view(catalogue, cardinality_limit, views, heard.clone());
        let sdk = builder.with_view(limits).build();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut provider = Self { id, sdk, direct: Vec::new() };
        drain_before_reading(&provider.sdk);
        build_info::observe(&provider.sdk, build);
        for instrument in instruments() {
            if all_is_direct && is_direct(instrument, false) {
                provider.direct.push(instrument);
                continue;
            }
            let descriptor = instrument.descriptor();
            let scope = InstrumentationScope::builder(descriptor.origin.package)
                .with_version(descriptor.origin.version)
                .build();
            let configured =
                buckets.get(descriptor.name).or_else(|| buckets.get(descriptor.prometheus_name()));
            let direct = Arc::<AtomicBool>::default();
            let attachment = Attachment {
                id: provider.id,
                has_other_temporality,
                is_direct: Arc::clone(&direct),
                meter: &provider.sdk.meter_with_scope(scope),
                buckets: configured.map(Vec::as_slice),
            };
            attachment.attach(instrument);
            if is_direct(instrument, heard.take()) {
                direct.store(true, Ordering::Relaxed);
                provider.direct.push(instrument);
            }
        }
        provider
    }

    pub(crate) fn id(&self) -> SinkId {
        self.id
    }

    /// Ends what the instruments lead to this provider.
    pub(crate) fn detach(&self) {
        for instrument in instruments() {
            detach(instrument, self.id);
        }
    }

    /// The instruments that scrapes read without the SDK.
    #[cfg_attr(not(feature = "prometheus"), expect(dead_code, reason = "scrapes read them"))]
    pub(crate) fn direct(&self) -> impl Iterator<Item = &'static dyn RegisteredInstrument> {
        self.direct.iter().copied()
    }

    pub(crate) fn sdk(&self) -> &SdkMeterProvider {
        &self.sdk
    }
}

/// Whether scrapes read the instrument without the SDK: not a histogram, which only the SDK
/// aggregates, and not an instrument that a view of the user changes.
fn is_direct(instrument: &dyn RegisteredInstrument, has_view: bool) -> bool {
    !has_view && instrument.descriptor().kind != InstrumentKind::Histogram
}

/// A collection runs the callbacks before it reads: what is on its way into the histograms gets there
/// first. The instrument is never given a value, and so never exported.
fn drain_before_reading(sdk: &SdkMeterProvider) {
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let builder = meter.u64_observable_counter(limits::DRAIN);
    let _ = builder.with_callback(|_| drain()).build();
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).finish_non_exhaustive()
    }
}
