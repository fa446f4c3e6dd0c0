use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use opentelemetry::{InstrumentationScope, metrics::MeterProvider};
use opentelemetry_sdk::metrics::{Instrument, SdkMeterProvider};
use osapi_metrics_rules::InstrumentKind;

use super::{
    attachment::{Attachment, detach},
    build_info,
    readers::Readers,
    resource::resource,
    views::{self, DRAIN, View, ViewMatch},
};
use crate::{
    config::MetricsConfig,
    core::{
        catalogue::Catalogue,
        instruments::RegisteredInstrument,
        registry::instruments,
        storage::{SinkId, drain},
    },
};

/// A provider that every linked metric is attached to.
pub(crate) struct Provider {
    id: SinkId,
    sdk: SdkMeterProvider,
    direct: Vec<&'static dyn RegisteredInstrument>,
}

/// The input of a provider.
pub(crate) struct ProviderSetup<'a> {
    /// Gives the resource, the boundaries that replace the declared ones, and the series limit of
    /// instruments of other libraries.
    pub(crate) config: &'a MetricsConfig,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) readers: Readers,
    /// The views of the user.
    pub(crate) views: Vec<View>,
}

impl Provider {
    /// Builds the provider and attaches every instrument to it.
    pub(crate) fn start(setup: ProviderSetup<'_>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);

        let ProviderSetup { config, catalogue, readers, views } = setup;
        let resource = resource(config);
        let build = build_info::of(&resource);
        let builder = SdkMeterProvider::builder().with_resource(resource);
        let has_other_temporality = readers.has_other_temporality();
        // No other reader asks the SDK for the instruments that scrapes read directly.
        let all_is_direct = readers.are_scrapes_alone() && views.is_empty();
        let mut builder = readers.add_to(builder);
        for view in views.iter().cloned() {
            // User views must not drop the drain instrument.
            builder =
                builder.with_view(
                    move |instrument: &Instrument| {
                        if instrument.name() == DRAIN { None } else { view(instrument) }
                    },
                );
        }
        let user_view = ViewMatch::default();
        let limits = views::limits(catalogue, config.cardinality_limit, views, user_view.clone());
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
            let buckets = &config.buckets;
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
            if is_direct(instrument, user_view.take()) {
                direct.store(true, Ordering::Relaxed);
                provider.direct.push(instrument);
            }
        }
        provider
    }

    pub(crate) fn id(&self) -> SinkId {
        self.id
    }

    /// Detaches every instrument from this provider.
    pub(crate) fn detach(&self) {
        for instrument in instruments() {
            detach(instrument, self.id);
        }
    }

    /// The instruments that scrapes read without the SDK.
    pub(crate) fn direct(&self) -> impl Iterator<Item = &'static dyn RegisteredInstrument> {
        self.direct.iter().copied()
    }

    pub(crate) fn sdk(&self) -> &SdkMeterProvider {
        &self.sdk
    }
}

/// Whether scrapes read the instrument without the SDK. Histograms, which only the SDK aggregates,
/// and instruments that a view of the user changes are read from the SDK.
fn is_direct(instrument: &dyn RegisteredInstrument, has_view: bool) -> bool {
    !has_view && instrument.descriptor().kind != InstrumentKind::Histogram
}

/// Adds an instrument whose callback drains the samples of histograms. A collection runs callbacks
/// before it reads, so it reads all samples that were recorded before. The instrument has no value,
/// so it is not exported.
fn drain_before_reading(sdk: &SdkMeterProvider) {
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let builder = meter.u64_observable_counter(DRAIN);
    let _ = builder.with_callback(|_| drain()).build();
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).finish_non_exhaustive()
    }
}
